#!/usr/bin/python3
"""Runs every part of `make test`, says where the time went, and ends with one closing line: N passed, N failed, N skipped.

    run.py                          everything: levels, unit, faults, integration
    run.py --part unit,faults       only these
    run.py --only NAME              what bears this name (tests/chosen.py); builds no more than that
    run.py --repeat N               all that was chosen N times over

ejmon is the ASan + UBSan binary everywhere, unless EJMON names another. Other arguments go to pytest."""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
import chosen  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1"}
ENVIRONMENT = {**os.environ, **SANITIZERS, "EJMON": os.environ.get("EJMON", str(ROOT / "build/asan/ejmon"))}


class Counts:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, passed, failed, skipped=0):
        self.passed, self.failed, self.skipped = self.passed + passed, self.failed + failed, self.skipped + skipped


class Clock:
    """Where the time went: a line per part, in the order in which they ended."""

    def __init__(self):
        self.lines, self.started = [], time.monotonic()

    def part(self, name, started, what=""):
        self.lines.append(f"{time.monotonic() - started:8.1f} s  {name:22} {what}".rstrip())

    def within(self, seconds, name, what=""):
        self.lines.append(f"{'':12}{seconds:8.1f} s  {name:32} {what}".rstrip())

    def table(self):
        return "\n".join(["", "where the time went", *self.lines, f"{time.monotonic() - self.started:8.1f} s  in all"])


# What is judged by reading: who includes whom, that no sources need each other in a circle, that every text is translated and confirmed.
READINGS = {
    "include levels": ["sh", "tests/include_levels.sh"],
    "no circles": [sys.executable, "tests/circles.py"],
    "translations": ["sh", "conf/lang.sh", "missing"],
}


def levels(counts, clock, options):
    started = time.monotonic()
    for name, command in READINGS.items():
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        counts.add(done.returncode == 0, done.returncode != 0)
        print(f"ok     {name}" if done.returncode == 0 else f"FAILED {name}\n{done.stdout}{done.stderr}", flush=True)
    clock.part("rooms and texts", started)


def run_unit(program):
    """(seconds, passed, failed, skipped, output) of one unit test program."""
    started = time.monotonic()
    try:
        done = subprocess.run([program], capture_output=True, text=True, errors="replace", timeout=300, cwd=ROOT, env=ENVIRONMENT)
        output, code = done.stdout + done.stderr, done.returncode
    except subprocess.TimeoutExpired as error:
        output, code = f"{error}\n", 1
    passed = sum(int(n) for n in re.findall(r"\[  PASSED  \] (\d+) test", output))
    failed = len(set(re.findall(r"\[  FAILED  \] (\w+)", output))) or int(code != 0)  # crashed, or a sanitizer spoke
    return time.monotonic() - started, passed, failed, len(set(re.findall(r"\[  SKIPPED \] (\w+)", output))), output


def unit(counts, clock, options):
    for variant in options.variants:
        started = time.monotonic()
        programs = [ROOT / f"build/{variant}/tests/unit/test_{name}" for name in options.unit]
        with ThreadPoolExecutor(options.jobs) as pool:
            for program, (seconds, passed, failed, skipped, output) in zip(programs, pool.map(run_unit, programs)):
                counts.add(passed, failed, skipped)
                print(f"{'FAILED' if failed else 'ok    '} {variant} {program.name}: {passed} passed, {failed} failed, {skipped} skipped", flush=True)
                if failed:
                    print(output, flush=True)
        clock.part(f"unit tests, {variant}", started, f"{len(programs)} programs")


def fuzz(counts, clock, options):
    """The corpus alone: what the fuzzers once found stays found."""
    for name in options.fuzz:
        started = time.monotonic()
        corpus = ROOT / "tests/fuzz/corpus" / name
        done = subprocess.run([ROOT / f"build/fuzz/tests/fuzz/fuzz_{name}", *sorted(corpus.iterdir())], cwd=ROOT, capture_output=True, text=True, errors="replace")
        counts.add(done.returncode == 0, done.returncode != 0)
        print(f"ok     fuzz_{name} over its corpus" if done.returncode == 0 else f"FAILED fuzz_{name}\n{done.stdout}{done.stderr}", flush=True)
        clock.part(f"fuzz_{name}", started)


def faults(counts, clock, options):
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ejmon-test-") as folder:
        result = Path(folder) / "faults.json"
        done = subprocess.run([sys.executable, ROOT / "tests/lab/matrix.py", "--json", result, "--jobs", str(options.jobs), *(["--alone"] if options.only else []), "--", *options.faults], cwd=ROOT, env=ENVIRONMENT)
        rows = json.loads(result.read_text()) if result.exists() else []
    off = sum(bool(row["complaints"]) for row in rows)
    counts.add(len(rows) - off, off or int(done.returncode != 0))
    clock.part("faults of the lab", started, f"{len(rows)} rows")


def integration(counts, clock, options):
    started = time.monotonic()
    # Built on its first use here, which takes minutes and says so; why there is none is worth a line of its own.
    subprocess.run([ROOT / "tests/lab/parts/mongod", "which"], cwd=ROOT)
    with tempfile.TemporaryDirectory(prefix="ejmon-test-") as folder:
        report = Path(folder) / "integration.xml"
        workers = ["-n", str(options.jobs), "--dist", "loadgroup"] if options.jobs > 1 else []
        command = [sys.executable, "-m", "pytest", "-q", "-rs", "--durations=8", "-p", "no:cacheprovider", f"--junitxml={report}", *workers,
                   *options.integration, *options.pytest]
        code = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT).returncode
        cases = list(xml.etree.ElementTree.parse(report).iter("testcase")) if report.exists() else []
    clock.part("integration tests", started, f"{len(cases)} tests, {options.jobs} at a time:")
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    counts.add(len(cases) - failed - skipped, failed or int(code != 0), skipped)
    files = defaultdict(list)
    for case in cases:
        files[case.get("classname").rpartition(".")[2]].append(float(case.get("time")))
    for name, seconds in sorted(files.items(), key=lambda one: -sum(one[1])):
        clock.within(sum(seconds), name, f"{len(seconds)} tests")


PARTS = {"levels": levels, "unit": unit, "fuzz": fuzz, "faults": faults, "integration": integration}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--part", default="levels,unit,faults,integration")
    parser.add_argument("--only", metavar="NAME")
    parser.add_argument("--repeat", type=int, default=1, metavar="N")
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1), help="most tests wait more than they compute: two for each core")
    options, options.pytest = parser.parse_known_args()
    options.variants, options.fuzz, options.faults = ["release", "asan"], [], []
    options.unit, options.integration = chosen.unit_tests(), ["tests/unit", "tests/integration"]
    options.parts = options.part.split(",")
    if options.only:
        choose(options)
    return options


def choose(options):
    """Narrows down to what bears the name, and builds that."""
    try:
        found = chosen.by_name(options.only)
    except LookupError as error:
        sys.exit(str(error))
    options.parts, options.variants = [part for part in PARTS if getattr(found, part, None)], ["asan"]
    options.unit, options.fuzz, options.faults, options.integration = found.unit, found.fuzz, found.faults, found.integration
    if found.integration and options.repeat == 1:
        options.jobs = 1
    print(f"{options.only}: " + "; ".join(f"{part} {' '.join(getattr(found, part))}" for part in options.parts), flush=True)
    built = subprocess.run(["make", "-s", f"-j{os.cpu_count() or 2}", *found.goals()], cwd=ROOT)
    if built.returncode:
        sys.exit(built.returncode)


def main():
    options, counts, clock = arguments(), Counts(), Clock()
    for _ in range(options.repeat):
        for part in options.parts:
            PARTS[part](counts, clock, options)
    print(clock.table())
    if counts.skipped:
        print(f"{counts.skipped} tests were skipped: the reasons are above; nothing is known about what they cover")
    print(f"{counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped")
    return 1 if counts.failed or not counts.passed else 0


if __name__ == "__main__":
    sys.exit(main())
