"""The small C programs of this folder that call one part of ejmon alone: built once per session from the objects of `make`."""
import atexit
import fcntl
import functools
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/release"
ERRORS = {"EPERM": -1, "ENOENT": -2, "EIO": -5, "EACCES": -13, "EBUSY": -16, "EINVAL": -22, "ENOSPC": -28, "ENOTUNIQ": -76, "ENOTSOCK": -88,
          "ECONNRESET": -104, "ETIMEDOUT": -110, "ECONNREFUSED": -111, "EALREADY": -114}


@functools.lru_cache
def driver(name):
    """The program of NAME.c, linked with everything but main()."""
    with open(ROOT / "build/.drivers", "w", encoding="utf-8") as lock:  # one make at a time: another worker may want the same objects
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = subprocess.run(["make", "-s", "-C", ROOT, "build/release/ejmon"], capture_output=True, text=True, env={**os.environ, "MAKEFLAGS": ""})
    assert made.returncode == 0, made.stderr
    objects = [path for path in BUILD.rglob("*.o") if "tests" not in path.parts and path != BUILD / "monitor/main.o" and current(path)]
    program = Path(tempfile.mkdtemp(prefix="ejmon-driver-")) / name
    atexit.register(shutil.rmtree, program.parent, ignore_errors=True)
    libraries = subprocess.run(["make", "-s", "-C", ROOT, "libs"], capture_output=True, text=True, check=True,
                               env={**os.environ, "MAKEFLAGS": ""}).stdout.split()
    built = subprocess.run(["gcc", "-std=gnu11", "-D_GNU_SOURCE", "-g", "-I", ROOT, "-o", program, ROOT / f"tests/integration/{name}.c", *objects,
                            *libraries], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    return program


def current(path):
    """Whether an object still has its source, or one that the build made: build/ keeps those of removed files."""
    return path.name in ("tables.o", "texts.o", "languages.o") or (ROOT / path.relative_to(BUILD)).with_suffix(".c").exists()


def words(settings):
    """KEY=VALUE words; a list gives one word per item."""
    return [f"{key}={item}" for key, value in settings.items() if value is not None for item in (value if isinstance(value, list) else [value])]


class Attempt:
    """One attempt of a remedy, driven step by step in a folder of its own."""

    def __init__(self, kind, directory, before=(), **settings):
        self.kind, self.directory, self.before, self.settings = kind, Path(directory), list(before), settings
        self.directory.mkdir(parents=True, exist_ok=True)

    def __call__(self, *steps, timeout=240):
        """Runs the steps until one is not 0; returns their answers."""
        done = subprocess.run([*self.before, driver("drive_remedy"), self.kind, self.directory, ",".join(steps), *words(self.settings)],
                              capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def step(self, name):
        """One step that must end well; returns its report."""
        answer = self(name)[-1]
        assert answer["result"] == 0, answer
        return answer["report"]

    def refused(self, name, error):
        """One step that must end with this error; returns its report."""
        answer = self(name)[-1]
        assert answer["result"] == ERRORS[error], answer
        return answer["report"]

    def done(self):
        """The whole way that must end well; returns all reports."""
        answers = self("preflight", "snapshot", "apply")
        assert [answer["result"] for answer in answers] == [0, 0, 0], answers
        return "".join(answer["report"] for answer in answers)
