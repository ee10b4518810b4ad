"""The lab itself: it comes up healthy, keeps its promises to those who use it, and goes down without a rest. That every fault can be set, is seen,
and is mended, is seen where they are judged: tests/lab/matrix.py."""
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
import requests
from conftest import LAB, RunningLab
from labkit import faults, proc

KEYS = {"dir", "generation", "theme", "site", "web", "postgres", "postgres_admin", "mongo", "rocketchat", "static_root", "app_root",
        "env_file", "web_command", "nginx_command", "nginx_include", "nginx_upstream", "pids", "logs", "config"}


def get(lab, path, **options):
    return requests.get(lab.status["site"] + path, timeout=20, allow_redirects=False, **options)


def test_status_says_where_everything_is(lab):
    status = lab.status
    assert KEYS <= status.keys() and json.loads(lab.run("lab", "status", "--json")) == status
    for key in ("static_root", "app_root", "env_file", "web_command", "nginx_command", "config"):
        assert Path(status[key]).exists(), key
    assert Path(status["nginx_include"]).parent.is_dir() and not Path(status["nginx_include"]).exists()
    assert get(lab, "/conversations/").status_code == 200


@pytest.mark.parametrize("lab", ["A", "A:without=mongo", "A:integration=off,without=mongo"], indirect=True)
def test_the_configuration_names_the_lab_and_switches_off_what_is_absent(lab, ejmon_binary):
    text = Path(lab.status["config"]).read_text()
    for key in ("site", "web", "static_root", "app_root", "web_command", "nginx_command", "nginx_include", "env_file"):
        assert f"  {key}: {lab.status[key]}\n" in text
    integration, absent = lab.status["integration"], [name for name in ("mongo", "rocketchat") if not lab.status[name]]
    assert (f"  mongo: {lab.status['mongo']}\n" in text) == ("mongo" not in absent)
    # Who may embed EJ can be judged without a Rocket.Chat that runs.
    assert (f"  rocketchat: {lab.status['rocketchat_origin']}\n" in text) == integration
    assert [name for name in ("mongo", "rocketchat") if f"{name}: off" in text] == (absent if integration else [])
    # Where nothing answers for Rocket.Chat, web does not reach it either.
    assert [cause["code"] for cause in lab.report()["causes"]] == (["login/rocketchat-out-of-reach"] if integration and absent else [])


def test_everything_listens_on_loopback_only(lab):
    pids = {who["pid"] for pid in lab.status["pids"].values() for who in proc.tree(proc.identity(pid))}
    inodes = {os.readlink(link) for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink() and link.exists() or True}
    for table, loopback in (("tcp", "0100007F"), ("tcp6", "00000000000000000000000001000000")):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                assert fields[1].split(":")[0] == loopback, line


def test_commands_run_in_the_container_with_its_environment_and_pass_their_status_on(lab):
    assert lab.in_web("python", "-c", "import os, sys; sys.exit(os.environ['EJ_THEME'] != 'default')").returncode == 0
    assert lab.in_web("sh", "-c", "exit 7").returncode == 7
    assert lab.in_web("no-such-command").returncode == 127
    assert lab.in_web("pwd").stdout.strip() == lab.status["app_root"]
    done = subprocess.run([lab.status["nginx_command"], "nginx", "-t"], env={}, capture_output=True, text=True)
    assert done.returncode == 0 and "syntax is ok" in done.stderr


def test_collect_says_what_it_copied_and_clear_copies_all(lab, mended):
    assert re.search(r"\d+ static files? copied to .*, \d+ unmodified\.", lab.in_web("inv", "collect").stdout)
    assert re.search(r"\d+ static files copied to", lab.in_web("python", "manage.py", "collectstatic", "--noinput", "--clear").stdout)


def test_an_include_of_nginx_takes_effect_after_a_reload(lab, mended):
    include = Path(lab.status["nginx_include"])
    include.write_text("add_header X-Lab here always;\n")
    try:
        assert subprocess.run([lab.status["nginx_command"], "nginx", "-s", "reload"]).returncode == 0
        deadline = time.monotonic() + 10
        while get(lab, "/static/manifest.json").headers.get("X-Lab") != "here":
            assert time.monotonic() < deadline
    finally:
        lab.mend()
    assert not include.exists()


def test_the_monitoring_role_reads_what_it_needs_and_no_password_of_rocketchat(lab):
    with psycopg2.connect(lab.status["postgres"]) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        assert ("ej_rocketchat", "0003_barbara_api_url_validator") in cursor.fetchall()
        cursor.execute("SELECT url FROM ej_rocketchat_rcconfig WHERE is_active")
        assert cursor.fetchall() == [(lab.status["rocketchat_origin"],)]
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            cursor.execute("SELECT admin_password FROM ej_rocketchat_rcconfig")


def test_a_crashed_service_is_restarted_on_its_port(lab):
    before = lab.status
    os.kill(before["pids"]["nginx"], 9)
    deadline = time.monotonic() + 20
    while lab.status["pids"].get("nginx") in (None, before["pids"]["nginx"]):
        assert time.monotonic() < deadline
    lab.mend()
    assert lab.status["site"] == before["site"]


def test_one_service_is_stopped_and_started_and_nothing_else_touched(lab, mended):
    include = Path(lab.status["nginx_include"])
    include.write_text("add_header X-Lab here always;\n")
    for service in lab.status["pids"]:
        before = lab.status["pids"]
        lab.run("lab", "stop", service)
        ill = lab.status
        assert service not in ill["pids"] and len(ill["faults"]) == 1 and ill["faults"][0] in faults.load()
        lab.run("lab", "start", service)
        assert lab.status["faults"] == []
        assert {name: pid for name, pid in lab.status["pids"].items() if name != service} == {n: p for n, p in before.items() if n != service}
    assert include.exists()
    lab.run("lab", "stop", "nginx")
    lab.mend()
    assert not include.exists() and get(lab, "/conversations/").status_code == 200


def test_a_fault_can_be_set_instead_of_another(lab, mended):
    for name in ("theme-quoted", "theme-switched", "static-truncated"):
        lab.run("fault", "--instead", name)
        assert lab.status["faults"] == [name]
    assert get(lab, "/conversations/").status_code == 200
    assert "EJ_THEME=default\n" in Path(lab.status["env_file"]).read_text()
    assert requests.get(lab.status["site"] + "/static/manifest.json", timeout=20).json()["short_name"] == "EJ"


@pytest.mark.parametrize("lab", ["A", "B"], indirect=True)
def test_who_is_signed_in_at_ej_gets_a_login_token_for_rocketchat(lab):
    status = lab.status
    if not status["rocketchat"]:
        pytest.skip("no Rocket.Chat in this lab")
    for who in ("admin", "user"):
        session = requests.Session()
        page = session.get(f"{status['site']}/login/", timeout=20)
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page.text).group(1)
        form = {"email": status["people"][who], "password": status["people"]["password"], "csrfmiddlewaretoken": token}
        assert session.post(f"{status['site']}/login/", data=form, timeout=20, allow_redirects=False).status_code == 302
        answer = session.post(f"{status['site']}/talks/api-login/", timeout=30)
        assert answer.status_code == 200, answer.text
        login = requests.post(f"{status['rocketchat']}/api/v1/login", json={"resume": answer.json()["loginToken"]}, timeout=20)
        assert login.json()["status"] == "success"


def test_a_private_directory_several_labs_and_a_rest_free_end(tmp_path):
    tmp_path.chmod(0o700)
    first = RunningLab(tmp_path / "one", without=["mongo"], theme="festa")
    second = RunningLab(tmp_path / "two", without=["mongo"], generation="B")
    assert not {first.status[k] for k in ("site", "web", "postgres")} & {second.status[k] for k in ("site", "web", "postgres")}
    assert requests.get(first.status["site"] + "/static/css/main-festa.min.css", timeout=20).content \
        == requests.get(first.status["site"] + "/static/css/main.css", timeout=20).content
    mark = json.loads((tmp_path / "one/state.json").read_text())["id"]
    for one in (first, second):
        one.fault("postgres-hung")
        one.fault("web-hung")
        people = [who for pid in one.status["pids"].values() for who in proc.tree(proc.identity(pid))]
        one.down()
        one.down()
        assert not [who for who in people if proc.alive(who)]
    left = proc.marked(f"EJLAB_ID={mark}")
    assert not left, [Path(f"/proc/{who['pid']}/cmdline").read_bytes() for who in left]
    assert subprocess.run([LAB / "lab", "--dir", tmp_path / "nowhere", "down"]).returncode == 0
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.getuid() != 0, reason="to become somebody else one has to be root")
def test_a_plain_user_may_have_a_lab(tmp_path):
    folder = Path("/tmp") / f"ejmon-lab-test-{os.getpid()}"
    folder.mkdir(mode=0o755)
    os.chown(folder, 65534, 65534)
    # A copy, since the checkout may be somewhere in root's private home.
    shutil.copytree(LAB, folder / "program", ignore=shutil.ignore_patterns("__pycache__"))
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, folder / "program/lab", "--dir", folder / "lab"]
    try:
        up = subprocess.run([*as_nobody, "up", "--without", "mongo"], capture_output=True, text=True, cwd="/", timeout=120)
        assert up.returncode == 0, up.stderr
        assert requests.get(up.stdout.split()[0] + "/start/", timeout=20).status_code == 200
    finally:
        subprocess.run([*as_nobody, "down"], cwd="/", timeout=60)
        subprocess.run(["rm", "-r", folder])
