"""The look inside of web: probes alone see by it what HTTP cannot show, a shadow collect leaves no trace, a volume that two stacks share is
told from one that was collected wrongly."""
import glob
import json
import os
import subprocess
import time

from conftest import EJMON, ROOT

SHADOWS = "/tmp/ejmon-shadow-*"


def probe(lab, *more, kind="theme", theme="default"):
    """`ejmon probe` without any configuration, with no folder of the lab mounted here."""
    status = lab.status
    site = [f"url={status['site']}", f"theme={theme}", "host=127.0.0.1"] if kind == "theme" else []
    done = subprocess.run([EJMON, "probe", kind, *site, *more, "timeout=60s", "--format", "json"], capture_output=True, text=True, timeout=90, cwd="/")
    assert done.stdout, done
    return json.loads(done.stdout)["checks"][0]


def codes(check):
    return {finding["code"] for finding in check["findings"] if finding["severity"] != "info"}


def inside(lab):
    return f"web_command={lab.status['web_command']}"


def listing(top):
    """Name, size and every time but the last access of all files and folders."""
    found = {}
    for folder, folders, files in os.walk(top):
        for name in [*folders, *files, "."]:
            was = os.lstat(os.path.join(folder, name))
            found[os.path.join(folder, name)] = (was.st_size, was.st_mtime_ns, was.st_ctime_ns, was.st_ino)
    return found


def shadow_argv(lab, folder, seconds):
    program = (ROOT / "checks/inside/inside_program.py").read_text()
    return [lab.status["web_command"], "env", f"TMPDIR={folder}", "python", "-c", program, "", "shadow", "", seconds, ""]


def test_a_probe_alone_passes_by_the_look_inside_what_http_cannot_show(lab):
    over_http, from_inside = probe(lab), probe(lab, inside(lab))
    assert codes(over_http) == codes(from_inside) == set()
    more = set(from_inside["passed"]) - set(over_http["passed"])
    assert {"theme/js-stale", "theme/files-stale", "theme/build-js-missing", "theme/served-differs", "theme/scratch-css-other",
            "theme/container-differs"} <= more, more


def test_a_shadow_collect_touches_neither_the_volume_nor_the_image_and_leaves_nothing(lab):
    before, tree = set(glob.glob(SHADOWS)), [listing(lab.status["static_root"]), listing(lab.status["app_root"] + "/lib")]
    assert "theme/files-stale" in probe(lab, inside(lab))["passed"]
    assert [listing(lab.status["static_root"]), listing(lab.status["app_root"] + "/lib")] == tree
    left, limit = set(glob.glob(SHADOWS)) - before, time.monotonic() + 60
    while any(map(os.path.exists, left)):  # those of a probe that another worker makes go by themselves
        assert time.monotonic() < limit, left
        time.sleep(0.05)


def test_a_shadow_collect_that_runs_out_of_time_leaves_nothing(lab, tmp_path):
    done = subprocess.run(shadow_argv(lab, tmp_path, "1"), capture_output=True, text=True, timeout=60)
    assert os.listdir(tmp_path) == []
    assert "EJMON" not in done.stdout or json.loads(done.stdout.split("EJMON ")[1].splitlines()[0]), done


def test_a_shadow_collect_that_is_ended_leaves_nothing(lab, tmp_path):
    running = subprocess.Popen(shadow_argv(lab, tmp_path, "60"), stdout=subprocess.DEVNULL)
    limit = time.monotonic() + 60
    while not os.listdir(tmp_path):
        assert running.poll() is None and time.monotonic() < limit
        time.sleep(0.01)
    running.terminate()
    running.wait(timeout=30)
    assert os.listdir(tmp_path) == []


def test_a_theme_that_somebody_puts_back_again_and_again_is_not_healed_for_ever(start, lab):
    daemon = start(more="checks: { postgres: off, mongo: off, rocketchat: off, frame: off, login: off, env: off, disk: off, layers: off }")
    daemon.wait_status(lambda status: all(check["probes"] for check in status["checks"]))  # what was wrong before counts as no relapse
    lab.fault("two-stacks")
    daemon.wait(r"remedy collect: kept")
    daemon.wait(r"incident theme/other-container\S* closed")
    mark = len(daemon.lines)
    lab.fault("two-stacks")
    daemon.wait(r"incident theme/shared-volume\S* opened", since=mark)
    assert daemon.logged(r"remedy \S*collect", since=mark) == []
    status = daemon.status()
    assert "theme/shared-volume" in [incident["code"] for incident in status["incidents"]]


def test_the_disks_are_seen_by_a_probe_alone(lab, mended):
    lab.fault("log-huge")
    assert codes(probe(lab, inside(lab), kind="disk")) == {"disk/log-large"}
    assert codes(probe(lab, inside(lab), "log_limit=10G", "space_low=900000G", kind="disk")) == {"disk/space-low"}
    here = probe(lab, f"static_root={lab.status['static_root']}", kind="disk")
    assert here["status"] == "pass" and "disk/space-full" in here["passed"] and "disk/log-large" not in here["passed"]
