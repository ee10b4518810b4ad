"""Turns a forked Python process into another Python program without an exec, so that what is imported already need not be imported again.
To the program and to those who look at it in /proc it is as after the exec; where that cannot be had, it is one."""
import builtins
import ctypes
import io
import os
import shlex
import shutil
import signal
import sys
import time
import traceback
import types

# What the interpreter itself takes from the environment, and the forked one cannot take any more; these two are played in begin().
PLAYED = {"PYTHONPATH", "PYTHONUNBUFFERED"}
STANDARD_PATH = [entry for entry in sys.path if entry.startswith((f"{sys.prefix}/lib/", f"{sys.prefix}/local/lib/"))]
PR_SET_MM, ARG_END, ENV_END = 35, 9, 11


def areas():
    """(start, end) in memory of the words and of the environment that /proc shows."""
    with open("/proc/self/stat") as file:
        fields = [int(word) for word in file.read().rpartition(")")[2].split()[45:49]]
    return (fields[0], fields[1]), (fields[2], fields[3])


ROOM = areas()  # as the kernel laid them out; a process that was renamed shows less


def rename(words, environment):
    """Makes /proc/PID/cmdline and environ say this. False, and nothing done, where it does not fit."""
    texts = ["".join(f"{one}\0" for one in many).encode("utf-8", "surrogateescape") for many in (words, [f"{k}={v}" for k, v in environment.items()])]
    if any(len(text) > end - start for text, (start, end) in zip(texts, ROOM)):
        return False
    for text, (start, end), mark in zip(texts, ROOM, (ARG_END, ENV_END)):
        ctypes.memset(start, 0, end - start)
        ctypes.memmove(start, text, len(text))
        # Needs CAP_SYS_RESOURCE; without it some zero bytes stand after the last word.
        ctypes.CDLL(None).prctl(PR_SET_MM, mark, ctypes.c_ulong(start + len(text)), 0, 0)
    return True


def program(argv, environment):
    """The words as the kernel would see them, interpreter first, if argv is a script of this Python; None if it is anything else."""
    if any(key.startswith("PYTHON") and key not in PLAYED for key in environment) or environment.get("LANG") != os.environ.get("LANG"):
        return None
    path = shutil.which(argv[0], path=environment.get("PATH", ""))
    if not path:
        return None
    if os.path.realpath(path) == os.path.realpath(sys.executable):
        return [argv[0], *argv[1:]] if len(argv) > 1 and os.path.isfile(argv[1]) else None
    with open(path, "rb") as file:
        return ["/usr/bin/python3", path, *argv[1:]] if file.readline() == b"#!/usr/bin/python3\n" else None


def begin(words, environment):
    """What the interpreter does before the first line of a script."""
    sys.dont_write_bytecode = False
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    sys.argv = words[1:]
    given = environment.get("PYTHONPATH", "")
    sys.path[:] = [os.path.dirname(os.path.realpath(words[1])), *(os.path.abspath(one) for one in given.split(":") if given), *STANDARD_PATH]
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream = io.TextIOWrapper(open(number, "wb", 0, closefd=False), "utf-8", "backslashreplace" if number == 2 else None, write_through=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)


def run(path):
    """The script's exit status."""
    main = types.ModuleType("__main__")
    main.__dict__.update(__file__=path, __builtins__=builtins)
    sys.modules["__main__"] = main
    try:
        with open(path) as file:
            code = compile(file.read(), path, "exec")
        exec(code, main.__dict__)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException as error:
        traceback.print_exception(error.with_traceback(error.__traceback__.tb_next))
        return 1
    return 0


real_execve = os.execve


def execve(path, argv, environment):
    """os.execve, and of `shell -c "python SCRIPT ..."` only what the shell would run."""
    if len(argv) == 3 and argv[1] == "-c" and argv[2].startswith("python "):
        become(shlex.split(argv[2]), environment)
    real_execve(path, argv, environment)


def become(argv, environment):
    """Does not return. Descriptors and the folder are as the program is to find them."""
    environment = dict(environment)
    words = program(argv, environment)
    if not words or not rename(words, environment):
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # ignored by Python alone
            signal.signal(number, signal.SIG_DFL)
        os.execvpe(argv[0], argv, environment)
    try:
        os.execve = execve  # what inv runs in turn
        begin(words, environment)
        status = run(words[1])
    except BaseException:
        traceback.print_exc()
        status = 1
    os._exit(status)
