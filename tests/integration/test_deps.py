"""What `make`, `make demo` and conf/deps.sh do on a machine that has little: what they install, what they say first, what they leave enabled."""
import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAB = ROOT / "tests/lab"


def listed(name):
    return set(subprocess.run(["sh", "conf/deps.sh", "list", name], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout.split())


def test_each_set_holds_the_one_before_and_the_demo_nothing_heavy():
    assert listed("build") < listed("demo") < listed("test")
    assert not listed("demo") & {"docker.io", "chromium", "clang", "golang-go", "valgrind", "nodejs", "npm", "libmongoc-dev"}
    refused = subprocess.run(["sh", "conf/deps.sh", "everything"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 2 and "build | demo | test" in refused.stderr


def of_the_demo():
    """Every Python source that the demonstration may run."""
    for path in sorted(LAB.rglob("*")):
        inside = path.relative_to(LAB).parts
        if inside[0] in ("demo.py", "lab", "fault", "labkit", "ej", "parts") or inside[:2] in (("rocket", "rocketchat"), ("rocket", "standin")):
            if path.is_file() and (path.suffix == ".py" or path.read_bytes()[:17] == b"#!/usr/bin/python"):
                yield path


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.split(".")[0]


def test_the_demo_imports_only_what_its_own_set_installs():
    sources = list(of_the_demo())
    assert len(sources) > 60
    own = {path.stem for path in sources} | {folder.name for path in sources for folder in path.parents}
    foreign = {name for path in sources for name in imported(path)} - own - set(sys.stdlib_module_names)
    assert {"django", "psycopg2", "bson", "requests"} <= foreign
    for name in sorted(foreign):
        spec = importlib.util.find_spec(name)
        package = spec and subprocess.run(["dpkg", "-S", spec.origin], capture_output=True, text=True, timeout=60).stdout.partition(":")[0]
        assert package, f"{name} is of no installed package"
        packages = {package} if package != "python3-gunicorn" else {"gunicorn"}  # that one depends on it
        assert packages <= listed("demo"), f"{name} comes from {package}"


def on_a_bare_machine(tmp_path, *words):
    """make without compiler and pkg-config."""
    for tool in ("sh", "sed", "sort", "awk", "uname", "nproc", "cat", "true"):
        (tmp_path / tool).symlink_to(shutil.which(tool))
    return subprocess.run([shutil.which("make"), "-n", *words], cwd=ROOT, capture_output=True, text=True, timeout=60,
                          env={"PATH": str(tmp_path), "LC_ALL": "C"})


def test_make_without_a_compiler_names_what_to_type(tmp_path):
    done = on_a_bare_machine(tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "lacks gcc pkg-config" in done.stderr and "make deps-build" in done.stderr


@pytest.mark.parametrize("goal", ["help", "demo", "deps", "deps-demo", "deps-build", "clean", "test"])
def test_what_builds_nothing_is_quiet_on_a_bare_machine(goal, tmp_path):
    done = on_a_bare_machine(tmp_path, "help" if goal == "help" else goal, "MAKE=true")
    assert done.returncode == 0 and done.stderr == ""


# conf/deps.sh itself, in a copy of this machine that goes with the test: apt-get and dpkg are played, what enables services is real.
PLAYED = {
    "apt-get": r"""#!/bin/sh
echo "apt-get $*" >>/played/calls
case " $* " in
*" update "*) exit 0 ;;
*" --assume-no "*) echo "0 upgraded, 7 newly installed, 0 to remove"; echo "Need to get 12.5 MB/60 MB of archives."
    echo "After this operation, 1,170 kB of additional disk space will be used."; exit 1 ;;
esac
/usr/sbin/policy-rc.d; echo "policy $?" >>/played/calls
cat /etc/postgresql-common/createcluster.conf >>/played/calls
printf '[Install]\nWantedBy=multi-user.target\n' >/lib/systemd/system/played-new.service
printf '[Install]\nWantedBy=sockets.target\nAlias=played-alias.socket\n' >/lib/systemd/system/played-new.socket
printf '#!/bin/sh\n### BEGIN INIT INFO\n# Provides: played-new\n# Default-Start: 2 3 4 5\n# Default-Stop: 0 1 6\n### END INIT INFO\n' >/etc/init.d/played-new
chmod +x /etc/init.d/played-new
DPKG_MAINTSCRIPT_PACKAGE=played-new deb-systemd-helper enable played-new.service played-new.socket
update-rc.d played-new defaults
touch /played/installed
echo "pmstatus:played-new:100.0:done" >&3
[ ! -e /played/breaks ] || { echo "E: the disk is full"; exit 100; }
""",
    "dpkg-query": r"""#!/bin/sh
case "$*" in
*Abbrev*) echo "ii  played-old"; [ ! -e /played/installed ] || echo "ii  played-new" ;;
*nginx) ;;
*) echo "install ok installed" ;;
esac
""",
    "dpkg": r"""#!/bin/sh
[ "$*" = "-L played-new" ] && printf '/usr/lib/systemd/system/played-new.service\n/lib/systemd/system/played-new.socket\n/etc/init.d/played-new\n'
"""}


@pytest.fixture(scope="module")
def throw_away():
    """Runs a shell script as root in an overlay of this machine."""
    folder = Path("/tmp") / f"ejmon-deps-test-{os.getpid()}"
    overlay = ("mount --make-rprivate / && mount -t tmpfs tmpfs {0} && mkdir {0}/up {0}/work {0}/all && "
               "mount -t overlay overlay -o lowerdir=/,upperdir={0}/up,workdir={0}/work {0}/all && ").format(folder)
    folder.mkdir()

    def run(script):
        return subprocess.run(["unshare", "--mount", "sh", "-c", overlay + f'exec chroot {folder}/all sh -eu -c "$1"', "sh", script],
                              capture_output=True, text=True, timeout=120)
    try:
        if os.getuid() != 0 or run("true").returncode != 0:
            pytest.skip("needs root and overlay mounts")
        yield run
    finally:
        folder.rmdir()


def installs(throw_away, tmp_path, more=""):
    for name, text in PLAYED.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return throw_away(f"""
        mkdir /played; {more}
        rm -f /usr/sbin/policy-rc.d /etc/postgresql-common/createcluster.conf
        printf '[Install]\\nWantedBy=multi-user.target\\n' >/lib/systemd/system/played-old.service
        DPKG_MAINTSCRIPT_PACKAGE=played-old deb-systemd-helper enable played-old.service
        cd {ROOT}; PATH={tmp_path}:$PATH sh conf/deps.sh demo || echo "ended with $?"
        echo ---; cat /played/calls
        echo ---; find /etc -name '*played*' -type l ! -path '/etc/rc?.d/K*' | sort
        ls /usr/sbin/policy-rc.d /etc/postgresql-common/createcluster.conf 2>/dev/null || true""")


def test_what_is_installed_is_announced_and_neither_started_nor_enabled(throw_away, tmp_path):
    done = installs(throw_away, tmp_path)
    said, calls, left = done.stdout.split("---\n")
    assert "real nginx, PostgreSQL, Django): nginx\n" in said, done
    assert said.index("7 packages, 12.5 MB to download, 1,170 kB on disk") < said.index("takes about 10 s") < said.index("installed: 100 %")
    assert "policy 101\n" in calls and "create_main_cluster = false" in calls
    assert calls.count(" nginx\n") == 2 and "--no-install-recommends" in calls
    assert left == "/etc/systemd/system/multi-user.target.wants/played-old.service\n"


def test_an_installation_that_breaks_off_leaves_nothing_enabled_either_and_says_why(throw_away, tmp_path):
    done = installs(throw_away, tmp_path, "touch /played/breaks")
    said, _, left = done.stdout.split("---\n")
    assert "ended with 1" in said and "E: the disk is full" in done.stderr and "apt-get install failed" in done.stderr
    assert left == "/etc/systemd/system/multi-user.target.wants/played-old.service\n"
