"""Processes: who they are (pid and start time, so that a recycled pid is nobody we know), their trees, and how to end them."""
import os
import signal
import time
from pathlib import Path


def start_time(pid):
    """Field 22 of /proc/PID/stat, in clock ticks since boot; None when there is no such process, or it is a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def identity(pid):
    return {"pid": pid, "start": start_time(pid)}


def alive(who):
    """True when the process recorded as {pid, start} is still that process."""
    return bool(who) and who.get("start") is not None and start_time(who["pid"]) == who["start"]


def parents():
    table = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                table[int(entry)] = int(Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                pass
    return table


def children(pid):
    """A child stands with the thread that made it."""
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += [int(word) for word in Path(f"/proc/{pid}/task/{thread}/children").read_text().split()]
    except OSError:  # the process is gone, or the kernel does not keep this list
        found += [child for child, parent in parents().items() if parent == pid]
    return found


def tree(who):
    """Identities of the process and all its descendants, the root first; empty when it is gone."""
    if not alive(who):
        return []
    found = [who["pid"]]
    for pid in found:
        found += children(pid)
    return [one for one in (identity(pid) for pid in found) if one["start"] is not None]


def marked(mark):
    """Identities of all processes whose environment holds the mark (a string such as EJLAB_ID=...)."""
    found, wanted = [], mark.encode()
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                if wanted in Path(f"/proc/{entry}/environ").read_bytes().split(b"\0"):
                    found.append(identity(int(entry)))
            except OSError:
                pass
    return found


def send(who, number):
    if alive(who):
        try:
            os.kill(who["pid"], number)
        except ProcessLookupError:
            pass


def wait_gone(people, seconds):
    """Waits until none of them is alive; returns those that still are."""
    deadline = time.monotonic() + seconds
    while True:
        left = [who for who in people if alive(who)]
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.02)


def end(people, grace=5.0, first=signal.SIGTERM):
    """Thaws, asks and at last kills exactly these processes."""
    for who in people:
        send(who, signal.SIGCONT)
    for who in people:
        send(who, first)
    for who in wait_gone(people, grace):
        send(who, signal.SIGKILL)
    return wait_gone(people, 5.0)
