"""Supervises one service as `restart: always` does: runs RUN/NAME.json's command, writes RUN/NAME.pid.json, restarts it after a pause.

The command file is read anew before each start: {argv, cwd, env, log, pause}. SIGTERM ends the service and the supervisor.
It decides nothing about health. The nursery forks the process that it runs in."""
import json
import os
import signal
import time

from labkit import becoming, proc
from labkit.state import write_atomically

GRACE_SECONDS = 4.0
STEADY_SECONDS = 10.0


class Stopped(Exception):
    pass


def on_term(number, frame):
    raise Stopped


def launch(command):
    """The pid of the service, first of a session of its own."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setsid()
        log = os.open(command["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        for number, target in ((os.open(os.devnull, os.O_RDONLY), 0), (log, 1), (log, 2)):
            os.dup2(number, target)
        os.closerange(3, 64)
        os.chdir(command["cwd"])
        becoming.become(command["argv"], command["env"])
    except BaseException as error:
        os.write(2, f"lab: {command['argv'][0]}: {error}\n".encode())
        os._exit(127)


def main(run, name):
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
            started = time.monotonic()
            child = launch(command)
            note(child=proc.identity(child))
            os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
            # As with a container's first process: the others of its group end with it. It is not reaped yet, so the number is still its own.
            os.killpg(child, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
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
            people = proc.tree(proc.identity(child))
            for who in people:
                proc.send(who, signal.SIGCONT)
            proc.send(people[0] if people else None, command_signal)
            proc.wait_gone(people[:1], GRACE_SECONDS)
            proc.end(people, grace=1.0, first=command_signal)
        note(child=None)
