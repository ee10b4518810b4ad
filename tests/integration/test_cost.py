"""Hostile text costs at most n log n: every judge gets n items and 4n of them, and callgrind counts the instructions, so that no clock and no
busy machine has a say."""
import contextlib
import math
import re
import subprocess
from pathlib import Path

import pytest
from drivers import driver

FEW, FACTOR = 300, 4
# What n log n permits for 4n, and a tenth more for what grows in steps (arrays, trees).
MOST = FACTOR * math.log(FACTOR * FEW) / math.log(FEW) * 1.1


@pytest.fixture(scope="module")
def costs(tmp_path_factory):
    """{case: {"few": instructions, "many": instructions}}."""
    folder = tmp_path_factory.mktemp("callgrind")
    command = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={folder}/out", driver("drive_cost"), str(FEW)]
    with contextlib.suppress(subprocess.TimeoutExpired):  # what was not counted is told below; all of it takes half a minute
        subprocess.run(command, check=True, capture_output=True, timeout=600)
    found = {}
    for path in folder.iterdir():
        text = path.read_text(errors="replace")
        trigger, total = re.search(r"^desc: Trigger: Client Request: (\w+) (\w+)$", text, re.M), re.search(r"^(?:totals|summary): (\d+)", text, re.M)
        if trigger and total:
            found.setdefault(trigger[1], {})[trigger[2]] = int(total[1])
    return found


def test_every_judge_costs_at_most_n_log_n(costs):
    source = Path(__file__).with_name("drive_cost.c").read_text()
    missing = [case for case in re.findall(r"CASE\((\w+)\)", source) if case != "function" and {"few", "many"} - set(costs.get(case, ()))]
    assert missing == [], "the first of them had no end within the time"
    ratios = {case: cost["many"] / cost["few"] for case, cost in costs.items()}
    print(*(f"{case:24} {costs[case]['few']:12,} {costs[case]['many']:12,} {ratio:6.2f}" for case, ratio in sorted(ratios.items(), key=lambda x: -x[1])), sep="\n")
    assert {case: ratio for case, ratio in ratios.items() if ratio > MOST} == {}
