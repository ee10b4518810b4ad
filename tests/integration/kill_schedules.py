#!/usr/bin/python3
"""Kill schedules with real processes: breaks what is watched, kills -9 the daemon in a bad moment, starts it again at once, mends; in the end
nobody may have been left untold.

    kill_schedules.py [--disk fast|slow|full|hangs] [--rounds N] [--side-by-side N] [--seed N]

Prints one line of figures and ends with 1 when one of them is no 0 that must be. On a full or hanging disk a kill may tell twice, never not:
what was told only in a memory that is gone is told again under another key, and the former key stays; and one receiver that knows is enough
where the other said no before the kill."""
import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kill_world import FALL, RISE, Lives, World

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 30  # seconds for what takes one on an idle machine
SETTLE = 150  # for the last retries: 5, 10, 20, 40 s after each refusal
FORGOTTEN = 15  # seconds after which a key that has not ended is taken for one that only a lost memory knew
UNTOLD = 4  # seconds after which what ended while it was still judged is told no more
SYNC = 60  # milliseconds of each sync of the slow disk
STRICT = ("never told", "zombies", "lost resolves", "second keys", "out of order", "refused starts", "still open")
WEAK = ("never told", "refused starts", "still open")


def laws_of(disk):
    return WEAK if disk in ("full", "hangs") else STRICT


class Outage:
    """One target, ill from here to there: what its receivers heard of it."""

    def __init__(self, target):
        self.target, self.must_be_told, self.mended = target, False, 0.0


class Schedule:
    def __init__(self, ejmon, folder, disk, seed, preload):
        self.chance, self.disk = random.Random(seed), disk
        self.forgets = disk in ("full", "hangs")
        self.world = World(random.Random(seed + 1))
        self.flag = folder / "disk"
        environment = {"EJMON_DISK_FLAG": str(self.flag)} | ({"EJMON_DISK_SYNC": str(SYNC)} if disk == "slow" else {})
        if disk != "fast":
            environment |= {"LD_PRELOAD": str(preload), "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")}
        self.folder, self.environment = folder, environment
        self.breadth = 0.3 if disk == "slow" else 0.06  # seconds after a moment in which what follows from it is written and sent
        self.busy, self.counts, self.complaints = {}, Counter(), []

    async def run(self, ejmon, rounds):
        await self.world.serve()
        self.lives = Lives(ejmon, self.folder, self.world, self.environment)
        self.lives.begin()
        await self.watched()
        for number in range(rounds):
            await self.round(number)
        await self.end()
        return {**self.counts, "rounds": rounds, "lives": self.lives.count, "complaints": self.complaints}

    def complain(self, what, sentence):
        self.counts[what] += 1
        self.complaints.append(f"{what}: {sentence}")

    async def until(self, done, seconds):
        limit = time.monotonic() + seconds
        while not done():
            if time.monotonic() > limit:
                return False
            await asyncio.sleep(0.02)
        return True

    async def watched(self):
        """Every target was looked at by this life, else it is no daemon."""
        if not await self.until(lambda: all(target.looks for target in self.world.targets.values()), LIMIT):
            self.complain("refused starts", f"life {self.lives.count} watches nothing")

    # --- what a round does ---------------------------------------------------------------------------------------------------------

    def kill(self):
        if self.lives.kill():
            self.complain("refused starts", f"life {self.lives.count} had ended with {self.lives.process.returncode}")
        self.counts["kills"] += 1
        self.lives.begin()

    def moments(self, name, ill):
        """The moments around a detection or an end: what was just seen is judged, saved, and sent."""
        if ill:
            looks, event = [("bad look", name, FALL), ("bad look", name, FALL - 1)], "triggered"
        else:
            looks, event = [("good look", name, RISE), ("good look", name, RISE - 1)], "resolved"
        return [*looks, ("notice", event, name, "slow"), ("notice", event, name, "says-no"), None]

    async def kill_in_a_bad_moment(self, name, ill):
        moment = self.chance.choice(self.moments(name, ill))
        after = self.chance.random() * (self.breadth if moment else 1.2)
        if moment:
            await self.world.events.wait(*moment, seconds=2)
        await asyncio.sleep(after)
        self.kill()
        if self.chance.random() < 0.2:  # and once more while it starts
            await asyncio.sleep(self.chance.random() * 2 * self.breadth)
            self.kill()

    def offered(self, name, event, since):
        """Whether both receivers were asked to take such a notice since then."""
        return all((event, name) in {heard[:2] for heard in receiver.offered[since[receiver.name]:]} for receiver in self.world.receivers.values())

    def now(self):
        return {receiver.name: len(receiver.offered) for receiver in self.world.receivers.values()}

    async def free_targets(self, count):
        """Targets of which everything was told that there was to tell."""
        await self.until(lambda: len(self.settled()) >= count, SETTLE)
        return self.chance.sample(self.settled(), count)

    async def round(self, number):
        chosen = await self.free_targets(self.chance.choice([1, 1, 2]))
        self.trouble(True)
        outages, since = [Outage(self.world.targets[name]) for name in chosen], self.now()
        for outage in outages:
            self.busy[outage.target.name] = (outage, {receiver.name: len(receiver.accepted) for receiver in self.world.receivers.values()})
            outage.target.turn(True)
        for _ in range(self.chance.choice([1, 1, 2])):
            await self.kill_in_a_bad_moment(chosen[0], True)
        if self.chance.random() < 0.7:  # else it is over while it is still judged: told with its end, or not at all
            for outage in outages:
                outage.must_be_told = True
                if not await self.until(lambda: self.offered(outage.target.name, "triggered", since), LIMIT):
                    self.complain("never told", f"round {number}: {outage.target.name} is ill for {LIMIT} s, and not both receivers know")
        self.trouble(False)
        for outage in outages:
            outage.target.turn(False)
            outage.mended = time.monotonic()
        if self.chance.random() < 0.6:
            await self.kill_in_a_bad_moment(chosen[0], False)

    def trouble(self, on):
        if not self.forgets:
            return
        if on and self.chance.random() < 0.6:
            self.flag.with_suffix("." + self.disk).touch()
        if not on and self.chance.random() < 0.8:
            self.flag.with_suffix("." + self.disk).unlink(missing_ok=True)

    # --- what must be true in the end ----------------------------------------------------------------------------------------------

    def heard(self, name):
        """{receiver: what was accepted about it since its outage began}."""
        _, since = self.busy[name]
        return {receiver.name: [heard for heard in receiver.accepted[since[receiver.name]:] if heard[1] == name and heard[0] != "updated"]
                for receiver in self.world.receivers.values()}

    def is_told(self, name):
        """Everything that began for both receivers has ended for both, and what must be told began."""
        outage, _ = self.busy[name]
        heard = self.heard(name)
        begun = {key[2] for one in heard.values() for key in one if key[0] == "triggered"}
        ended = all(begun == {key[2] for key in one if key[0] == "resolved"} for one in heard.values())
        seen_well = not outage.target.ill and outage.target.looks > RISE + 2
        if seen_well and self.forgets and time.monotonic() > outage.mended + FORGOTTEN:
            return True
        return seen_well and ended and (begun or not outage.must_be_told and time.monotonic() > outage.mended + UNTOLD)

    def settled(self):
        for name in [name for name in self.busy if self.is_told(name)]:
            self.judge(name)
            del self.busy[name]
        return [name for name in self.world.targets if name not in self.busy]

    def judge(self, name):
        outage, heard = self.busy[name][0], self.heard(name)
        self.counts["outages"] += 1
        self.counts["told"] += any(heard.values())
        for receiver, notices in heard.items():
            began = [key for event, _, key, _ in notices if event == "triggered"]
            over = [key for event, _, key, _ in notices if event == "resolved"]
            what = f"{name} at {receiver}: {[(event, key) for event, _, key, _ in notices]}"
            if outage.must_be_told and not began and not (self.forgets and any(heard.values())):
                self.complain("never told", what)
            if len(set(began)) > 1 or len(began) > len(set(began)):
                self.complain("second keys", what)
            if set(began) - set(over):
                self.complain("zombies" if not over else "lost resolves", what)
            if set(over) - set(began) or len(over) > len(set(over)) or (notices and notices[0][0] != "triggered"):
                self.complain("out of order", what)

    async def end(self):
        """All is well from here on; whatever is owed is delivered, whatever was open ends."""
        for path in self.folder.glob("disk.*"):
            path.unlink()
        self.world.receivers["says-no"].refuses = 0.0
        if self.forgets:  # keys that only a lost memory knew do not end: what is known does
            await self.until(lambda: all(target.looks > RISE + 2 for target in self.world.targets.values()), LIMIT)
            await self.until(lambda: all(self.is_told(name) for name in self.busy), 25)
        else:
            await self.until(lambda: all(self.is_told(name) for name in self.busy), SETTLE)
        for name in list(self.busy):
            self.judge(name)
        still_open = await self.lives.open_incidents()
        for row in still_open:
            self.complain("still open", f"{row['subject']} {row['id']}")
        self.lives.kill()


def preload_library(folder):
    library = folder / "bad_disk.so"
    subprocess.run([os.environ.get("CC", "cc"), "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", library, Path(__file__).with_name("bad_disk.c"), "-ldl"], check=True)
    return library


def one_schedule(ejmon, disk, seed, rounds):
    folder = Path(tempfile.mkdtemp(prefix="ejmon-kills-"))
    schedule = Schedule(ejmon, folder, disk, seed, preload_library(folder) if disk != "fast" else None)
    try:
        result = asyncio.run(schedule.run(ejmon, rounds))
    finally:
        if schedule.lives.process.poll() is None:
            schedule.lives.kill()
    if not any(result.get(law) for law in laws_of(disk)):
        shutil.rmtree(folder)
    else:
        result["complaints"].append(f"seed {seed}: the log and the journal are in {folder}")
    return result


def side_by_side(options):
    """The rounds shared among several daemons, each in a process of its own."""
    shares = [options.rounds // options.side_by_side + (i < options.rounds % options.side_by_side) for i in range(options.side_by_side)]

    def run(i):
        command = [sys.executable, __file__, "--json", "--disk", options.disk, "--rounds", str(shares[i]), "--seed", str(options.seed + 100 * i)]
        done = subprocess.run(command, capture_output=True, text=True)
        return json.loads(done.stdout) if done.returncode == 0 else {"complaints": [done.stderr]}

    with ThreadPoolExecutor(options.side_by_side) as pool:
        return list(pool.map(run, range(options.side_by_side)))


def figures(results, disk):
    total, complaints = Counter(), []
    for result in results:
        complaints += result.pop("complaints")
        total.update(result)
    line = f"{disk} disk: {total['rounds']} rounds, {total['kills']} kills, {total['outages']} outages, {total['told']} of them told: "
    line += ", ".join(f"{total[law]} {law}" for law in STRICT)
    return line, complaints, any(total[law] for law in laws_of(disk)) or not total["told"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--disk", choices=["fast", "slow", "full", "hangs"], default="fast")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--side-by-side", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    ejmon = os.environ.get("EJMON", str(ROOT / "ejmon"))
    if options.json:
        print(json.dumps(one_schedule(ejmon, options.disk, options.seed, options.rounds)))
        return 0
    line, complaints, broken = figures(side_by_side(options), options.disk)
    print(line, *(complaints if broken else []), sep="\n")
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
