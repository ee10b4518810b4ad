"""Starts, stops, freezes and asks after supervised services. What a service runs is decided in services.py."""
import json
import os
import signal
import subprocess
import time

from labkit import proc
from labkit.state import HERE, PYTHON, LabError, write_atomically

ROOM = 16384  # bytes for the words and for the environment of a program that the nursery's children become


def record(lab, name):
    """What the supervisor last wrote: supervisor, child, restarts, last_exit; empty when it never ran."""
    try:
        return json.loads((lab.dir / "run" / f"{name}.pid.json").read_text())
    except (OSError, ValueError):
        return {}


def running(lab, name):
    """The service's main process, as {pid, start}, or None."""
    child = record(lab, name).get("child")
    return child if proc.alive(child) else None


def supervised(lab, name):
    return proc.alive(record(lab, name).get("supervisor"))


def start(lab, name, command):
    """Starts the service under its supervisor; a running one is left alone."""
    if supervised(lab, name):
        return
    command.setdefault("log", str(lab.log(name)))
    command["env"] = {**command["env"], "EJLAB_ID": lab.id}
    write_atomically(lab.dir / "run" / f"{name}.json", json.dumps(command), 0o600)
    for ending in ("pid.json", "child"):
        (lab.dir / "run" / f"{name}.{ending}").unlink(missing_ok=True)
    start_nursery(lab)
    with open(os.open(lab.dir / "run/nursery.fifo", os.O_WRONLY | os.O_NONBLOCK), "w") as names:  # an error, not a wait, if nobody reads
        names.write(f"{name}\n")
    wait_for(lambda: record(lab, name).get("child") or record(lab, name).get("restarts"), lab, f"the supervisor of {name}")


def nursery(lab):
    """{pid, start}; empty when there was none yet."""
    try:
        return json.loads((lab.dir / "run/nursery.json").read_text())
    except OSError:
        return {}


def start_nursery(lab):
    """The process that forks the supervisors; one that runs is left alone."""
    run = lab.dir / "run"
    if proc.alive(nursery(lab)):
        return
    (run / "nursery.json").unlink(missing_ok=True)
    if not (run / "nursery.fifo").exists():
        os.mkfifo(run / "nursery.fifo", 0o600)
    with open(lab.dir / "logs/supervisors.log", "ab") as log:
        subprocess.Popen([PYTHON, str(HERE / "labkit/nursery.py"), str(run), "." * ROOM], cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                         start_new_session=True, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "EJLAB_ID": lab.id, "EJLAB_ROOM": "." * ROOM})
    wait_for((run / "nursery.json").exists, lab, "the nursery")


def wait_for(condition, lab, what):
    deadline = time.monotonic() + 60
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"{what} did not start; see {lab.dir}/logs/supervisors.log")
        time.sleep(0.002)


def stop(lab, name):
    """Ends the service and its supervisor, whatever state they are in; harmless when they are gone."""
    state = record(lab, name)
    family = proc.tree(state.get("supervisor")) or proc.tree(state.get("child"))
    for who in family:
        proc.send(who, signal.SIGCONT)
    proc.send(state.get("supervisor"), signal.SIGTERM)
    left = proc.wait_gone(family, 12.0)
    left = proc.end(left, grace=0.5) if left else []
    if left:
        raise LabError(f"{name} does not end: pids {[who['pid'] for who in left]}")


def freeze(lab, name):
    """SIGSTOP for the service's whole tree, as `docker pause` does."""
    for who in proc.tree(running(lab, name)):
        proc.send(who, signal.SIGSTOP)


def thaw(lab, name):
    for who in proc.tree(running(lab, name)):
        proc.send(who, signal.SIGCONT)


def wait_child(lab, name, seconds=10.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        child = running(lab, name)
        if child:
            return child
        time.sleep(0.02)
    raise LabError(f"{name} does not run; the end of its log:\n{tail(lab, name)}")


def tail(lab, name, lines=25):
    try:
        return "\n".join(lab.log(name).read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


def end_everything(lab):
    """Ends all services, then whatever else carries this lab's mark (commands run in its containers)."""
    for name in reversed([path.name[: -len(".pid.json")] for path in sorted((lab.dir / "run").glob("*.pid.json"))]):
        stop(lab, name)
    mine = {who["pid"] for who in proc.tree(proc.identity(os.getpid()))} - {nursery(lab).get("pid")}
    return proc.end([who for who in proc.marked(f"EJLAB_ID={lab.id}") if who["pid"] not in mine])
