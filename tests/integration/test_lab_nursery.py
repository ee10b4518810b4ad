"""What the lab's nursery forks is, to itself and to others, what an exec would have made of it."""
import json
import os
import subprocess
from pathlib import Path

import pytest
from conftest import LAB

ROOM = "." * 8192
# Becomes its own words, in its own environment without the room for other words that it was given.
DRIVER = ("import os, sys; sys.path.insert(0, os.environ.pop('LAB')); from labkit import becoming; del os.environ['ROOM']; "
          "becoming.real_execve = becoming.os.execvpe = None; becoming.become(sys.argv[2:], os.environ)")
SEEN = """import json, os, sys
print(json.dumps([sys.argv, sys.path, dict(os.environ), __name__, __file__, sys.dont_write_bytecode, os.getcwd(), sys.stdin.read(),
                  open("/proc/self/cmdline").read().rstrip("\\0"), open("/proc/self/environ").read().rstrip("\\0")]))
"""
ENDINGS = {"an exception": "def f():\n    raise KeyError('no such theme')\nf()\n", "a status": "import sys\nsys.exit(7)\n", "a text": "import sys\nsys.exit('why')\n",
           "nothing": "print('done')\n", "a syntax error": "def f(:\n", "children": "import os\nif os.fork():\n    print(os.wait()[1] >> 8)\nelse:\n    raise SystemExit(3)\n"}


def both(folder, text):
    """What the script does after an exec, and when the nursery's way is gone."""
    script = folder / "script.py"
    script.write_text(text)
    words = ["/usr/bin/python3", str(script), "one", "two words", ""]
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": f"{folder}/src/:", "PYTHONUNBUFFERED": "1", "EMPTY": "", "A": "b=c \u00e9"}
    common = {"cwd": folder, "input": "asked\n", "capture_output": True, "text": True, "timeout": 60}
    yield subprocess.run(words, env=environment, **common)
    driver = ["/usr/bin/python3", "-c", DRIVER, ROOM, *words]
    yield subprocess.run(driver, env={**environment, "LAB": str(LAB), "ROOM": ROOM}, **common)


def test_a_script_finds_what_it_would_find_after_an_exec(tmp_path):
    executed, become = (json.loads(done.stdout) for done in both(tmp_path, SEEN))
    become[-1] = "\0".join(sorted(become[-1].split("\0")))
    executed[-1] = "\0".join(sorted(executed[-1].split("\0")))
    assert become == executed


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_script_ends_as_it_would_end_after_an_exec(tmp_path, ending):
    executed, become = both(tmp_path, ENDINGS[ending])
    assert (become.returncode, become.stdout, become.stderr) == (executed.returncode, executed.stdout, executed.stderr)


def test_web_shows_in_proc_the_command_and_the_environment_of_its_container(lab):
    place = Path(f"/proc/{lab.status['pids']['web']}")
    words = (place / "cmdline").read_text().rstrip("\0").split("\0")
    assert words == ["/usr/bin/python3", f"{lab.dir}/bin/container/inv", "collect", "db", "-m", "gunicorn"]
    shown = dict(line.partition("=")[::2] for line in (place / "environ").read_text().rstrip("\0").split("\0"))
    assert shown == json.loads((lab.dir / "run/web.env.json").read_text())
    assert (place / "cwd").readlink() == lab.dir / "app"


def test_what_is_no_script_of_this_python_is_executed(lab):
    place = Path(f"/proc/{lab.status['pids']['nginx']}")
    assert os.path.basename((place / "exe").readlink()) == "nginx"
