#!/usr/bin/python3
"""The confusion matrix: sets every fault of the lab that has a verdict (tests/lab/verdicts) once, and compares all that ejmon says of it with
what the table wants: the cause of one `ejmon check` first, then the other columns. Health, neighbours, several faults at once and the recorded
states of the real EJ too. Exit 1 off the diagonal.

    matrix.py [PATTERN...]          faults by shell pattern; several faults at once by any of their names; "replay": the recorded states
    --generation A                  only this one;  --alone no several at once;  --json FILE everything;  --jobs N labs at the same time (two for each core)
    --full                          plan and heal for every row, and every row in the report (40 minutes)

EJMON names the binary; without it ./ejmon is taken."""
import argparse
import fnmatch
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import asdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import columns  # noqa: E402
from labkit import confusion, faults  # noqa: E402
from labkit.confusion import Row  # noqa: E402
from labkit.session import Session  # noqa: E402
from labkit.state import LabError  # noqa: E402
import replay  # noqa: E402
import verdicts  # noqa: E402
from verdicts import observed  # noqa: E402
from verdicts.together import TOGETHER  # noqa: E402

EJMON = Path(os.environ.get("EJMON", HERE.parents[1] / "ejmon")).absolute()


def say(text):
    print(text, file=sys.stderr, flush=True)


def jobs(table):
    """Every row that is wanted, by the lab that it needs: {(generation, integration): [Row]}."""
    found = {}
    for generation in verdicts.GENERATIONS:
        rows = [Row(generation, "healthy", [], [], "healthy")]
        for fault, (causes, remedy, refused) in verdicts.EXPECTED[generation].items():
            rows.append(Row(generation, fault, causes, [], "fault", expected_remedy=remedy, missing_refusals=list(refused)))
        rows += [Row(generation, fault, [], [], "neighbour") for fault in verdicts.NEIGHBOURS[generation]]
        rows += [Row(generation, fault, [], [], "blind") for fault in verdicts.BLIND[generation]]
        rows += [Row(generation, " + ".join(some), causes, [], "together") for some, causes in TOGETHER.get(generation, {}).items()]
        for row in rows:
            names = [name for name in row.fault.split(" + ") if row.kind != "healthy"]
            # C has no integration with Rocket.Chat any more.
            integration = "off" if generation == "C" or any("off" in table[name].needs for name in names) else "on"
            found.setdefault((generation, integration), []).append(row)
    for (generation, integration), rows in found.items():
        if rows[0].kind != "healthy":
            rows.insert(0, Row(generation, f"healthy, integration {integration}", [], [], "healthy"))
    for rows in found.values():  # those that leave web as it is come first: a web need not be re-created between two of them
        rows.sort(key=lambda row: (row.kind != "healthy", row.kind == "together", any(table[name].recreates for name in row.fault.split(" + ") if name in table)))
    return found


def selected(row, patterns):
    return not patterns or any(fnmatch.fnmatch(name, pattern) for name in [row.fault, *row.fault.split(" + ")] for pattern in patterns)


class Place:
    """A lab of one kind, up from its first row until it is closed."""

    def __init__(self, generation, integration, base):
        self.dir = Path(tempfile.mkdtemp(prefix=f"{generation}-{integration}-", dir=base))
        self.ejmon = columns.Ejmon(EJMON, self.dir)
        self.lab = Session(self.dir, generation, integration=integration == "on", without=["mongo"] if integration == "off" else [])

    def close(self):
        try:
            self.lab.down()
        except LabError as error:
            say(f"matrix: {error}")
        shutil.rmtree(self.dir, ignore_errors=True)


def set_and_judge(place, row, full):
    """Sets the row's faults in place of those before and fills in what ejmon says."""
    names = row.fault.split(" + ") if row.kind != "healthy" else []
    if not names:
        place.lab.mend()
    for number, name in enumerate(names):
        place.lab.fault(name, instead=number == 0)
    report = place.ejmon.report()
    fill(row, report)
    row.more += columns.readable(report)
    if row.kind == "healthy" and report["stack"]["generation"] != row.generation:
        row.more.append(f"taken for generation {report['stack']['generation']}")
    row.more += columns.findings(report, verdicts.FINDS[row.generation].get(row.fault, {}))
    looks = verdicts.LOOKS[row.generation].get(row.fault, {})
    if looks:
        place.ejmon.spare_limiter()
    for name, expected in looks.items():
        row.more += columns.look(place.ejmon, name, expected)
    if row.kind in ("fault", "neighbour") and (full or row.fault in verdicts.ACTS[row.generation]) and not row.complaints:
        row.more += columns.acts(place.ejmon, row.expected[0], row.remedy, verdicts.REFUSED.get(row.fault)) if row.expected else columns.nothing_to_heal(place.ejmon)


def replay_and_judge(place, row, full):
    """One of the recorded states of the real EJ."""
    fill(row, replay.check(row.fault, EJMON))


def look(place, row, full):
    """A row off the diagonal is looked at a second time at once: two labs share two cores with ejmon, and a verdict that waits too long is
    not wrong for that. The report says which rows needed it."""
    refusals, started = list(row.missing_refusals), time.monotonic()
    for _ in range(2):
        row.first_look = row.complaints if row.status or row.error else []
        row.error, row.more, row.missing_refusals = "", [], list(refusals)
        try:
            (set_and_judge if place else replay_and_judge)(place, row, full)
        except Exception as error:  # whatever a lab or a report has come to: the row says it
            row.error = f"{type(error).__name__}: {error}"
        if not row.complaints:
            break
    row.seconds = round(time.monotonic() - started, 1)
    say(f"{'ok  ' if not row.complaints else 'OFF '} {row.name}: {', '.join(row.named) or row.error or 'nothing'} ({row.seconds:.0f} s)")


def fill(row, report):
    row.status = report["status"]
    row.named = [cause["code"] for cause in report["causes"]]
    row.codes = {finding["code"]: finding["severity"] for check in report["checks"] for finding in check["findings"]}
    row.passed = sorted({code for check in report["checks"] for code in check["passed"]}) if row.kind == "healthy" else []
    first = report["causes"][0] if report["causes"] else {}
    row.remedy = (first.get("remedy") or {}).get("name")
    row.missing_refusals = sorted({*row.missing_refusals} - {one["remedy"] for one in first.get("refused", [])})


REPLAY = ("recorded", "states")  # stands where a lab stands: replays need none


class Work:
    """Hands rows out: a worker stays with its lab until no row is left for it, then takes the fullest other kind, the replays last of all."""

    def __init__(self, rows_by_lab):
        self.queues = {lab: deque(rows) for lab, rows in rows_by_lab.items() if rows}
        self.taken, self.lock = set(), threading.Lock()

    def next_lab(self):
        with self.lock:
            open_ones = [lab for lab, rows in self.queues.items() if rows]
            fresh = [lab for lab in open_ones if lab not in self.taken and lab != REPLAY]
            # B and C are short: one worker does them while the other is at A, and then helps there; a few rows are not worth another lab.
            worth = fresh or [lab for lab in open_ones if lab != REPLAY and len(self.queues[lab]) >= 6]
            worth = worth or [lab for lab in open_ones if lab == REPLAY]
            lab = max(worth, key=lambda one: len(self.queues[one]), default=None)
            self.taken.add(lab)
            return lab

    def stop(self):
        with self.lock:
            for rows in self.queues.values():
                rows.clear()

    def next_row(self, lab, backwards):
        with self.lock:
            rows = self.queues[lab]
            return (rows.pop() if backwards else rows.popleft()) if rows else None


def worker(work, base, done, troubles, full):
    while (lab := work.next_lab()) is not None:
        backwards = lab in done["open"]
        done["open"].add(lab)
        try:
            place = Place(*lab, base) if lab != REPLAY else None
        except LabError as error:
            troubles.append(f"no lab {lab[0]}, integration {lab[1]}: {error}")
            return
        try:
            last = None
            while (row := work.next_row(lab, backwards)) is not None:
                look(place, row, full)
                done["rows"].append(row)
                last = row
            if place and last and last.kind != "healthy":  # what the last fault was mended to
                mended = Row(last.generation, "mended", [], [], "healthy")
                look(place, mended, full)
                done["rows"].append(mended)
        finally:
            if place:
                place.close()


def run(rows_by_lab, workers, full):
    base = Path(tempfile.mkdtemp(prefix="ejmon-matrix-"))
    done, troubles = {"rows": [], "open": set()}, []
    work = Work(rows_by_lab)
    threads = [threading.Thread(target=worker, args=(work, base, done, troubles, full)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        say("matrix: stopping after the rows that are under way")
        work.stop()
        for thread in threads:
            thread.join()
        raise
    shutil.rmtree(base, ignore_errors=True)
    for row in (row for rows in work.queues.values() for row in rows):  # nobody could take these
        row.error = "not tried: " + ("; ".join(troubles) or "no lab was left")
        done["rows"].append(row)
    order = {row.name: number for number, row in enumerate(row for rows in rows_by_lab.values() for row in rows)}
    return sorted(done["rows"], key=lambda row: (row.kind == "replay", row.generation, order.get(row.name, len(order))))


def replays():
    return [Row(letter, state, observed.causes(state), [], "replay") for state, (letter, _) in replay.states().items()]


def known_codes():
    listed = subprocess.run([EJMON, "explain", "--format", "json"], capture_output=True, text=True, check=True, timeout=30)
    return {one["code"]: one["what"] for one in json.loads(listed.stdout)}


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    signal.signal(signal.SIGTERM, interrupted)  # the labs must go down with it
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("patterns", nargs="*", metavar="PATTERN")
    parser.add_argument("--generation", choices=verdicts.GENERATIONS)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1))
    options = parser.parse_args()
    if not EJMON.exists():
        sys.exit(f"{EJMON} is not built")

    def wanted(row):
        return (options.generation in (None, row.generation) and not (options.alone and row.kind == "together")
                and (selected(row, options.patterns) or row.kind == "replay" and "replay" in options.patterns))

    started = time.monotonic()
    everything = {**jobs(faults.load()), REPLAY: replays()}
    rows = run({lab: [row for row in some if wanted(row)] for lab, some in everything.items()}, options.jobs, options.full)
    if not rows:
        sys.exit("no fault with a verdict is called so; see tests/lab/verdicts")
    complete = not options.patterns and not options.generation and not options.alone
    text, good = confusion.text(rows, known_codes(), complete, verdicts.UNRAISED, options.full)
    print(text, end="")
    print(f"{sum(not row.complaints for row in rows)} of {len(rows)} rows on the diagonal, after {time.monotonic() - started:.0f} s")
    if options.json:
        Path(options.json).write_text(json.dumps([{**asdict(row), "complaints": row.complaints} for row in rows], indent=1) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
