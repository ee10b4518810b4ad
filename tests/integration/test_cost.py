"""What is counted in instructions, by callgrind, so that no clock and no busy machine has a say. Hostile text, and thousands of notices that are
owed, cost at most n log n: every judge gets n items and 4n of them. An incident costs the rounds of 10,000 checks next to nothing."""
import contextlib
import math
import re
import subprocess
from pathlib import Path

from drivers import driver

FEW, FACTOR = 300, 4
# What n log n permits for 4n, and a tenth more for what grows in steps (arrays, trees).
MOST = FACTOR * math.log(FACTOR * FEW) / math.log(FEW) * 1.1


def counted(folder, *command):
    """{case: {part: instructions}} of the dumps that a program makes as "CASE PART"."""
    with contextlib.suppress(subprocess.TimeoutExpired):  # what was not counted is told below; all of it takes half a minute
        subprocess.run(["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={folder}/out", *command], check=True, capture_output=True, timeout=600)
    found = {}
    for path in folder.iterdir():
        text = path.read_text(errors="replace")
        trigger, total = re.search(r"^desc: Trigger: Client Request: (\w+) (\w+)$", text, re.M), re.search(r"^(?:totals|summary): (\d+)", text, re.M)
        if trigger and total:
            found.setdefault(trigger[1], {})[trigger[2]] = int(total[1])
    return found


def test_every_judge_costs_at_most_n_log_n(tmp_path):
    costs = counted(tmp_path, driver("drive_cost"), str(FEW))
    source = Path(__file__).with_name("drive_cost.c").read_text()
    missing = [case for case in re.findall(r"CASE\((\w+)\)", source) if case != "function" and {"few", "many"} - set(costs.get(case, ()))]
    assert missing == [], "the first of them had no end within the time"
    ratios = {case: cost["many"] / cost["few"] for case, cost in costs.items()}
    print(*(f"{case:24} {costs[case]['few']:12,} {costs[case]['many']:12,} {ratio:6.2f}" for case, ratio in sorted(ratios.items(), key=lambda x: -x[1])), sep="\n")
    assert {case: ratio for case, ratio in ratios.items() if ratio > MOST} == {}


def test_an_incident_costs_the_rounds_of_ten_thousand_checks_next_to_nothing(tmp_path):
    cost = counted(tmp_path, driver("drive_rounds"))["rounds"]
    print(cost)
    assert max(cost["ill"], cost["flaps"]) <= 1.02 * cost["well"]
