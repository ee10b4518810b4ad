"""The login of Rocket.Chat through EJ, walked with a test user: what only a signed-in user meets, that nothing is signed in too often, and that
no secret is shown. The faults one by one, as anybody and as a test user sees them, are in the table of faults (tests/lab/verdicts/login.py)."""
import contextlib
import json
import re
import subprocess
import time
import urllib.error
import urllib.request

import pytest

from conftest import EJMON
from daemon import PATIENCE

SECRETS = ("password", "sessionid=", "csrftoken=", "loginToken")


@pytest.fixture
def user(lab, tmp_path):
    """KEY=VALUEs of the lab's ordinary user; its password stands in a file."""
    path = tmp_path / "password"
    path.write_text(lab.status["people"]["password"])
    return [f"user={lab.status['people']['user']}", f"password_file={path}"]


def keys(lab):
    return [f"ej={lab.status['site']}", f"rocketchat={lab.status['rocketchat']}"]


def probe(lab, *more):
    done = subprocess.run([EJMON, "probe", "login", *keys(lab), *more, "--format", "json"], capture_output=True, text=True, timeout=60)
    assert lab.status["people"]["password"] not in done.stdout + done.stderr
    return json.loads(done.stdout)


def found(report):
    return {finding["code"]: finding for check in report["checks"] for finding in check["findings"]}


def causes(report):
    return [cause["code"] for cause in report["causes"]]


def rocket_state(lab):
    return json.load(urllib.request.urlopen(lab.status["rocketchat"] + "/__lab__/state", timeout=20))


@pytest.mark.parametrize("lab", ["A", "B"], indirect=True)
def test_the_whole_way_is_walked_and_leaves_nothing_behind(lab, mended, user):
    lab.turn(limiter=False)
    tokens = rocket_state(lab)["tokens"]
    report = probe(lab, *user)
    assert report["status"] == "pass" and not found(report), report
    passed = set(report["checks"][0]["passed"])
    assert {"login/token-refused", "login/no-permission", "login/api-error", "login/refused", "login/cross-site"} <= passed
    assert rocket_state(lab)["tokens"] == tokens, "a token was left at Rocket.Chat"
    assert rocket_state(lab)["mails_sent"] == 0


def test_without_a_user_the_signed_in_part_is_not_passed(lab, mended):
    passed = set(probe(lab)["checks"][0]["passed"])
    assert "login/cors-missing" in passed and not {"login/token-refused", "login/refused", "login/session-lost"} & passed


def test_a_wrong_password_is_ejmons_own_trouble(lab, mended, tmp_path):
    (tmp_path / "wrong").write_text("not-the-password")
    report = probe(lab, f"user={lab.status['people']['user']}", f"password_file={tmp_path / 'wrong'}")
    assert report["status"] == "unknown" and set(found(report)) == {"login/refused"}, report
    assert "not-the-password" not in json.dumps(report) and report["causes"] == []


def test_a_password_is_refused_on_the_command_line(lab):
    done = subprocess.run([EJMON, "probe", "login", *keys(lab), "user=a@b.example", "password=secret-word"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3 and "password_file" in done.stderr and "secret-word" not in done.stderr, done


def counted(lab, since):
    """How often the site got each method and path since the log had `since` lines."""
    lines = open(lab.status["logs"]["nginx"].replace("nginx.log", "nginx-access.log"), encoding="utf-8").read().splitlines()[since:]
    asked = [re.search(r'"(\S+ [^ ?"]+)', line).group(1) for line in lines]
    return {what: asked.count(what) for what in set(asked)}, asked


def log_length(lab):
    return len(open(lab.status["logs"]["nginx"].replace("nginx.log", "nginx-access.log"), encoding="utf-8").read().splitlines())


LOGIN_ONLY = """
checks:
  login: { user: %s, password_file: %s, interval: 500ms, suspect: 500ms, down: 500ms }
  django: off
  frame: off
  layers: off
  mongo: off
  nginx: off
  postgres: off
  rocketchat: off
  theme: off
"""


def wait_for(condition, seconds=PATIENCE):
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.1)


@pytest.mark.parametrize("lab", ["A", "B"], indirect=True)
def test_twenty_probes_sign_in_once(lab, mended, start, user):
    lab.turn(limiter=False)
    before, since = rocket_state(lab), log_length(lab)
    start(LOGIN_ONLY % (user[0].partition("=")[2], user[1].partition("=")[2]))
    wait_for(lambda: counted(lab, since)[0].get("POST /talks/api-login/", 0) >= 22)
    asked, _ = counted(lab, since)
    assert asked["POST /login/"] == 1 and asked["GET /login/"] == 1, asked
    state = rocket_state(lab)
    grown = {what: count - before["requests"].get(what, 0) for what, count in state["requests"].items()}
    # EJ itself logs in at Rocket.Chat once in generation A; ejmon's own call resumes that token, or the stored one of B.
    assert grown.get("POST /api/v1/login", 0) == (2 if lab.status["generation"] == "A" else 1), grown
    assert grown.get("GET /api/v1/settings.public", 0) <= 2 and grown.get("GET /api/info", 0) <= 2, grown
    assert state["tokens"] == before["tokens"] and state["mails_sent"] == 0


def test_a_wrong_password_is_not_tried_again_at_once(lab, mended, start, tmp_path):
    (tmp_path / "wrong").write_text("not-the-password")
    since = log_length(lab)
    start(LOGIN_ONLY % (lab.status["people"]["user"], tmp_path / "wrong"))
    wait_for(lambda: counted(lab, since)[0].get("POST /talks/api-login/", 0) >= 20)
    assert counted(lab, since)[0]["POST /login/"] == 1


@pytest.mark.parametrize("lab", ["A:rocket=new"], indirect=True)
def test_the_client_is_chosen_by_version_or_by_hand(lab, mended):
    assert probe(lab)["stack"]["client_window"] == "D"
    report = probe(lab, "client=B")
    assert set(found(report)) == {"login/preflight-refused"} and report["stack"]["client_window"] == "B", report
    lab.fault("rocket-client-unknown")
    report = probe(lab)
    assert report["stack"]["client_window"] == "C or D" and report["stack"]["rocketchat"] == "7.9", report


def test_mixed_content_and_other_sites_are_told_without_asking_rocketchat(lab, mended):
    """Rocket.Chat is not there: what EJ answers is judged all the same."""
    report = json.loads(subprocess.run([EJMON, "probe", "login", f"ej={lab.status['site']}", "rocketchat=https://chat.example.org", "client=A",
                                        "--format", "json"], capture_output=True, text=True, timeout=60).stdout)
    # 127.0.0.1 counts as safe in browsers, so it is no mixed content; the row is another's, and the scheme is another.
    assert {"login/cors-origin", "login/cross-site"} == set(found(report)), report


@pytest.mark.parametrize("lab", ["B"], indirect=True)
def test_a_limiter_that_turns_the_token_away_is_no_verdict_on_it(lab, mended, user):
    """Rocket.Chat contract 2.5: ten calls a minute for each address and route; here somebody else has made them. EJ of generation B
    has its users' tokens and makes no such call itself."""
    lab.turn(limiter=True)
    for _ in range(11):
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(lab.status["rocketchat"] + "/api/v1/login", b"{}", timeout=20).close()
    report = probe(lab, *user)
    assert set(found(report)) == {"login/rocket-busy"} and "login/token-refused" not in report["checks"][0]["passed"], report
    assert report["causes"] == []
