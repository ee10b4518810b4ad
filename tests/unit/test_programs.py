"""The programs that run inside web, run as they are against small folders: what each prints, what it leaves, what it must not touch.

EJMON_PYTHON names another interpreter to run them with: EJ's images have Python 3.6 and later ones."""
import ast
import hashlib
import http.server
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = {path.stem: path for path in sorted(ROOT.glob("*/*/*_program.py"))}
PYTHON = os.environ.get("EJMON_PYTHON", sys.executable)
FILES = {
    "lib/build/css/main.css": "main", "lib/build/css/main-default.min.css": "main", "lib/build/css/main-cpa.min.css": "main of cpa",
    "lib/build/css/rocket.css": "rocket", "lib/build/css/rocket-default.min.css": "rocket",
    "lib/build/css/hicontrast.css": "hicontrast", "lib/build/css/hicontrast-default.min.css": "hicontrast",
    "lib/build/js/main.js": "script", "lib/assets/manifest.json": "{}", "lib/assets/img/logo/logo.svg": "<svg/>", "local/logs/debug.log": "a line\n",
}
# As EJ's does: what its finders name is copied, of a file that is there already only a newer one.
MANAGE = """
import os, shutil, sys
target = os.environ['DJANGO_STATIC_ROOT']
for top in ('lib/build', 'lib/assets'):
    for folder, _, names in os.walk(top):
        for source in [os.path.join(folder, name) for name in names]:
            path = os.path.join(target, os.path.relpath(source, top))
            if os.path.exists(path) and os.path.getmtime(path) >= os.path.getmtime(source):
                continue
            if '--dry-run' in sys.argv:
                print("Pretending to copy '%s'" % os.path.abspath(source))
                continue
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copy2(source, path)
"""


def tree(top):
    """Every file below, by its bytes; a link by where it leads."""
    found = {}
    for folder, folders, names in os.walk(os.fsencode(top)):
        for path in [os.path.join(folder, name) for name in folders + names]:
            if os.path.islink(path):
                found[os.path.relpath(path, os.fsencode(top)).decode("utf-8", "replace")] = os.readlink(path)
            elif os.path.isfile(path):
                found[os.path.relpath(path, os.fsencode(top)).decode("utf-8", "replace")] = Path(os.fsdecode(path)).read_bytes()
    return found


class Web:
    """A folder of EJ as web holds it, its static files collected; `python` in it is the interpreter under test."""

    def __init__(self, folder):
        self.app, self.temporary, self.root = folder / "app", folder / "tmp", folder / "app/local/static"
        for path in (self.temporary, folder / "bin"):
            path.mkdir()
        os.symlink(PYTHON, folder / "bin/python")
        self.environment = {"PATH": f"{folder}/bin:/usr/bin:/bin", "TMPDIR": str(self.temporary), "LC_ALL": "C.UTF-8"}
        for name, text in FILES.items():
            self.write(name, text)
        self.write("manage.py", MANAGE)
        subprocess.run([PYTHON, "manage.py", "collectstatic"], cwd=self.app, env={"DJANGO_STATIC_ROOT": str(self.root)}, check=True)

    def write(self, name, text):
        path = self.app / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, name, *arguments, cwd=None, **environment):
        """The exit status, and the one marked line that it must print."""
        done = subprocess.run([PYTHON, "-c", PROGRAMS[name].read_text(), *map(str, arguments)], cwd=cwd or self.app, capture_output=True, text=True,
                              timeout=60, env={**self.environment, **environment})
        lines = [line for line in done.stdout.split("\n") if line.startswith("EJMON ")]
        assert len(lines) == 1 and not done.stderr, done
        return done.returncode, json.loads(lines[0][6:])

    def look(self, verb="look", theme="", stamp="", **environment):
        status, answer = self.run("inside_program", self.app, verb, theme, 30, stamp, **environment)
        assert status == 0, answer
        assert os.listdir(self.temporary) == []
        return answer

    def collect(self, verb, attempt="one", root=""):
        status, answer = self.run("collect_program", verb, self.app, root, attempt, EJ_THEME="default")
        assert (status == 0) == ("error" not in answer), answer
        assert os.listdir(self.temporary) == []
        return answer

    def image(self, called="", **environment):
        return self.run("db_image_program", self.app, called, cwd=self.temporary, **environment)[1]


@pytest.fixture
def web(tmp_path):
    return Web(tmp_path)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_written_for_the_old_python_of_ej_and_fits_one_argument(name):
    text = PROGRAMS[name].read_text()
    ast.parse(text, feature_version=(3, 6))
    assert text.isascii() and "\0" not in text and len(text) < 64 << 10  # Linux allows 128 KiB


# --- inside_program: a look that changes nothing ------------------------------------------------------------------------------------

def test_a_look_tells_files_by_their_digests_and_where_they_lie(web):
    before = tree(web.app)
    say = web.look(EJ_THEME="cpa")
    assert (say["app"], say["theme"], say["wanted"], say["themes"]) == (str(web.app), "cpa", "cpa", ["cpa", "default"])
    assert say["root"]["there"] and say["root"]["path"] == str(web.root) and not say["root"]["unwritable"] and not say["root"]["elsewhere"]
    assert say["files"]["static/css/main.css"] == say["files"]["lib/build/css/main-default.min.css"] == [4, hashlib.sha256(b"main").hexdigest()]
    assert (say["log"]["size"], [space["what"] for space in say["space"]]) == (7, ["static", "log"])
    assert tree(web.app) == before


def test_a_shadow_collect_of_a_healthy_volume_finds_nothing_and_is_not_repeated_for_its_stamp(web):
    before = tree(web.app)
    say = web.look("shadow")
    assert say["shadow"] == {"files": 10, "differences": {}}
    assert "shadow" not in web.look("shadow", stamp=say["stamp"])
    assert tree(web.app) == before


def test_a_shadow_collect_names_each_kind_of_difference(web):
    stamp = web.look()["stamp"]
    (web.root / "css/main.css").write_text("main of cpa")
    (web.root / "css/rocket.css").write_text("rock")
    (web.root / "css/hicontrast.css").write_text("")
    (web.root / "js/main.js").write_text("former script")
    (web.root / "manifest.json").unlink()
    say = web.look("shadow", stamp=stamp)
    assert say["shadow"]["differences"] == {
        "css": {"other": [1, [["css/main.css", "cpa"]]], "truncated": [1, [["css/rocket.css", None]]], "empty": [1, [["css/hicontrast.css", None]]]},
        "script": {"stale": [1, [["js/main.js", None]]]}, "asset": {"missing": [1, [["manifest.json", None]]]}}


def test_a_look_at_an_empty_volume_and_at_none_tells_so(web):
    shutil.rmtree(web.root)
    assert web.look()["root"]["there"] is False and "shadow" not in web.look("shadow")
    web.root.mkdir()
    say = web.look("shadow")
    assert {name for name, what in say["files"].items() if what is None} >= {"static/css/main.css", "static/manifest.json"}
    assert {group: list(kinds) for group, kinds in say["shadow"]["differences"].items()} == {"css": ["missing"], "script": ["missing"], "asset": ["missing"]}


def test_a_look_at_a_hostile_volume_ends_and_stays_on_it(web, tmp_path):
    (web.root / "css/main.css").unlink()
    os.mkfifo(web.root / "css/main.css")
    (web.root / "css/loop").symlink_to("..")
    (web.root / "manifest.json").write_bytes(b"x" * ((4 << 20) + 1))
    (web.root / "a\nEJMON {}").write_text("")
    (web.root / os.fsdecode(b"\xff")).mkdir()
    (tmp_path / "secret").write_text("hidden")
    (web.root / "css/rocket.css").unlink()
    (web.root / "css/rocket.css").symlink_to(tmp_path / "secret")
    say = web.look("shadow")
    assert say["files"]["static/css/main.css"] is None
    assert say["files"]["static/manifest.json"] == [(4 << 20) + 1, ""]
    assert say["shadow"]["differences"]["css"]["missing"] == [1, [["css/main.css", None]]]
    assert "hidden" not in json.dumps(say)


def test_a_link_that_leads_nowhere_does_not_end_a_look(web):
    (web.root / "js/main.js").unlink()
    (web.root / "js/main.js").symlink_to("main.js")
    assert web.look("shadow")["shadow"]["differences"]["script"] == {"missing": [1, [["js/main.js", None]]]}


def test_a_name_that_is_no_utf8_does_not_spoil_an_answer(web):
    """No decoder of JSON takes half of a surrogate pair, which Python makes of such a byte."""
    name = os.fsdecode(b"\xff.png")
    (web.app / "lib/assets" / name).write_text("")
    assert web.look("shadow")["shadow"]["differences"]["asset"] == {"missing": [1, [["?.png", None]]]}
    assert web.collect("look")["missing"] == ["?.png"]


@pytest.mark.parametrize("theme", ["../../etc", ".hidden"])
def test_a_look_takes_no_theme_that_is_a_path(web, theme):
    assert web.run("inside_program", web.app, "look", theme, 30, "") == (1, {"error": "no theme has such a name"})


def test_a_look_where_no_ej_is_says_where_it_searched(web, tmp_path):
    status, say = web.run("inside_program", "/nowhere", "look", "", 30, "", cwd=web.temporary)
    assert status == 1 and say["error"].startswith(f"no manage.py in /nowhere, {web.temporary}, /app")


def test_a_shadow_collect_that_fails_or_lasts_leaves_nothing(web):
    web.write("manage.py", "import sys; sys.exit('no such setting')")
    assert web.look("shadow")["shadow"] == {"error": "collectstatic failed: no such setting\n"}
    web.write("manage.py", "import time; time.sleep(60)")
    assert web.run("inside_program", web.app, "shadow", "", 2, "")[1]["shadow"] == {"error": "collectstatic took too long"}
    assert os.listdir(web.temporary) == []


# --- collect_program: looks, saves, switches, undoes ------------------------------------------------------------------------------------

def test_a_healthy_volume_needs_no_collect(web):
    before = tree(web.app)
    say = web.collect("look")
    assert say["css"] == {"main": 4, "hicontrast": 10, "rocket": 6} and say["counts"] == {"different": 0, "missing": 0, "extra": 0, "skipped": 0}
    assert say["directory"] and not say["link"] and not say["holds_more"] and not say["unwritable"]
    assert tree(web.app) == before


def test_a_collect_is_told_what_differs_and_what_the_mtime_rule_would_skip(web):
    (web.root / "js/main.js").write_text("former script")
    (web.root / "manifest.json").unlink()
    (web.root / "old.css").write_text("")
    say = web.collect("look")
    assert (say["different"], say["missing"], say["extra"], say["skipped"]) == (["js/main.js"], ["manifest.json"], ["old.css"], ["js/main.js"])


def test_a_switch_brings_the_fresh_files_and_an_undo_every_former_one(web):
    (web.root / "js/main.js").write_text("former script")
    (web.root / "old.css").write_text("old")
    (web.root / ".keep").write_text("")
    former = tree(web.app)
    assert web.collect("save") == {"root": str(web.root), "files": 11}
    fresh = web.root / ".ejmon/one/fresh"
    subprocess.run([PYTHON, "manage.py", "collectstatic"], cwd=web.app, env={"DJANGO_STATIC_ROOT": str(fresh)}, check=True)
    web.write("lib/build/js/main.js", "built again")
    assert web.collect("switch") == {"changed": 1, "removed": 1}
    assert (web.root / "js/main.js").read_text() == "script" and not (web.root / "old.css").exists() and (web.root / ".keep").exists()
    assert web.collect("undo") == {"files": 11}
    web.write("lib/build/js/main.js", "script")
    assert tree(web.app) == former
    assert web.collect("undo") == {"gone": str(web.root / ".ejmon/one")}


def test_a_fresh_tree_that_is_not_whole_is_never_switched_to(web):
    served = tree(web.root)
    web.collect("save")
    fresh = web.root / ".ejmon/one/fresh"
    assert web.collect("switch")["error"] == "the fresh css/main.css is not the one of the theme"
    shutil.copytree(web.app / "lib/build", fresh)
    assert web.collect("switch")["error"] == "the fresh manifest.json is missing or empty"
    web.write("local/static/.ejmon/one/fresh/manifest.json", "{}")
    for i in range(20):
        (web.root / ".ejmon/one/former" / str(i)).write_text("")
    assert web.collect("switch")["error"] == "the fresh tree has 9 files, the served one has 30"
    assert web.collect("undo")["error"].startswith("some of the saved files are gone")
    web.collect("forget")
    assert tree(web.root) == served


def test_a_collect_refuses_what_is_no_static_folder_of_its_own(web):
    (web.root / "css/away.css").symlink_to("/etc/passwd")
    assert web.collect("look")["link"] == str(web.root / "css/away.css")
    assert web.collect("look", root=web.app)["holds_more"] is True
    assert web.collect("look", root=web.app / "manage.py")["directory"] is False
    web.write("lib/build/css/main-default.min.css", "")
    assert web.collect("look")["css"]["main"] == 0


def test_a_former_attempt_goes_when_the_next_one_saves(web):
    web.collect("save", "one")
    assert web.collect("save", "two")["files"] == 10 and os.listdir(web.root / ".ejmon") == ["two"]
    assert web.collect("forget", "two") == {} and not (web.root / ".ejmon").exists()


# --- db_image_program: migrations, the way to the database, the call of Rocket.Chat -----------------------------------------------------

def test_an_image_tells_its_migrations_and_where_its_settings_lead(web):
    web.write("src/ej/settings/__init__.py", "DB = env('DB_HOST')")
    web.write("src/ej_users/migrations/0001_initial.py", "")
    web.write("src/ej_users/migrations/0002_squashed.py", "class Migration:\n    replaces = [('ej_users', '0001_initial')]\n")
    web.write("src/ej_users/migrations/__init__.py", "")
    say = web.image(DB_HOST="elsewhere", DJANGO_DB_URL="psql://ej:secret@db/ej")
    assert say["files"] == [["ej_users", "0001_initial", []], ["ej_users", "0002_squashed", [["ej_users", "0001_initial"]]]]
    assert (say["root"], say["engine"], say["why"], say["names"]) == (str(web.app), "postgresql", "DB_HOST is set", ["DB_HOST"])
    assert say["marks"] == ["settings", "db-host"] and say["call"] is None and "secret" not in json.dumps(say)


def test_an_image_without_ej_has_nothing_to_tell(web):
    (web.app / "manage.py").unlink()
    say = web.image()
    assert (say["files"], say["root"], say["engine"], say["marks"], say["sqlite"]) == ([], "", "", [], None)


@pytest.mark.parametrize("text,replaces", [("replaces = [(", None), ("replaces = [made(name) for name in range(9)]", None), ("replaces = 7", None),
                                           ("# replaces nothing", [])])
def test_a_migration_that_is_no_literal_is_not_guessed_at(web, text, replaces):
    web.write("src/ej_users/migrations/0001_odd.py", text)
    assert web.image()["files"] == [["ej_users", "0001_odd", replaces]]


def test_an_image_tells_of_an_sqlite_file_with_accounts(web):
    path = web.app / "local/db/db.sqlite3"
    path.parent.mkdir()
    path.write_text("no database")
    assert web.image()["sqlite"] is None
    path.unlink()
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE ej_users_user (id)")
    base.execute("INSERT INTO ej_users_user VALUES (1)")
    base.commit()
    base.close()
    say = web.image()
    assert (say["engine"], say["sqlite"]["path"], say["sqlite"]["users"]) == ("sqlite", str(path), 1)


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if self.path == "/api/" else 200)
        self.send_header("X-Asked", self.headers["Host"])
        self.end_headers()

    def log_message(self, *words):
        pass


@pytest.fixture
def port():
    server = http.server.HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def closed():
    with socket.socket() as bound:  # bound, never listening: refused
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_any_answer_of_http_is_one_and_why_there_is_none_holds_no_address(web, port, closed):
    assert web.image(f"127.0.0.1:{port}/")["call"] == ""
    assert web.image(f"http://127.0.0.1:{closed}")["call"] == "Connection refused"
    assert web.image(f"https://127.0.0.1:{port}")["call"] == "no TLS at a port of https"
    assert web.image("http://user:secret@[odd")["call"] == "this is no address of http"


# --- layers_program: one request to the process itself ------------------------------------------------------------------------------------

def layers(path, host, port):
    return subprocess.run([PYTHON, "-c", PROGRAMS["layers_program"].read_text(), path, host, str(port)], capture_output=True, text=True, timeout=60)


def test_the_status_and_the_headers_of_the_process_itself_are_printed(port, closed):
    lines = layers("/login/", "ej.example.org", port).stdout.splitlines()
    assert lines[0] == "200" and "X-Asked: ej.example.org" in lines
    done = layers("/login/", "ej.example.org", closed)
    assert done.returncode == 1 and done.stdout == "" and "ConnectionRefusedError" in done.stderr.splitlines()[-1]
