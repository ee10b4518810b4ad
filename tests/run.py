#!/usr/bin/python3
"""Runs every part of `make test` and ends with one closing line: N passed, N failed, N skipped.

Parts: the include levels, the unit tests (plain, and under ASan + UBSan), the integration tests with real servers against the ASan binary.
`--unit` or `--integration` runs only that part; other arguments go to pytest."""
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1"}


class Counts:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def one(self, name, ok, output=""):
        self.passed, self.failed = self.passed + ok, self.failed + (not ok)
        print(f"{'ok    ' if ok else 'FAILED'} {name}", flush=True)
        if not ok:
            print(output, flush=True)


def unit(counts, variant):
    for program in sorted((ROOT / f"build/{variant}/tests/unit").glob("test_*")):
        if program.suffix or not (ROOT / f"tests/unit/{program.name}.c").exists():
            continue
        done = subprocess.run([program], capture_output=True, text=True, errors="replace", timeout=300, cwd=ROOT, env={**os.environ, **SANITIZERS})
        output = done.stdout + done.stderr
        passed = sum(int(n) for n in re.findall(r"\[  PASSED  \] (\d+) test", output))
        failed = len(set(re.findall(r"\[  FAILED  \] (\w+)", output)))
        skipped = len(set(re.findall(r"\[  SKIPPED \] (\w+)", output)))
        if done.returncode and not failed:
            failed = 1  # crashed, or a sanitizer spoke
        counts.passed, counts.failed, counts.skipped = counts.passed + passed, counts.failed + failed, counts.skipped + skipped
        print(f"{'FAILED' if failed else 'ok    '} {variant} {program.name}: {passed} passed, {failed} failed, {skipped} skipped", flush=True)
        if failed:
            print(output, flush=True)


def integration(counts, arguments):
    # Built on its first use here, which takes minutes and says so; why there is none is worth a line of its own.
    subprocess.run([ROOT / "tests/lab/parts/mongod", "which"], cwd=ROOT)
    environment = {**os.environ, **SANITIZERS, "EJMON": os.environ.get("EJMON", str(ROOT / "build/asan/ejmon"))}
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "--durations=8", "-p", "no:cacheprovider", "tests/integration", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, errors="replace")
    last = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        last = line if re.search(r"\d+ (passed|failed|skipped|error)", line) else last
    code = process.wait()
    found = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|skipped|error)", last)}
    counts.passed += found.get("passed", 0)
    counts.failed += found.get("failed", 0) + found.get("error", 0)
    counts.skipped += found.get("skipped", 0)
    if code and not (found.get("failed") or found.get("error")):
        counts.failed += 1


def main():
    arguments = sys.argv[1:]
    only_unit, only_integration = "--unit" in arguments, "--integration" in arguments
    arguments = [a for a in arguments if a not in ("--unit", "--integration")]
    counts = Counts()
    if not only_integration:
        levels = subprocess.run(["sh", "tests/include_levels.sh"], cwd=ROOT, capture_output=True, text=True)
        counts.one("include levels", levels.returncode == 0, levels.stdout + levels.stderr)
        for variant in ("release", "asan"):
            unit(counts, variant)
    if not only_unit:
        integration(counts, arguments)
    if counts.skipped:
        print(f"{counts.skipped} tests were skipped: the reasons are above; nothing is known about what they cover")
    print(f"{counts.passed} passed, {counts.failed} failed, {counts.skipped} skipped")
    return 1 if counts.failed or not counts.passed else 0


sys.exit(main())
