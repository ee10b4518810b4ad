"""The Rocket.Chat stand-in's settings from outside: reading, writing, pinned, blocked and guarded ones, over HTTP and in Mongo."""
import hashlib
import os
import sys

import pytest

pymongo = pytest.importorskip("pymongo", reason="Debian's python3-pymongo is not installed")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab", "rocket"))

from rocketlab import ADMIN, EJ, fleet, mongo as running_mongo, until  # noqa: E402

IFRAME = {
    "Accounts_iframe_enabled": True,
    "Accounts_iframe_url": EJ + "/talks/login/?next=/talks/",
    "Accounts_Iframe_api_url": EJ + "/talks/api-login/",
    "Accounts_Iframe_api_method": "POST",
}
TITLE = "/api/v1/settings/Layout_Home_Title"


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
def new(servers):
    return servers("new")


@pytest.fixture(params=["old", "new"])
def either(servers, request):
    return servers(request.param)


@pytest.fixture
def stored(database):
    """The settings collection of a server, seen directly."""
    client = pymongo.MongoClient("127.0.0.1", database.port)
    yield lambda server: client["rocketchat_" + server.name].rocketchat_settings
    client.close()


def second_factor(password=ADMIN["password"]):
    return {"x-2fa-method": "password", "x-2fa-code": hashlib.sha256(password.encode()).hexdigest()}


# Reading settings.

def test_the_iframe_settings_are_public_and_right(either):
    body = either.get("/api/v1/settings.public?count=0").body
    found = {item["_id"]: item["value"] for item in body["settings"]}
    assert {name: found[name] for name in IFRAME} == IFRAME
    assert found["Site_Url"] == "http://chat.invalid:3000"
    assert [found["Accounts_Allow%sChange" % what] for what in ("Username", "Email", "Password")] == [False] * 3
    assert body["count"] == body["total"] == len(found)
    first_page = either.get("/api/v1/settings.public").body
    on_first = {item["_id"] for item in first_page["settings"]}
    assert first_page["count"] == 50 and "Accounts_iframe_enabled" not in on_first, "a probe of one page must be caught"


def test_ids_are_selected_by_id_from_7_0_and_by_query_before(servers):
    by_id = "/api/v1/settings.public?_id=Site_Url,No_Such,Force_SSL"
    by_or = "/api/v1/settings.public?query=%7B%22%24or%22%3A%5B%7B%22_id%22%3A%22Site_Url%22%7D%2C%7B%22_id%22%3A%22Force_SSL%22%7D%5D%7D"
    by_in = "/api/v1/settings.public?query=%7B%22_id%22%3A%7B%22%24in%22%3A%5B%22Site_Url%22%2C%22Force_SSL%22%5D%7D%7D"
    counts = {name: [servers(name).get(path).body.get("count", servers(name).get(path).status) for path in (by_id, by_or, by_in)]
              for name in ("old", "v6", "new")}
    assert counts == {"old": [50, 2, 2], "v6": [50, 2, 0], "new": [2, 400, 400]}


def test_a_single_setting_needs_a_permission(old, new):
    for server, error in ((old, "unauthorized"), (new, "User does not have the permissions required for this action [error-unauthorized]")):
        user = server.login({"user": "ejuser", "password": "fake-user-password"})
        answer = server.get("/api/v1/settings/Site_Url", user)
        assert answer.status == 403 and answer.body == {"success": False, "error": error}
        answer = server.get("/api/v1/settings/Site_Url", server.login())
        assert answer.body == {"_id": "Site_Url", "value": "http://chat.invalid:3000", "success": True}


def test_an_unknown_or_hidden_setting_reads_as_success_without_value_when_old(old, new):
    for server, expected in ((old, (200, {"success": True})), (new, (400, {"success": False}))):
        server.knobs(hidden=["Accounts_iframe_url"])
        token = server.login()
        for name in ("Accounts_Iframe_enabled", "Accounts_iframe_url"):
            answer = server.get("/api/v1/settings/" + name, token)
            assert (answer.status, answer.body) == expected
        listed = server.get("/api/v1/settings.public?count=0").body["settings"]
        assert "Accounts_iframe_url" not in [item["_id"] for item in listed]


def test_a_read_asks_mongo_each_time(either, stored):
    token = either.login()
    stored(either).update_one({"_id": "Accounts_iframe_enabled"}, {"$set": {"value": False}})
    try:
        assert either.get("/api/v1/settings/Accounts_iframe_enabled", token).body["value"] is False
        assert either.state()["memory"]["Accounts_iframe_enabled"] is True
    finally:
        stored(either).update_one({"_id": "Accounts_iframe_enabled"}, {"$set": {"value": True}})


def test_memory_follows_mongo_by_poll_by_stream_or_not_at_all(servers, stored):
    for name, follows in (("old", True), ("v6", True), ("new", False)):
        server = servers(name)
        if name == "old":
            server.knobs(poll_ms=20)
        stored(server).update_one({"_id": "Force_SSL"}, {"$set": {"value": True}})
        try:
            if follows:
                until(lambda: server.get("/home").status == 302, name + " sees the change")  # pylint: disable=cell-var-from-loop
            else:
                assert server.get("/home").status == 200
                server.restart()
                assert server.get("/home").status == 302
        finally:
            stored(server).update_one({"_id": "Force_SSL"}, {"$set": {"value": False}})


# Writing settings.

def test_old_writes_need_no_second_factor_and_keep_the_json_type(old, stored):
    token = old.login()
    for value in ("text", True, 7, "true"):
        before = stored(old).find_one({"_id": "Layout_Home_Title"})["_updatedAt"]
        assert old.post(TITLE, {"value": value}, token).body == {"success": True}
        assert old.get(TITLE, token).body["value"] == value
        doc = stored(old).find_one({"_id": "Layout_Home_Title"})
        assert type(doc["value"]) is type(value) and doc["_updatedAt"] >= before


def test_failed_writes_have_the_shapes_of_their_version(old, new):
    for server, unknown, empty in ((old, "Cannot read property 'type' of undefined", "Match error: Missing key 'value'"), (new, None, None)):
        server.knobs(hidden=["Site_Name"])
        token = dict(server.login(), **second_factor())
        for name, body, error in (("No_Such", {"value": 1}, unknown), ("Site_Name", {"value": 1}, unknown), ("Site_Url", {}, empty)):
            answer = server.post("/api/v1/settings/" + name, body, token)
            assert answer.status == 400
            assert answer.body == ({"success": False} if error is None else {"success": False, "error": error})


def test_a_blocked_setting_is_refused_but_6_x_says_it_was_stored(servers):
    for name, status in (("old", 400), ("v6", 200), ("new", 400)):
        server = servers(name)
        server.knobs(blocked=["Layout_Home_Title"])
        token = dict(server.login(), **second_factor())
        before = server.get(TITLE, token).body["value"]
        answer = server.post(TITLE, {"value": "blocked?"}, token)
        assert answer.status == status and answer.body == {"success": status == 200}
        assert server.get(TITLE, token).body["value"] == before


def test_a_pinned_setting_flips_back_at_the_restart(either, stored):
    either.knobs(pinned={"Accounts_iframe_enabled": "false"})
    assert stored(either).find_one({"_id": "Accounts_iframe_enabled"})["valueSource"] == "processEnvValue"
    path, token = "/api/v1/settings/Accounts_iframe_enabled", dict(either.login(), **second_factor())
    assert either.post(path, {"value": True}, token).status == 200 and either.get(path, token).body["value"] is True
    either.restart()
    assert either.get(path, token).body["value"] is False
    either.knobs(pinned={})
    assert either.post(path, {"value": True}, token).status == 200


# The second factor.

def test_new_writes_ask_for_the_password_once_in_half_an_hour(new):
    token = new.login()
    answer = new.post(TITLE, {"value": "x"}, token)
    assert answer.status == 400 and answer.body == {
        "success": False, "error": "TOTP Required [totp-required]", "errorType": "totp-required",
        "details": {"method": "password", "codeGenerated": False, "availableMethods": []}}
    assert new.post(TITLE, {"value": "x"}, dict(token, **second_factor("fake-wrong"))).body["errorType"] == "totp-invalid"
    assert new.post(TITLE, {"value": "x"}, dict(token, **second_factor())).status == 200
    assert new.post(TITLE, {"value": "y"}, token).status == 200
    assert new.post(TITLE, {"value": "z"}, dict(token, **{"User-Agent": "other"})).status == 400
    new.knobs(clock_ms=1801000)
    assert new.post(TITLE, {"value": "z"}, token).body["errorType"] == "totp-required"


def test_a_personal_access_token_passes_the_second_factor(new):
    token = dict(new.login(), **second_factor())
    name = "ejmon-%d" % os.getpid()
    made = new.post("/api/v1/users.generatePersonalAccessToken", {"tokenName": name, "bypassTwoFactor": True}, token)
    assert made.status == 200 and made.body["success"] is True
    personal = {"X-User-Id": token["X-User-Id"], "X-Auth-Token": made.body["token"]}
    assert new.post(TITLE, {"value": "by token"}, personal).body == {"success": True}


def test_an_email_challenge_sends_one_mail_and_the_code_works(new):
    token = new.login()
    new.knobs(two_factor="email")
    before = new.state()["mails_sent"]
    answers = [new.post(TITLE, {"value": "x"}, token).body["details"] for _ in range(2)]
    assert [answer["method"] for answer in answers] == ["email", "email"] and [a["codeGenerated"] for a in answers] == [True, False]
    assert new.state()["mails_sent"] == before + 1
    code = new.state()["mailed_codes"]["admin"]
    assert new.post(TITLE, {"value": "x"}, dict(token, **{"x-2fa-method": "email", "x-2fa-code": code})).status == 200


def test_totp_guards_the_login_itself(old, new):
    for server in (old, new):
        server.knobs(two_factor="totp")
        answer = server.post("/api/v1/login", ADMIN)
        assert answer.status == 401 and answer.body["error"] == "totp-required" and answer.body["message"] == "TOTP Required"
        assert ("details" in answer.body) == (server is new)
        assert server.post("/api/v1/login", dict(ADMIN, code="000000")).body["error"] == "totp-invalid"
        assert server.post("/api/v1/login", dict(ADMIN, code="123456")).status == 200


def test_8_x_changes_many_settings_at_once_and_always_asks_again(servers):
    server = servers("v8")
    token, body = server.login(), {"settings": [{"_id": "Layout_Home_Title", "value": "bulk"}, {"_id": "Site_Name", "value": "Bulk"}]}
    assert server.post("/api/v1/settings", body, dict(token, **second_factor())).body == {"success": True}
    assert server.get(TITLE, token).body["value"] == "bulk"
    assert server.post("/api/v1/settings", body, token).body["errorType"] == "totp-required"
