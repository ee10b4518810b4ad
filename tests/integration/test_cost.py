"""Hostile text costs at most n log n: every judge gets n items and 4n of them, and callgrind counts the instructions, so that no clock and no
busy machine has a say."""
import math
import re
import subprocess

import pytest
from drivers import driver

FEW, FACTOR = 300, 4
# What n log n permits for 4n, and a tenth more for what grows in steps (arrays, trees).
MOST = FACTOR * math.log(FACTOR * FEW) / math.log(FEW) * 1.1


@pytest.fixture(scope="module")
def costs(tmp_path_factory):
    """{case: {"few": instructions, "many": instructions}}."""
    folder = tmp_path_factory.mktemp("callgrind")
    subprocess.run(["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={folder}/out",
                    driver("drive_cost"), str(FEW)], check=True, capture_output=True, timeout=300)
    found = {}
    for path in folder.iterdir():
        text = path.read_text(errors="replace")
        trigger, total = re.search(r"^desc: Trigger: Client Request: (\w+) (\w+)$", text, re.M), re.search(r"^(?:totals|summary): (\d+)", text, re.M)
        if trigger and total:
            found.setdefault(trigger[1], {})[trigger[2]] = int(total[1])
    return found


def test_every_judge_costs_at_most_n_log_n(costs):
    assert len(costs) > 35 and all({"few", "many"} <= set(cost) for cost in costs.values()), costs
    ratios = {case: cost["many"] / cost["few"] for case, cost in costs.items()}
    print(*(f"{case:24} {costs[case]['few']:12,} {costs[case]['many']:12,} {ratio:6.2f}" for case, ratio in sorted(ratios.items(), key=lambda x: -x[1])), sep="\n")
    assert {case: ratio for case, ratio in ratios.items() if ratio > MOST} == {}
