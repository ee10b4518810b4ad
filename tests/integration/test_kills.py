"""ejmon killed with -9 again and again: nobody is left untold. `make soak` has 300 rounds of each."""
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conftest import EJMON

SCHEDULES = Path(__file__).with_name("kill_schedules.py")
SLICE = {"fast": 10, "slow": 7, "full": 4, "hangs": 4}  # rounds


def run_schedule(disk):
    return subprocess.run([sys.executable, SCHEDULES, "--disk", disk, "--rounds", str(SLICE[disk]), "--seed", "7"], capture_output=True, text=True,
                          env={"EJMON": str(EJMON), "PATH": "/usr/bin:/bin"})


def test_whenever_it_is_killed_every_outage_is_told_and_ended_once(capsys):
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(run_schedule, SLICE))
    with capsys.disabled():
        print("", *(one.stdout.strip() for one in ended), sep="\n")
    assert [one.returncode for one in ended] == [0] * len(SLICE), "\n".join(one.stdout + one.stderr for one in ended)
