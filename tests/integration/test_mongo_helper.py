"""Whatever a MongoDB sends, and whatever becomes of the process that has libmongoc: ejmon lives on, says what it saw, and the next probe works."""
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import threading
import time

import bson
import pytest

from conftest import EJMON
from daemon import Daemon

TWO_GIGABYTES = struct.pack("<i", 0x7FFFFFFF)
BAD_DOCUMENT = TWO_GIGABYTES + b"\x02x\0" + TWO_GIGABYTES[::-1]
HELLO = {"ismaster": True, "maxBsonObjectSize": 16777216, "maxMessageSizeBytes": 48000000, "maxWriteBatchSize": 100000, "minWireVersion": 0,
         "maxWireVersion": 17, "ok": 1.0}
PASSWORD = "Sesame-0pen-4711"


class Mongo:
    """A MongoDB without data that answers each command honestly, but those in `bad` with the bytes given there; None: never."""

    def __init__(self):
        self.bad = {}
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.url = f"mongodb://127.0.0.1:{self.port}/rocketchat"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=(self.server.accept()[0],), daemon=True).start()

    def serve(self, link):
        with contextlib.suppress(OSError), link:
            while len(header := link.recv(16, socket.MSG_WAITALL)) == 16:
                length, request, _, code = struct.unpack("<iiii", header)
                body = link.recv(length - 16, socket.MSG_WAITALL)
                command = bson.BSON(body[body.index(b"\0", 4) + 9:] if code == 2004 else body[5:]).decode()
                answer = self.answer(command)
                if answer is None:
                    link.recv(1)
                    return
                reply = (struct.pack("<iqii", 8, 0, 0, 1) if code == 2004 else struct.pack("<IB", 0, 0)) + answer
                link.sendall(struct.pack("<iiii", len(reply) + 16, 1, request, 1 if code == 2004 else 2013) + reply)

    def answer(self, command):
        name = next(iter(command)).lower().replace("ismaster", "hello")
        if name in self.bad:
            return self.bad[name]
        ours = command.get("$db") == "rocketchat" and command.get("find") == "rocketchat_settings"
        batch = {"cursor": {"id": 0, "ns": "x.y", "firstBatch": [{"_id": "Site_Url"}] if ours else []}, "ok": 1.0}
        answers = {"hello": HELLO, "ping": {"ok": 1.0}, "buildinfo": {"version": "4.0.28", "ok": 1.0}, "find": batch,
                   "listdatabases": {"databases": [], "ok": 1.0}}
        return bson.BSON.encode(answers.get(name, {"ok": 0.0, "code": 59, "errmsg": "no such command"}))


@pytest.fixture
def mongo():
    server = Mongo()
    yield server
    server.server.close()


def probe(url, *words):
    done = subprocess.run([EJMON, "--format", "json", "probe", "mongo", f"url={url}", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 1, 2, 3), done
    return json.loads(done.stdout)["checks"][0]


def found(check):
    return {finding["code"]: finding for finding in check["findings"]}


@contextlib.contextmanager
def watching(tmp_path, mongo, more="", **options):
    """A daemon that watches this MongoDB, and a port of our own beside it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = dict(interval="200ms", suspect="200ms", down="200ms", timeout="8s", **options)
        path = tmp_path / "ejmon.yaml"
        path.write_text(f"state: {tmp_path}/state\ndefaults: {{ rise: 1, fall: 2, {', '.join(f'{k}: {v}' for k, v in settings.items())} }}\nchecks:\n"
                        + "".join(f"  {kind}: off\n" for kind in ("django", "env", "frame", "nginx", "postgres", "rocketchat", "theme"))
                        + (more or f"  mongo: {{ url: '{mongo.url}' }}\n")
                        + f"  other: {{ kind: tcp, address: '127.0.0.1:{other.getsockname()[1]}' }}\n")
        daemon = Daemon(EJMON, path)
        try:
            yield daemon
            assert daemon.stop() == 0
        finally:
            daemon.stop(signal.SIGKILL)


def status_of(status, name):
    return next(check["status"] for check in status["checks"] if check["name"] == name)


def becomes(daemon, name, wanted):
    return daemon.wait_status(lambda status: status_of(status, name) == wanted)


def until(judge, what, seconds=60):
    limit = time.monotonic() + seconds
    while not (result := judge()):
        assert time.monotonic() < limit, what
        time.sleep(0.02)
    return result


def children(parent):
    """The processes of this parent: pid -> state, Z for a zombie."""
    result = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError), open(f"/proc/{name}/stat", encoding="ascii", errors="replace") as stat:
            state, ppid = stat.read().rpartition(")")[2].split()[:2]
            if int(ppid) == parent:
                result[int(name)] = state
    return result


def helper_of(daemon, but=None):
    """The one living helper, once there is one that is not `but`."""
    def look():
        alive = [pid for pid, state in children(daemon.process.pid).items() if state != "Z" and pid != but]
        return alive[0] if len(alive) == 1 else None
    return until(look, f"no helper beside {but}: {children(daemon.process.pid)}")


def is_gone(pid):
    return not os.path.exists(f"/proc/{pid}")


# What a server sends.

# libmongoc refuses such a hello by itself
@pytest.mark.parametrize("when,code", [("hello", "mongo/not-mongodb"), ("ping", "mongo/client-crashed"), ("find", "mongo/client-crashed")])
def test_a_reply_that_ends_libmongoc_is_a_finding_and_ejmon_lives(mongo, when, code):
    assert probe(mongo.url)["status"] == "pass"
    mongo.bad[when] = BAD_DOCUMENT
    check = probe(mongo.url)
    assert set(found(check)) == {code} and check["status"] == "fail", check


def test_a_reply_larger_than_ejmon_reads_is_none_that_counts(mongo):
    mongo.bad["ping"] = bson.BSON.encode({"ok": 1.0, "padding": "x" * (2 << 20)})
    check = probe(mongo.url)
    assert set(found(check)) == {"mongo/not-mongodb"} and "larger than ejmon reads" in check["findings"][0]["summary"], check
    mongo.bad["ping"] = bson.BSON.encode({"ok": 1.0, "padding": "x" * (1 << 19)})
    assert set(found(probe(mongo.url))) <= {"mongo/slow"}  # on a busy machine


def test_a_hostile_member_of_a_set_does_not_hide_the_primary(mongo):
    hostile = Mongo()
    hostile.bad = dict.fromkeys(["hello", "ping", "find"], BAD_DOCUMENT)
    secondary = Mongo()
    secondary.bad["hello"] = bson.BSON.encode({**HELLO, "ismaster": False, "secondary": True, "setName": "rs0"})
    first, second = hostile.url.split("/")[2], secondary.url.split("/")[2]
    assert probe(mongo.url.replace("//", f"//{first},"))["status"] == "pass"
    assert probe(mongo.url.replace("//", f"//{second},"))["status"] == "pass"
    # without a primary the member that answers is the one that is looked at further
    assert set(found(probe(secondary.url.replace("/rocketchat", f",{first}/rocketchat")))) == {"mongo/not-primary"}


def test_the_daemon_outlives_a_hostile_mongodb_and_sees_it_mended(tmp_path, mongo):
    with watching(tmp_path, mongo) as daemon:
        becomes(daemon, "mongo", "pass")
        mongo.bad["ping"] = BAD_DOCUMENT
        daemon.wait(r"mongo/client-crashed suspect -> ill")
        status = daemon.status()
        assert status_of(status, "other") == "pass", status
        assert daemon.process.poll() is None
        mongo.bad.clear()
        daemon.wait(r"mongo/client-crashed ill -> well")
        becomes(daemon, "mongo", "pass")
        assert not daemon.logged("check other"), "the other check was disturbed"


def test_one_hostile_server_does_not_disturb_the_look_at_another(tmp_path, mongo):
    hostile = Mongo()
    hostile.bad["ping"] = BAD_DOCUMENT
    more = f"  mongo: {{ url: '{mongo.url}' }}\n  bad: {{ kind: mongo, url: '{hostile.url}' }}\n"
    with watching(tmp_path, mongo, more) as daemon:
        daemon.wait(r"check bad: mongo/client-crashed suspect -> ill")
        becomes(daemon, "mongo", "pass")
        assert not daemon.logged("check mongo:")


# What becomes of the helper.

def test_a_helper_that_somebody_kills_is_replaced_and_leaves_no_zombie(tmp_path, mongo):
    with watching(tmp_path, mongo) as daemon:
        becomes(daemon, "mongo", "pass")
        former = helper_of(daemon)
        os.kill(former, signal.SIGKILL)
        later = helper_of(daemon, but=former)
        assert later != former
        until(lambda: is_gone(former), "a zombie is left")
        becomes(daemon, "mongo", "pass")
        assert not daemon.logged("mongo/client-crashed"), "somebody's kill is not the server's fault"


def test_a_helper_that_hangs_is_killed_at_the_deadline(tmp_path, mongo):
    with watching(tmp_path, mongo, f"  mongo: {{ url: '{mongo.url}', timeout: 2s }}\n") as daemon:
        becomes(daemon, "mongo", "pass")
        former = helper_of(daemon)
        os.kill(former, signal.SIGSTOP)
        until(lambda: is_gone(former), "it was not killed")
        daemon.wait("mongo/hung well -> suspect")
        helper_of(daemon, but=former)
        becomes(daemon, "mongo", "pass")
        assert status_of(daemon.status(), "other") == "pass"


def test_a_server_that_never_answers_costs_the_time_out_and_no_more(mongo):
    mongo.bad["ping"] = None
    check = probe(mongo.url, "timeout=1s")
    assert set(found(check)) == {"mongo/hung"} and check["seconds"] < 5, check


def test_no_secret_is_seen_from_outside_in_a_helper(tmp_path, mongo, monkeypatch):
    monkeypatch.setenv("MONGO_ROOT_PASSWORD", PASSWORD)
    secret = tmp_path / "url"
    secret.write_text(mongo.url.replace("//", f"//U:{PASSWORD}@") + "\n")
    mongo.bad["saslstart"] = None  # it hangs in the login, the password in its hands
    with watching(tmp_path, mongo, f"  mongo: {{ url_file: {secret} }}\n") as daemon:
        pid = helper_of(daemon)
        until(lambda: mongo.bad and open(f"/proc/{pid}/comm", encoding="ascii").read() == "ejmon-mongo\n", "it serves")
        with open(f"/proc/{pid}/cmdline", "rb") as cmdline, open(f"/proc/{pid}/environ", "rb") as environ:
            assert cmdline.read() == b"ejmon\0--helper\0mongo\0en\0"
            assert PASSWORD.encode() not in environ.read()
        with open(f"/proc/{pid}/limits", encoding="ascii") as limits:
            assert next(line for line in limits if line.startswith("Max core file size")).split()[4:6] == ["0", "0"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_no_helper_outlives_its_daemon(tmp_path, mongo, how):
    with watching(tmp_path, mongo) as daemon:
        becomes(daemon, "mongo", "pass")
        pid = helper_of(daemon)
        daemon.process.send_signal(how)
        daemon.process.wait(60)
        until(lambda: is_gone(pid) or "Z" in open(f"/proc/{pid}/stat", encoding="ascii").read().rpartition(")")[2], "it lives on")
        daemon.stop = lambda *_: 0


def test_nobody_starts_a_helper_by_hand():
    for role in ("mongo", "unheard-of"):
        done = subprocess.run([EJMON, "--helper", role], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        assert done.returncode == 3 and "nothing to be done with it by hand" in done.stderr and not done.stdout, done
    assert "--helper" not in subprocess.run([EJMON, "--help"], capture_output=True, text=True, timeout=60, check=True).stdout
