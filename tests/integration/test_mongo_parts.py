"""The lab's MongoDB parts: `mongod` is found, runs and ends; the scripted responder says what its scripts say."""
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys

import pytest

pymongo = pytest.importorskip("pymongo", reason="Debian's python3-pymongo is not installed")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lab", "rocket"))

from rocketlab import MONGOD, REPLIES, RESPONDER, ask_part, listens, mongo as running_mongo, responder, stop, until  # noqa: E402
from pymongo.errors import AutoReconnect, ConfigurationError, OperationFailure, PyMongoError  # noqa: E402

LIMITS = dict(serverSelectionTimeoutMS=300, connectTimeoutMS=250, socketTimeoutMS=500)
SCRIPTS = sorted(name[:-5] for name in os.listdir(REPLIES) if name.endswith(".json"))


def connect(port, **more):
    return pymongo.MongoClient("127.0.0.1", port, **dict(LIMITS, serverSelectionTimeoutMS=10000, connectTimeoutMS=5000, **more))


# mongod.

def test_which_names_a_server_that_runs():
    path, kind = ask_part(MONGOD, "which").rsplit(" ", 1)
    assert os.access(path, os.X_OK) and kind in ("mongod", "ferretdb")


def test_which_says_why_there_is_none(tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "EJMON_NO_BUILD": "1"}
    done = subprocess.run([MONGOD, "which"], capture_output=True, text=True, env=environment, timeout=60)
    if done.returncode == 0 and done.stdout.strip().endswith(" mongod"):
        pytest.skip("this machine has a mongod in /usr/bin")
    assert done.returncode == 77 and "EJMON_NO_BUILD" in done.stderr and done.stdout == ""


def test_a_server_asked_for_by_name_is_not_replaced_in_silence():
    done = subprocess.run([MONGOD, "which"], capture_output=True, text=True, timeout=60,
                          env=dict(os.environ, EJMON_TEST_MONGOD="/bin/true"))
    assert done.returncode == 77 and "EJMON_TEST_MONGOD=/bin/true" in done.stderr


FAKE_GO = """#!/bin/sh
# Plays Go: notes every build, and builds a command that says it is FerretDB.
case "$1" in
env) echo go1.26.8 ;;
mod) echo '{"Dir": "SOURCE", "Sum": "h1:7WJmezL48Bj9bYWnhT/bEJgX5gjT5s7LFdHTqkN25rA="}' ;;
build)
    echo built >> BUILDS
    test "$(cat build/version/version.txt)" = v1.24.0 || exit 1
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho ferretdb\\n' > "$2"
    chmod +x "$2" ;;
esac
"""


def test_two_who_ask_at_once_build_once(tmp_path):
    source, builds = tmp_path / "source", tmp_path / "builds"
    (source / "build" / "version").mkdir(parents=True)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "go").write_text(FAKE_GO.replace("SOURCE", str(source)).replace("BUILDS", str(builds)))
    (tools / "go").chmod(0o755)
    environment = {"PATH": "%s:/usr/bin:/bin" % tools, "EJMON_CACHE": str(tmp_path / "cache")}
    asking = [subprocess.Popen([MONGOD, "which"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
              for _ in range(3)]
    answers = [process.communicate(timeout=60) for process in asking]
    if answers[0][0].strip().endswith(" mongod"):
        pytest.skip("this machine has a mongod in /usr/bin")
    assert {out for out, _ in answers} == {"%s ferretdb\n" % (tmp_path / "cache" / "ferretdb-v1.24.0")}, answers
    assert builds.read_text() == "built\n"
    assert sorted(os.listdir(tmp_path / "cache")) == ["ferretdb-v1.24.0", "ferretdb-v1.24.0.lock"]


def test_a_real_mongod_comes_first_and_is_kept_on_loopback(tmp_path):
    fake = tmp_path / "mongod"
    fake.write_text('#!/bin/sh\ntest "$1" = --version && echo db version v7.0.14 || echo "$$ $@"\n')
    fake.chmod(0o755)
    for environment in ({"EJMON_TEST_MONGOD": str(fake)}, {"PATH": "%s:%s" % (tmp_path, os.environ["PATH"])}):
        environment = dict({key: value for key, value in os.environ.items() if key != "EJMON_TEST_MONGOD"}, **environment)
        assert subprocess.run([MONGOD, "which"], capture_output=True, text=True, env=environment, timeout=60).stdout == "%s mongod\n" % fake
        process = subprocess.Popen([MONGOD, "run", "--dir", str(tmp_path / "data"), "--port", "27099"], stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True, env=environment)
        said = process.communicate(timeout=60)[0].split()
        assert said[0] == str(process.pid), "it replaces itself by the server"
        assert said[1:] == ["--dbpath", str(tmp_path / "data"), "--port", "27099", "--bind_ip", "127.0.0.1", "--nounixsocket"]


def test_it_answers_keeps_its_data_and_ends():
    with running_mongo() as server:
        client = connect(server.port)
        assert client.admin.command("isMaster")["ismaster"] is True
        assert "setName" not in client.admin.command("hello")
        client.rocketchat.rocketchat_settings.insert_one({"_id": "Site_Url", "value": "http://chat.invalid"})
        server.stop()
        server.start()
        assert client.rocketchat.rocketchat_settings.find_one({"_id": "Site_Url"})["value"] == "http://chat.invalid"
        client.close()
        stop(server.process, signal.SIGTERM)
        assert not listens(server.port)


def test_it_listens_on_loopback_only():
    with running_mongo() as server:
        wanted = "%04X" % server.port
        listening = []
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            with open(table, encoding="ascii") as lines:
                listening += [line.split()[1] for line in lines if line.split()[3] == "0A" and line.split()[1].endswith(":" + wanted)]
        assert listening == ["0100007F:" + wanted]


def test_a_replica_set_has_its_name():
    with running_mongo("--replset", "rs0") as server:
        client = connect(server.port, directConnection=True)
        hello = until(lambda: (lambda h: h if h.get("ismaster") else None)(client.admin.command("isMaster")), "a primary")
        assert hello["setName"] == "rs0" and hello["hosts"] == ["127.0.0.1:%d" % server.port]
        client.close()


def test_authentication_lets_in_who_has_the_password():
    with running_mongo("--user", "lab", "--password", "fake-mongo-password") as server:
        def works(password):
            client = connect(server.port, username="lab", password=password, authSource="admin")
            try:
                client.rocketchat.rocketchat_settings.find_one({})
                return True
            except OperationFailure as err:
                assert err.code == 18
                return False
            finally:
                client.close()
        until(lambda: works("fake-mongo-password"), "the user is there")
        assert not works("fake-wrong")
        with pytest.raises(OperationFailure) as caught:
            connect(server.port).rocketchat.rocketchat_settings.find_one({})
        assert caught.value.code == 13


# The responder.

def test_every_script_says_what_it_is_for():
    for name in SCRIPTS:
        with open(os.path.join(REPLIES, name + ".json"), encoding="utf-8") as source:
            script = json.load(source)
        assert re.match(r"[A-Z].*\.$", script["about"]) or script["about"].endswith("."), name


# What replSetGetStatus gives: the stateStr of each member, or the error's code.
STATES = {
    "primary": ["PRIMARY", "SECONDARY", "SECONDARY"],
    "secondary": ["SECONDARY", "PRIMARY", "SECONDARY"],
    "lagging": ["PRIMARY", "SECONDARY", "SECONDARY"],
    "member-down": ["PRIMARY", "SECONDARY", "(not reachable/healthy)"],
    "recovering": ["RECOVERING", "PRIMARY", "SECONDARY"],
    "no-primary": ["SECONDARY", "(not reachable/healthy)", "(not reachable/healthy)"],
    "not-yet-initialised": 94,
    "standalone": 76,
    "memory": 76,
    "auth-required": 13,
}


@pytest.mark.parametrize("script", sorted(STATES))
def test_a_replica_set_state_is_played(script):
    with responder(script) as port:
        client = connect(port, directConnection=True)
        hello = client.admin.command("isMaster")
        if isinstance(STATES[script], list):
            status = client.admin.command("replSetGetStatus")
            assert [member["stateStr"] for member in status["members"]] == STATES[script]
            assert hello["setName"] == status["set"] == "rs0" and hello["me"] == "127.0.0.1:%d" % port
            assert hello["ismaster"] == (STATES[script][0] == "PRIMARY")
            assert sum(member.get("self", False) for member in status["members"]) == 1
        else:
            with pytest.raises(OperationFailure) as caught:
                client.admin.command("replSetGetStatus")
            assert caught.value.code == STATES[script] and "setName" not in hello
        client.close()


def test_the_lag_is_as_told():
    with responder("lagging") as port:
        client = connect(port, directConnection=True)
        status = client.admin.command("replSetGetStatus")
        dates = [member["optimeDate"] for member in status["members"]]
        assert 599 <= (dates[0] - dates[1]).total_seconds() <= 601
        client.close()


BROKEN = ["slow", "garbage", "huge-header", "negative-header", "closes-mid-reply", "closes-at-once", "silent", "speaks-first",
          "malformed-host"]


@pytest.mark.parametrize("script", BROKEN)
def test_a_driver_finds_no_server_behind_a_broken_one(script):
    with responder(script) as port:
        client = pymongo.MongoClient("127.0.0.1", port, **LIMITS)
        with pytest.raises(PyMongoError):
            client.admin.command("ping")
        client.close()


def test_a_server_too_old_is_refused_or_still_understood():
    """pymongo 3 talks to MongoDB 3.4; pymongo 4, as libmongoc, refuses its wire version."""
    with responder("too-old") as port:
        client = connect(port, directConnection=True)
        with pytest.raises((OperationFailure, ConfigurationError)) as caught:
            client.admin.command("replSetGetStatus")
        assert getattr(caught.value, "code", None) == 76 or "wire version 5" in str(caught.value)
        client.close()


@pytest.mark.parametrize("script", ["slow-after-hello", "garbage-after-hello", "closes-after-hello"])
def test_a_fault_may_come_after_an_honest_hello(script):
    with responder(script) as port:
        client = connect(port, directConnection=True)
        with pytest.raises((AutoReconnect, PyMongoError)):
            client.admin.command("replSetGetStatus")
        client.close()


def test_no_script_is_left_untried():
    assert set(SCRIPTS) == set(STATES) | set(BROKEN) | {"too-old", "command-fails", "slow-ping", "slow-after-hello", "garbage-after-hello", "closes-after-hello"}


def raw_hello(port):
    """Says hello by OP_QUERY as a driver does first; the reply's header and hosts."""
    import bson
    query = bson.BSON.encode({"isMaster": 1, "helloOk": True})
    body = struct.pack("<i", 0) + b"admin.$cmd\0" + struct.pack("<ii", 0, -1) + query
    with socket.create_connection(("127.0.0.1", port), 5) as link:
        link.sendall(struct.pack("<iiii", 16 + len(body), 99, 0, 2004) + body)
        header = struct.unpack("<iiii", link.recv(16, socket.MSG_WAITALL))
        payload = link.recv(min(header[0], 100000) - 16, socket.MSG_WAITALL) if 16 < header[0] < 100000 else b""
    return header, bson.BSON(payload[20:]).decode() if payload else None


def test_malformed_hosts_arrive_as_written():
    with responder("malformed-host") as port:
        (_, _, answered, code), hello = raw_hello(port)
        assert (answered, code) == (99, 1) and hello["hosts"] == [
            "127.0.0.1:%d" % port, "127.0.0.1:99999", "nonsense:port", "a:b:c", "[::1", "127.0.0.1:0", ""]


def test_a_huge_header_claims_two_gigabytes():
    with responder("huge-header") as port:
        assert raw_hello(port)[0][0] == 2147483647


def test_steps_are_walked_and_the_last_is_repeated(tmp_path):
    script = tmp_path / "steps.json"
    script.write_text(json.dumps({"about": "Fails once.", "hello": {"isWritablePrimary": True, "minWireVersion": 0, "maxWireVersion": 21, "ok": 1.0},
                                  "commands": {"find": [{"close": True}, {"reply": {"ok": 0.0, "code": 13, "errmsg": "no"}}]}}))
    with responder(str(script)) as port:
        client = connect(port, directConnection=True, retryReads=False)
        with pytest.raises(AutoReconnect):
            client.db.command("find", "c")
        for _ in range(2):
            with pytest.raises(OperationFailure) as caught:
                client.db.command("find", "c")
            assert caught.value.code == 13
        with pytest.raises(OperationFailure) as caught:
            client.db.command("unheardOf")
        assert caught.value.code == 59
        client.close()


def what_a_server_does(port):
    """What Rocket.Chat's stand-in, the lab and ejmon ask of it, one after the other."""
    database = connect(port).memory
    settings, users = database.rocketchat_settings, database.users
    settings.insert_many([{"_id": "Site_Url", "value": "http://chat.invalid"}, {"_id": "Old", "value": None, "hidden": True}])
    users.insert_one({"_id": "u", "emails": [{"address": "a@ej.invalid"}], "services": {"resume": {"loginTokens": [{"hashedToken": "h"}]}}})
    yield settings.count_documents({}), settings.count_documents({"value": "nowhere"}), database.nothing.find_one({})
    yield settings.update_one({"_id": "Site_Url", "hidden": {"$ne": True}}, {"$set": {"value": 1, "a.b": 2}}).matched_count
    yield settings.update_one({"_id": "Old", "hidden": {"$ne": True}}, {"$set": {"value": 1}}).matched_count
    yield list(settings.find({"$and": [{"hidden": {"$ne": True}}, {"_id": {"$in": ["Site_Url", "Old"]}}]}))
    yield users.find_one({"emails.address": "a@ej.invalid"}), users.find_one({"services.resume.loginTokens.hashedToken": "h"})
    yield users.find_one({"emails.address": "b@ej.invalid"})
    users.update_one({"_id": "u"}, {"$set": {"services.resume.loginTokens": []}, "$unset": {"emails": ""}})
    yield users.find_one({"_id": "u"})
    for run in range(2):
        database.instances.update_one({"_id": "i"}, {"$set": {"run": run}, "$setOnInsert": {"made": run}}, upsert=True)
    yield database.instances.find_one({})
    yield [one["_id"] for one in settings.find({}, sort=[("_id", -1)], limit=1)]
    yield sorted(database.list_collection_names()), "memory" in database.client.list_database_names()
    users.drop()
    yield database.list_collection_names(filter={"name": "users"})


def test_the_responders_memory_does_what_a_server_does():
    with responder("memory") as port, running_mongo() as server:
        assert list(what_a_server_does(port)) == list(what_a_server_does(server.port))


def test_the_responders_memory_refuses_what_it_does_not_know():
    with responder("memory") as port:
        settings = connect(port).rocketchat.rocketchat_settings
        settings.insert_one({"_id": "a"})
        for ask in (lambda: settings.find_one({"_id": {"$regex": "a"}}), lambda: settings.find_one({"$nor": []}),
                    lambda: settings.update_one({"_id": "a"}, {"$inc": {"n": 1}}), lambda: list(settings.aggregate([{"$unwind": "$a"}]))):
            with pytest.raises(pymongo.errors.OperationFailure, match="not known to the lab's memory"):
                ask()


def test_the_responders_memory_outlives_it(tmp_path):
    for expected in ([], [{"_id": "a", "n": 1}], [{"_id": "a", "n": 1}, {"_id": "a", "n": 1}]):
        process = subprocess.Popen([RESPONDER, "--script", "memory", "--data", str(tmp_path / "documents")], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            settings = connect(int(process.stdout.readline())).rocketchat.rocketchat_settings
            assert list(settings.find({})) == expected
            settings.insert_one({"_id": "a", "n": 1})
        finally:
            stop(process)


def test_the_responder_stands_in_for_a_server_when_it_is_asked_to(tmp_path):
    environment = dict(os.environ, EJMON_TEST_MONGOD="responder", EJMON_NO_BUILD="1")
    done = subprocess.run([MONGOD, "which"], capture_output=True, text=True, env=environment, timeout=60)
    assert done.stdout.endswith("/parts/mongo-responder responder\n")
    refused = subprocess.run([MONGOD, "run", "--dir", str(tmp_path), "--port", "1", "--replset", "rs0"], capture_output=True, text=True, timeout=60,
                             env=environment)
    assert refused.returncode == 77 and "replica sets" in refused.stderr
