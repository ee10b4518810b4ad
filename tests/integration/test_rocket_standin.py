"""The Rocket.Chat stand-in from outside: what the contract says of old (0.74) and new (7.x) servers, over HTTP and in Mongo."""
import hashlib
import os
import subprocess
import sys
import time

import pytest

pytest.importorskip("pymongo", reason="Debian's python3-pymongo is not installed")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab", "rocket"))

from rocketlab import ADMIN, ROCKETCHAT, Rocket, fleet, mongo as running_mongo, until  # noqa: E402


@pytest.fixture(scope="module")
def database():
    with running_mongo() as server:
        yield server


@pytest.fixture(scope="module")
def servers(database):
    with fleet(database) as of:
        yield of


@pytest.fixture
def old(servers):
    return servers("old")


@pytest.fixture
def v6(servers):
    return servers("v6")


@pytest.fixture
def new(servers):
    return servers("new")


@pytest.fixture
def v711(servers):
    return servers("v711")


@pytest.fixture(params=["old", "new"])
def either(servers, request):
    return servers(request.param)


# Health.

def test_old_info_has_the_full_version_and_new_info_two_components(old, new):
    for path in ("/api/info", "/api/v1/info"):
        assert old.get(path).body == {"info": {"version": "0.74.3"}, "success": True}
    body = new.get("/api/info").body
    assert body["version"] == "7.9" and body["success"] is True and "info" not in body
    assert new.get("/api/v1/info").status == 404
    assert new.get("/api/info", new.login()).body["version"] == "7.9.4"


def test_unknown_paths_are_the_application_with_200_so_a_bare_200_proves_nothing(old, new):
    for path in ("/health", "/livez", "/readyz", "/home", "/nonsense"):
        answer = old.get(path)
        assert answer.status == 200 and answer.headers["content-type"].startswith("text/html") and "<html" in answer.body
    assert new.get("/livez").headers["content-type"].startswith("text/html")
    assert old.post("/home", {}).status == 405


def test_health_is_text_before_7_11_and_json_after(new, v711, v6):
    assert new.get("/health").body == "ok"
    assert v711.get("/health").body == {"status": "ok"} == v711.get("/livez").body
    ready = v711.get("/readyz")
    assert ready.status == 200 and ready.body["checks"]["mongo"] == {"status": "ok"}
    v711.knobs(event_loop_lag_ms=500)
    ready = v711.get("/readyz")
    assert ready.status == 503 and ready.body["status"] == "unavailable"
    v6.knobs(health_stalled=True)
    assert (v6.get("/health").status, v6.get("/health").body) == (500, "not healthy")


# Login and tokens.

@pytest.mark.parametrize("body", [
    ADMIN, {"username": "admin", "password": ADMIN["password"]}, {"email": "admin@rocket.invalid", "password": ADMIN["password"]},
    {"user": "admin@rocket.invalid", "password": ADMIN["password"]},
    {"user": {"username": "admin"}, "password": {"digest": hashlib.sha256(ADMIN["password"].encode()).hexdigest(), "algorithm": "sha-256"}},
])
def test_every_form_of_login_is_taken(either, body):
    me = either.get("/api/v1/me", either.login(body)).body
    assert me["username"] == "admin" and me["success"] is True


def test_a_login_may_be_urlencoded_and_a_stray_key_breaks_it(either):
    assert either.login(ADMIN, form=True)
    answer = either.post("/api/v1/login", dict(ADMIN, remember=True))
    assert answer.status == 401 and answer.body["message"] in ("Unrecognized options for login request", "Match failed")


def test_a_wrong_password_and_an_unknown_user_look_the_same(old, new):
    for body in ({"user": "admin", "password": "fake-wrong"}, {"user": "nobody", "password": "fake-wrong"}):
        expected = {"status": "error", "error": "Unauthorized", "message": "Unauthorized"}
        assert old.post("/api/v1/login", body).body == expected
        assert new.post("/api/v1/login", body).body == dict(expected, success=False)
        new.knobs(plan9=True)
        assert new.post("/api/v1/login", body).body == {"success": False, "error": "unauthorized"}
        new.knobs(plan9=False)


def test_both_token_headers_are_needed(old, new):
    text = "You must be logged in to do this."
    for server, expected in ((old, {"status": "error", "message": text}),
                             (new, {"status": "error", "message": text, "success": False, "error": text})):
        token = server.login()
        for missing in ("X-Auth-Token", "X-User-Id"):
            headers = {name: value for name, value in token.items() if name != missing}
            answer = server.get("/api/v1/me", headers)
            assert answer.status == 401 and answer.body == expected


def test_old_refusals_come_half_a_second_late(old):
    old.knobs(refusal_ms=None)
    began = time.monotonic()
    assert old.get("/api/v1/me").status == 401
    assert time.monotonic() - began >= 0.5


def test_logout_removes_only_the_token_presented_and_resume_makes_none(either):
    first, second = either.login(), either.login()
    tokens = either.state()["tokens"]["admin"]
    resumed = either.post("/api/v1/login", {"resume": first["X-Auth-Token"]})
    assert resumed.body["data"]["authToken"] == first["X-Auth-Token"] and either.state()["tokens"]["admin"] == tokens
    assert either.post("/api/v1/logout", headers=first).body["data"] == {"message": "You've been logged out!"}
    assert either.get("/api/v1/me", first).status == 401 and either.get("/api/v1/me", second).status == 200
    assert either.post("/api/v1/login", {"resume": first["X-Auth-Token"]}).body["error"] == 403


def test_new_keeps_fifty_tokens_and_old_keeps_all(old, new):
    for server, cap in ((new, True), (old, False)):
        if cap:
            server.knobs(max_tokens=3)
        first = server.login()
        for _ in range(3):
            server.login()
        assert server.get("/api/v1/me", first).status == (401 if cap else 200)


def test_ten_wrong_passwords_lock_the_user_out_of_new_servers(new, old):
    for _ in range(10):
        assert new.post("/api/v1/login", {"user": "ejuser", "password": "fake-wrong"}).body["error"] == "Unauthorized"
    right = {"user": "ejuser", "password": "fake-user-password"}
    assert new.post("/api/v1/login", right).body["error"] == "error-login-blocked-for-user"
    new.knobs(clock_ms=301000)
    assert new.post("/api/v1/login", right).status == 200
    for _ in range(11):
        old.post("/api/v1/login", {"user": "ejuser", "password": "fake-wrong"})
    assert old.post("/api/v1/login", right).status == 200


def test_an_inactive_user_cannot_log_in(either):
    token = either.login()
    either.knobs(inactive=["admin"])
    assert either.post("/api/v1/login", ADMIN).body["error"] == "error-user-is-not-activated"
    assert either.get("/api/v1/me", token).status == 401


def test_tokens_survive_a_restart_of_the_process(database):
    uri = database.uri("rocketchat_twice")
    first = Rocket(uri, "old")
    token = first.login()
    first.stop()
    second = Rocket(uri, "old")
    assert second.get("/api/v1/me", token).status == 200
    second.stop()


# The limiter.

def test_the_limiter_says_400_with_a_type_when_old_and_429_without_when_new(old, new):
    for server, status in ((old, 400), (new, 429)):
        server.knobs(limiter=True, limiter_calls=2)
        assert [server.get("/api/v1/settings.public?count=1").status for _ in range(2)] == [200, 200]
        answer = server.get("/api/v1/settings.public?count=1")
        assert answer.status == status and "You must wait" in answer.body["error"]
        assert answer.body.get("errorType") == ("error-too-many-requests" if status == 400 else None)
        assert answer.headers["x-ratelimit-remaining"] == "0" and int(answer.headers["x-ratelimit-reset"]) > time.time() * 1000
        assert "retry-after" not in answer.headers
        server.knobs(clock_ms=60001)
        assert server.get("/api/v1/settings.public?count=1").status == 200


def test_all_settings_share_a_bucket_which_new_administrators_pass_by(old, new):
    for server in (old, new):
        token = server.login()
        server.knobs(limiter=True, limiter_calls=2)
        ids = ("Site_Url", "Force_SSL", "Site_Name")
        statuses = [server.get("/api/v1/settings/" + name, token).status for name in ids]
        assert statuses == ([200, 200, 400] if server is old else [200, 200, 200])


def test_the_default_is_ten_calls_a_minute_and_old_trusts_x_forwarded_for(old):
    old.knobs(limiter=True)
    assert [old.get("/api/info").status for _ in range(11)] == [200] * 10 + [400]
    assert old.get("/api/info", {"X-Forwarded-For": "203.0.113.5, 198.51.100.7"}).status == 200


# Addresses, the page, and a lost database.

def test_force_ssl_redirects_all_but_what_came_by_https(either):
    either.knobs(force_ssl=True)
    for method, path in (("GET", "/api/info?x=1"), ("POST", "/api/v1/login")):
        answer = either.call(method, path, headers={"Host": "chat.invalid:3000"})
        assert answer.status == 302 and answer.headers["location"] == "https://chat.invalid" + path
    assert either.get("/api/info", {"X-Forwarded-Proto": "https"}).status == 200


def test_old_answers_any_origin_and_new_none(old, new):
    assert old.get("/api/info").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in new.get("/api/info").headers
    assert "x-frame-options" not in old.get("/").headers and "content-security-policy" not in old.get("/").headers
    assert new.get("/").headers["x-frame-options"] == "sameorigin" and "frame-src *" in new.get("/").headers["content-security-policy"]


def test_the_page_plays_the_client_of_its_version(servers):
    windows = {name: servers(name).state()["client"] for name in ("old", "v6", "new", "v711")}
    assert windows == {"old": "A", "v6": "B", "new": "D", "v711": "D"}
    assert 'data-client="B"' in servers("v6").get("/home").body


def test_without_its_database_the_server_says_500_and_recovers():
    with running_mongo() as own:
        server = Rocket(own.uri("rocketchat"), "new", knobs=("mongo_wait_ms=150", "limiter=false"))
        try:
            token = server.login()
            own.stop()
            for answer in (server.get("/api/v1/settings.public?count=0"), server.post("/api/v1/login", ADMIN), server.get("/api/v1/me", token)):
                assert answer.status == 500 and answer.body == {"success": False, "error": "Internal server error"}
            assert server.get("/api/info").status == 200 and server.get("/home").status == 200
            ready = server.get("/readyz")
            assert ready.status == 503 and ready.body["checks"]["mongo"]["status"] == "degraded"
            server.knobs(mongo_down="hang")
            with pytest.raises(OSError):
                server.get("/api/v1/settings.public", timeout=0.5)
            own.start()
            until(lambda: server.get("/api/v1/me", token).status == 200, "the server recovers")
        finally:
            server.stop()


def test_versions_that_need_a_replica_set_exit_on_a_standalone(database):
    for version, words in (("3.0.0", "OPLOG / REPLICASET IS REQUIRED"), ("6.4.0", "$changeStream stage is only supported on replica sets")):
        server = Rocket(database.uri("rocketchat_exits"), "new", "--version", version, knobs=("topology=standalone",))
        assert server.exit_status == 1
        until(lambda: any(words in line for line in server.log), words)  # pylint: disable=cell-var-from-loop
        server.stop()


def test_a_wrong_knob_is_named(old):
    answer = old.post("/__lab__/knobs", {"latency": 5})
    assert answer.status == 400 and "no knob named latency" in answer.body["error"]
    done = subprocess.run([ROCKETCHAT, "--profile", "old", "--version", "7.9.0"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 2 and "does not belong to profile old" in done.stderr
