#!/usr/bin/python3
"""Supervises one service as `restart: always` does: runs RUN/NAME.json's command, writes RUN/NAME.pid.json, restarts it after a pause.

    supervise.py RUN NAME

The command file is read anew before each start: {argv, cwd, env, log, pause}. SIGTERM ends the service and the supervisor.
It decides nothing about health."""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from labkit import proc  # noqa: E402
from labkit.state import write_atomically  # noqa: E402

GRACE_SECONDS = 4.0
STEADY_SECONDS = 10.0


class Stopped(Exception):
    pass


def on_term(number, frame):
    raise Stopped


def main():
    run, name = Path(sys.argv[1]), sys.argv[2]
    record = {"supervisor": proc.identity(os.getpid()), "child": None, "restarts": 0, "last_exit": None}
    child = None

    def note(**changes):
        record.update(changes)
        now = record["child"] or {"pid": 0, "start": 0}
        write_atomically(run / f"{name}.child", f"{now['pid']} {now['start']} {record['restarts']}\n")  # for execute.sh
        write_atomically(run / f"{name}.pid.json", json.dumps(record))

    signal.signal(signal.SIGTERM, on_term)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    pause = None
    try:
        note()
        while True:
            command = json.loads((run / f"{name}.json").read_text())
            pause = pause or command.get("pause", 0.5)
            with open(command["log"], "ab", buffering=0) as log:
                started = time.monotonic()
                child = subprocess.Popen(command["argv"], cwd=command["cwd"], env=command["env"], stdin=subprocess.DEVNULL,
                                         stdout=log, stderr=log, start_new_session=True)
            note(child=proc.identity(child.pid))
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            # As with a container's first process: the others of its group end with it. It is not reaped yet, so the number is still its own.
            os.killpg(child.pid, signal.SIGKILL)
            status = child.wait()
            child = None
            note(child=None, last_exit=status, restarts=record["restarts"] + 1)
            if command.get("once"):
                return
            if time.monotonic() - started > STEADY_SECONDS:
                pause = command.get("pause", 0.5)
            time.sleep(pause)
            pause = min(pause * 2, 4.0)
    except Stopped:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if child is not None:
            command_signal = getattr(signal, command.get("stop_signal", "SIGTERM"))
            people = proc.tree(proc.identity(child.pid))
            for who in people:
                proc.send(who, signal.SIGCONT)
            proc.send(people[0] if people else None, command_signal)
            try:
                child.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                pass
            proc.end(people, grace=1.0, first=command_signal)
        note(child=None)


if __name__ == "__main__":
    main()
