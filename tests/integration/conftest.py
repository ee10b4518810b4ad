"""Fixtures of the integration tests: running labs, one per generation and options, and a guard that mends what a test broke.

    def test_x(lab): ...                                    generation A, integration on
    @pytest.mark.parametrize("lab", ["B", "A:theme=cpa", "A:integration=off"], indirect=True)
    def test_y(lab, mended): lab.fault("theme-switched"); ...

`lab.status` is what `lab status --json` prints, `lab.ejmon(*arguments)` runs the binary on the lab's ejmon.yaml. EJMON names the
binary; without it ./ejmon at the root of the repository is taken."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import pytest
from daemon import Daemon, configure

ROOT = Path(__file__).resolve().parents[2]
LAB = ROOT / "tests/lab"
sys.path[:0] = [str(LAB), str(LAB / "docker")]
import dockerlab  # noqa: E402
from labkit import faults  # noqa: E402
from labkit.session import Session  # noqa: E402
from labkit.state import Lab, ports_of  # noqa: E402

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["EJLAB_PORTS"] = ports_of(int(os.environ["PYTEST_XDIST_WORKER"][2:]), int(os.environ["PYTEST_XDIST_WORKER_COUNT"]))

# Several workers share the tests (pytest-xdist). What is slow to come up comes up once: a test's group is the engine, or the lab, that it wants. Most
# want lab A, which comes up on each worker: there, and for tests without any lab, a file is a group. Long groups go first, so that none is left
# for the end, when the other workers have nothing to do any more.
LONG = ["test_run_hard", "docker", "test_self", "test_outages", "test_remedies", "test_subjects", "test_foreign", "test_login_browser", "test_canary", "test_heal_judges",
        "test_login", "test_checks_data", "test_run", "test_kills", "test_times"]

# What a developer speaks is not what the tests expect; those of the language set it themselves.
for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
    os.environ.pop(name, None)

EJMON = Path(os.environ.get("EJMON", ROOT / "ejmon")).absolute()


def group_of(item):
    module = Path(item.fspath).stem
    if "engine" in item.fixturenames:
        return "docker"
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    place = next((parameters[name] for name in ("lab", "lab_as_it_was_left") if name in parameters and name in item.fixturenames), "A")
    return module if place == "A" else f"lab {place}"


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items):
    order = {}
    for item in items:
        group = group_of(item)
        item.add_marker(pytest.mark.xdist_group(group))
        order[item.nodeid] = (LONG.index(group) if group in LONG else len(LONG), group)
    items.sort(key=lambda item: order[item.nodeid])


class RunningLab:
    """A lab that is up. An error of the lab's fails the test with its text."""

    def __init__(self, directory, **options):
        self.dir, self.session = Path(directory), Session(directory, **options)

    def run(self, script, *arguments, timeout=240):
        done = subprocess.run([LAB / script, "--dir", self.dir, *arguments], capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, f"{script} {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    @property
    def status(self):
        return self.session.status()  # as `lab status --json` prints it

    def fault(self, name):
        lacking = faults.missing_need(Lab(self.dir), faults.load()[name])
        if lacking and lacking.endswith("this lab does not have"):
            pytest.skip(f"NOT TRIED: {lacking}; why is said by tests/lab/parts/mongod which")
        self.session.fault(name)

    def mend(self, name=None):
        self.session.mend(*([name] if name else []))

    def broken(self):
        """Whether a fault has been set since the last mend."""
        return bool(Lab(self.dir).data.get("faults"))

    def turn(self, **knobs):
        """Turns knobs of the stand-in for Rocket.Chat: its limiter, as strict as the real one, is no matter of most tests."""
        request = urllib.request.Request(self.status["rocketchat"] + "/__lab__/knobs", json.dumps(knobs).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=20).close()

    def restart_web(self, recreate=False):
        self.run("lab", "restart-web", *(["--recreate"] if recreate else []))

    def in_web(self, *command):
        """A command in the web container; returns the completed process."""
        return subprocess.run([self.status["web_command"], *command], capture_output=True, text=True, env={}, timeout=120)

    def ejmon(self, *arguments, timeout=60):
        """ejmon with this lab's configuration; returns the completed process."""
        return subprocess.run([EJMON, *arguments, "-c", self.dir / "ejmon.yaml"], capture_output=True, text=True, timeout=timeout)

    def report(self, *arguments):
        """The JSON report of `ejmon check`."""
        return json.loads(self.ejmon("check", "--format", "json", *arguments).stdout)

    def down(self):
        self.session.down()


def options_of(text):
    """"B:theme=cpa,integration=off" as a Session takes it."""
    generation, _, rest = text.partition(":")
    options = dict(pair.split("=") for pair in filter(None, rest.split(",")))
    given = {"integration": options.pop("integration", "on") == "on", "without": options.pop("without", "").split("+") if "without" in options else []}
    return {"generation": generation, **given, **options}


@pytest.fixture(scope="session")
def labs():
    """All labs of this session by their description; each comes up when first asked for."""
    running, base = {}, Path(tempfile.mkdtemp(prefix="ejmon-labs-"))

    def get(text):
        if text not in running:
            running[text] = RunningLab(base / str(len(running)), **options_of(text))
        return running[text]

    yield get
    for lab in running.values():
        lab.down()
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def lab(request, labs):
    """The lab that the test is parametrised with (indirectly); generation A by default."""
    one = labs(getattr(request, "param", "A"))
    if one.broken():
        one.mend()
    return one


@pytest.fixture
def mended(lab):
    """Mends after the test whatever faults it has set."""
    yield lab
    if lab.broken():
        lab.mend()


@pytest.fixture(scope="session")
def ejmon_binary():
    if not EJMON.exists():
        pytest.skip(f"{EJMON} is not built")
    return EJMON


@pytest.fixture
def start(lab, mended, tmp_path):
    """Starts daemons on the lab; at the end lifts what a test still holds back (tmp_path/hold-*) and ends what it left running."""
    daemons = []

    def start_one(more="", config=None):
        daemons.append(Daemon(EJMON, config or configure(lab, tmp_path, more)))
        return daemons[-1]

    yield start_one
    for path in tmp_path.glob("hold-*"):
        path.unlink()
    for daemon in daemons:
        daemon.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def engine():
    """A real Docker Engine in namespaces of its own, with the image of the Docker lab; shared by all tests that want one."""
    one = dockerlab.DockerLab(tempfile.mkdtemp(prefix="ejmon-docker-"))
    try:
        try:
            one.up()
        except (subprocess.SubprocessError, OSError) as error:
            pytest.skip(f"NO DOCKER ENGINE TESTS: dockerd does not start here: {error}")
        yield one
    finally:
        one.down()
