"""docker.c, and the remedies by Docker exec, against a real Docker Engine in namespaces of its own (tests/lab/docker)."""
import json
import os
import subprocess
import time

import dockerlab
import pytest
from conftest import EJMON
from drivers import ERRORS, Attempt, driver

REASON = dockerlab.why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=f"NO DOCKER ENGINE TESTS: {REASON}")


@pytest.fixture(scope="session")
def box(engine):
    """A container that does nothing, as service `box`."""
    return engine.run("box", "sleep", "infinity", options=["-e", "COLOUR=green"])


@pytest.fixture
def stack(engine):
    """The whole stack, web created with theme default, static volume healthy."""
    engine.docker("volume", "create", "static_files")
    engine.web()
    if not engine.docker("ps", "-aqf", "name=ejmonlab_nginx_1"):
        engine.nginx()
    yield serving(engine)
    engine.docker("rm", "-f", "ejmonlab_web_1", "ejmonlab_nginx_1", check=False)
    engine.docker("volume", "rm", "-f", "static_files")


def serving(engine):
    """Waits until the site answers; the new web may have a new address, so nginx is told to look again."""
    site = engine.address("ejmonlab_nginx_1")
    engine.wait(lambda: engine.get(engine.address("ejmonlab_web_1") + ":8000/conversations/")[0] == 200, 60, "web")
    engine.docker("exec", "ejmonlab_nginx_1", "nginx", "-s", "reload")
    engine.wait(lambda: engine.get(site + "/conversations/")[0] == 200, 30, "the site")
    return site


def call(socket, *words, before=(), timeout=90):
    done = subprocess.run([*before, driver("drive_docker"), str(socket), *words], capture_output=True, text=True, timeout=timeout)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def run(engine, container, *command, seconds=10, directory="-", variable="-"):
    return call(engine.socket, "exec", container, str(seconds), directory, variable, *command)


def is_error(answer, name):
    assert answer["result"] == ERRORS[name], answer
    return answer["error"]


# --- find -----------------------------------------------------------------------------------------------------------------------------


def test_a_service_is_found_by_its_label(engine, box):
    found = call(engine.url, "find", "box")
    assert (found["result"], found["name"], found["state"], found["image"]) == (0, box, "running", "ejmon-lab")
    assert "COLOUR=green" in found["environment"] and len(found["id"]) == 64
    assert call(engine.socket, "find", "box", dockerlab.PROJECT)["id"] == found["id"], "a plain path will do, too"


def test_a_service_that_is_not_there_is_said(engine, box):
    assert "com.docker.compose.service=web2" in is_error(call(engine.url, "find", "web2"), "ENOENT")
    assert "project other" in is_error(call(engine.url, "find", "box", "other"), "ENOENT")


def test_two_projects_with_the_service_are_no_guess(engine, box):
    other = engine.run("box", "sleep", "infinity", project="other")
    try:
        error = is_error(call(engine.url, "find", "box"), "ENOTUNIQ")
        assert box in error and other in error and "stack.project" in error
        assert call(engine.url, "find", "box", "other")["name"] == other
    finally:
        engine.docker("rm", "-f", other)


def test_one_off_containers_and_dead_leftovers_are_not_the_service(engine, box):
    once = engine.run("box", "sleep", "infinity", name="box_run_1", options=["--label", "com.docker.compose.oneoff=True"])
    dead = engine.run("box", "false", name="box_old")
    engine.docker("wait", dead)
    try:
        assert call(engine.url, "find", "box")["name"] == box
    finally:
        engine.docker("rm", "-f", once, dead)


def test_a_crash_loop_is_seen(engine):
    name = engine.run("looping", "sh", "-c", "exit 7", options=["--restart", "always"])
    try:
        engine.wait(lambda: call(engine.url, "find", "looping")["restarts"] >= 2, 30, "a second restart")
        found = call(engine.url, "find", "looping")
        assert found["state"] in ("restarting", "running") and found["exit"] in (0, 7)
        if found["state"] == "restarting":
            answer = run(engine, name, "true")
            assert answer["result"] != 0 or answer["status"] == 0
    finally:
        engine.docker("rm", "-f", name)


# --- exec -----------------------------------------------------------------------------------------------------------------------------


def test_both_streams_and_the_exit_code_come_back(engine, box):
    answer = run(engine, box, "sh", "-c", "echo out; echo oops >&2; pwd; echo $THEME; exit 7", directory="/tmp", variable="THEME=cpa")
    assert answer["result"] == 0 and answer["status"] == 7 and not answer["cut"]
    assert sorted(answer["output"].replace("\\x0A", "\n").split()) == ["/tmp", "cpa", "oops", "out"]


def test_arguments_are_not_read_by_any_shell(engine, box):
    answer = run(engine, box, "printf", "%s|", "a b", "$HOME", "'; exit 3", "Ação")
    assert answer["status"] == 0 and answer["output"] == "a b|$HOME|'; exit 3|Ação|"


def test_a_missing_program_is_an_exit_code(engine, box):
    answer = run(engine, box, "no-such-program")
    assert answer["result"] == 0 and answer["status"] == 127 and "no-such-program" in answer["output"]


def test_a_container_without_timeout_is_refused(engine, box):
    # PATH is the image's: a variable of the exec changes where `timeout` itself is searched for.
    assert "cannot run `timeout`" in is_error(run(engine, box, "true", variable="PATH=/nowhere"), "ENOENT")


def test_an_old_busybox_timeout_is_called_its_own_way(engine):
    script = 'if [ "$1" = -t ]; then shift 2; exec "$@"; fi; echo "Usage: timeout [-t SECS] [-s SIG] PROG ARGS" >&2; exit 1'
    name = engine.run("busybox", "sh", "-c", f"mkdir -p /old && printf '#!/bin/sh\\n%s\\n' '{script}' >/old/timeout && chmod 755 /old/timeout; sleep 99",
                      options=["-e", "PATH=/old:/usr/bin:/bin"])
    try:
        engine.wait(lambda: run(engine, name, "test", "-x", "/old/timeout")["status"] == 0, 10, "the script")
        answer = run(engine, name, "sh", "-c", "echo works; exit 5")
        assert answer["status"] == 5 and answer["output"].startswith("works")
    finally:
        engine.docker("rm", "-f", name)


def test_a_command_that_takes_too_long_is_ended_inside(engine, box):
    answer = run(engine, box, "sleep", "613", seconds=1)
    assert answer["result"] == 0 and answer["status"] == 124 and answer["seconds"] < 5
    assert "sleep 613" not in engine.docker("top", box)


def test_a_command_that_ignores_sigterm_is_killed(engine, box):
    answer = run(engine, box, "sh", "-c", "trap '' TERM; while :; do sleep 1; done", seconds=1)
    assert answer["result"] == 0 and answer["status"] == 124 and answer["seconds"] < 12
    assert "trap" not in engine.docker("top", box)


def test_big_output_is_capped_and_said(engine, box):
    answer = run(engine, box, "sh", "-c", "head -c 3000000 /dev/zero | tr '\\0' x")
    assert answer["result"] == 0 and answer["cut"] and answer["bytes"] == 256 * 1024


def test_a_child_that_keeps_the_stream_open_does_not_hang_us(engine, box):
    answer = run(engine, box, "sh", "-c", "sh -c 'trap \"\" TERM; sleep 20' & echo done; exit 3", seconds=1)
    assert answer["status"] in (3, 124) and answer["seconds"] < 15


def test_paused_and_stopped_containers_refuse_with_the_engines_words(engine):
    name = engine.run("resting", "sleep", "infinity")
    try:
        engine.docker("pause", name)
        assert "is paused" in is_error(run(engine, name, "true"), "EBUSY")
        engine.docker("unpause", name)
        engine.docker("stop", "-t", "0", name)
        assert "is not running" in is_error(run(engine, name, "true"), "EBUSY")
        assert call(engine.url, "find", "resting")["state"] == "exited"
    finally:
        engine.docker("rm", "-f", name)
    assert "No such container" in is_error(run(engine, name, "true"), "ENOENT")


def test_a_container_that_is_killed_under_the_command_is_no_success(engine):
    name = engine.run("dying", "sleep", "infinity")
    task = subprocess.Popen([driver("drive_docker"), str(engine.socket), "exec", name, "30", "-", "-", "sleep", "20"], stdout=subprocess.PIPE, text=True)
    engine.wait(lambda: "sleep 20" in engine.docker("top", name), 10, "the command")
    engine.docker("kill", name)
    answer = json.loads(task.communicate(timeout=30)[0])
    engine.docker("rm", "-f", name)
    assert answer["result"] == ERRORS["ECONNRESET"] or answer["status"] != 0, answer


# --- an engine that is not there ------------------------------------------------------------------------------------------------------


def test_a_missing_socket_says_what_to_mount_and_the_risk(tmp_path):
    error = is_error(call(tmp_path / "none", "find", "web"), "ENOENT")
    assert "-v /var/run/docker.sock:/var/run/docker.sock" in error and "root on the host" in error


def test_what_is_no_socket_is_said(tmp_path):
    (tmp_path / "file").touch()
    assert "not a socket" in is_error(call(tmp_path / "file", "find", "web"), "ENOTSOCK")
    assert "must be a unix socket" in is_error(call("tcp://127.0.0.1:2375", "find", "web"), "EINVAL")


def test_no_permission_on_the_socket_says_which_group(engine, box):
    os.chmod(engine.dir, 0o755)
    group = os.stat(engine.socket).st_gid
    program = driver("drive_docker")
    os.chmod(program.parent, 0o755)
    error = is_error(call(engine.socket, "find", "box", before=["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]), "EACCES")
    assert f"--group-add {group}" in error and "root on the host" in error


def test_a_hanging_engine_is_a_timeout_with_its_name(engine, box):
    engine.engine("sig", "STOP")
    try:
        began = time.monotonic()
        error = is_error(call(engine.socket, "find", "box"), "ETIMEDOUT")
        assert "dockerd" in error and time.monotonic() - began < 20
    finally:
        engine.engine("sig", "CONT")
    assert call(engine.socket, "find", "box")["result"] == 0


def test_an_engine_that_died_is_refused_and_found_again_after_its_restart(engine, box):
    engine.engine("sig", "KILL")
    engine.wait(lambda: call(engine.socket, "find", "box")["result"] != 0, 10, "the engine's death")
    assert "systemctl start docker" in is_error(call(engine.socket, "find", "box"), "ECONNREFUSED")
    engine.engine("start", "--live-restore")
    engine.wait(lambda: run(engine, box, "true")["status"] == 0 and run(engine, box, "true")["result"] == 0, 30, "the container")


# --- the remedies by exec -------------------------------------------------------------------------------------------------------------


def attempt(engine, kind, directory, **settings):
    return Attempt(kind, directory, before=[dockerlab.HERE / "engine", engine.dir, "in"], docker=engine.url, project=dockerlab.PROJECT, **settings)


def test_clear_collect_heals_a_switched_theme_by_exec(engine, stack, tmp_path):
    engine.web(theme="cpa")  # its own start collects, and leaves the images of the default theme
    serving(engine)
    assert '"EJ"' in engine.get(stack + "/static/manifest.json")[2]
    assert "skips what looks unmodified" in attempt(engine, "collect", tmp_path / "a").refused("preflight", "EPERM")
    one = attempt(engine, "clear-collect", tmp_path / "b", theme="cpa")
    assert "Replaced 11 files" in one.done()
    assert '"CPA"' in engine.get(stack + "/static/manifest.json")[2]
    one.step("undo")
    assert '"EJ"' in engine.get(stack + "/static/manifest.json")[2]
    assert "desired theme is default" in attempt(engine, "clear-collect", tmp_path / "c", theme="default").refused("preflight", "EPERM")


def test_collect_heals_an_emptied_volume_by_exec(engine, stack, tmp_path):
    css = engine.get(stack + "/static/css/main.css")[2]
    engine.docker("exec", "ejmonlab_web_1", "sh", "-c", "rm -r /app/local/static/*")
    assert engine.get(stack + "/static/css/main.css")[0] == 404
    attempt(engine, "collect", tmp_path / "a").done()
    assert engine.get(stack + "/static/css/main.css")[2] == css and len(css) > 50000


def test_a_volume_of_another_owner_is_refused_with_the_chown(engine, stack, tmp_path):
    engine.docker("exec", "-u", "0", "ejmonlab_web_1", "sh", "-c", "rm /app/local/static/js/main.js; chown -R 0:0 /app/local/static")
    report = attempt(engine, "collect", tmp_path / "a").refused("preflight", "EPERM")
    assert "may not be written by user 1000" in report and "chown -R 1000" in report


def test_a_full_volume_is_left_alone(engine, stack, tmp_path):
    engine.docker("rm", "-f", "ejmonlab_web_1")
    engine.docker("volume", "create", "--driver", "local", "--opt", "type=tmpfs", "--opt", "device=tmpfs", "--opt", "o=size=6m,uid=1000", "small")
    name = engine.run("web", "sleep", "infinity", name="ejmonlab_web_1", options=["-u", "1000:1000", "-e", "EJ_THEME=default", "-e", "PYTHONPATH=/app/src/",
                      "-e", "DJANGO_ENVIRONMENT=production", "-v", "small:/app/local/static"])
    assert "free space first" in attempt(engine, "collect", tmp_path / "a").refused("preflight", "ENOSPC")
    assert engine.docker("exec", name, "ls", "/app/local/static") == ""
    engine.docker("rm", "-f", name)
    engine.docker("volume", "rm", "small")


def look(engine, kind, *words):
    """The findings and passed codes of one probe, with no folder mounted here: what it knows of files it knows by exec."""
    done = subprocess.run([dockerlab.HERE / "engine", engine.dir, "in", EJMON, "probe", kind, f"docker={engine.url}", f"project={dockerlab.PROJECT}", *words,
                           "timeout=60s", "--format", "json"], capture_output=True, text=True, timeout=90)
    check = json.loads(done.stdout)["checks"][0]
    return {finding["code"]: finding for finding in check["findings"]}, check["passed"]


def test_theme_and_disk_look_inside_of_web_by_exec(engine, stack):
    site = [f"url={stack}", "host=localhost", "theme=default"]
    found, passed = look(engine, "theme", *site)
    assert not found and {"theme/js-stale", "theme/files-stale", "theme/container-differs", "theme/process-differs", "theme/scratch-css-other"} <= set(passed)
    found, passed = look(engine, "disk")
    assert not found and {"disk/static-not-writable", "disk/space-full"} <= set(passed)
    assert engine.docker("exec", "ejmonlab_web_1", "sh", "-c", "ls -d /tmp/ejmon-* 2>/dev/null || true") == ""

    engine.docker("exec", "ejmonlab_web_1", "sh", "-c", "echo '//' >>/app/local/static/js/main.js; : >/app/lib/build/css/main.css")
    engine.docker("exec", "-u", "0", "ejmonlab_web_1", "sh", "-c", "chown -R 0:0 /app/local/static/img")
    found, _ = look(engine, "theme", *site)
    assert set(found) == {"theme/js-stale", "theme/scratch-css-empty"}, found
    found, _ = look(engine, "disk")
    assert set(found) == {"disk/static-not-writable"} and "user 1000" in found["disk/static-not-writable"]["summary"], found


def test_a_paused_web_is_no_refusal_but_a_failure_to_look(engine, stack, tmp_path):
    engine.docker("pause", "ejmonlab_web_1")
    answer = attempt(engine, "collect", tmp_path / "a")("preflight")[-1]
    engine.docker("unpause", "ejmonlab_web_1")
    assert answer["result"] == ERRORS["EBUSY"] and "is paused, not running" in answer["report"]


def test_nginx_headers_by_exec_and_its_undo(engine, stack, tmp_path):
    def sent():
        return [line for line in engine.get(stack + "/talks/login/")[1] if line.lower().startswith("content-security-policy")]

    before = sent()
    one = attempt(engine, "nginx-headers", tmp_path / "a", include=f"{engine.dir}/ejmon.d/ejmon.conf", include_inside="/etc/nginx/ejmon.d/ejmon.conf",
                  site=stack, host="localhost", embedder="https://talk.example.org")
    one.done()
    # For a moment after a reload an old worker may still take a connection or two.
    engine.wait(lambda: all("https://talk.example.org" in "".join(sent()) for _ in range(4)), 10, "the new header")
    assert len(sent()) == 1 and "chat.lab:3000" in sent()[0]
    one.step("undo")
    engine.wait(lambda: sent() == before, 10, "the former headers")
