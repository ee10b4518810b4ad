#!/usr/bin/python3
"""The process of a lab that forks the supervisors of its services. It has imported what the Python ones need, so that a web which is
re-created again and again imports Django only once. EJ's own modules and tasks are the image's and read at each start.

    nursery.py RUN ROOM     reads names of services from RUN/nursery.fifo; ROOM is only long: the words of later programs go there"""
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HERE))
from labkit import proc, supervise  # noqa: E402
from labkit.state import write_atomically  # noqa: E402

WEB = """invoke.main gunicorn.app.wsgiapp gunicorn.arbiter gunicorn.workers.sync psycopg2.extras sqlite3 importlib.metadata
django.contrib.admin.checks django.contrib.admin.options django.contrib.auth.hashers django.contrib.messages.middleware
django.contrib.sessions.backends.db django.contrib.staticfiles.management.commands.collectstatic django.core.cache.backends.locmem
django.core.handlers.wsgi django.core.management.commands.migrate django.db.backends.postgresql.base django.db.backends.sqlite3.base
django.db.migrations.autodetector django.forms django.template.backends.django django.template.defaultfilters
django.template.defaulttags django.template.loader_tags django.views.generic django.core.mail.backends.smtp requests"""
ROCKETCHAT = "pymongo standin.accounts standin.api standin.control standin.facts standin.knobs standin.limiter standin.server standin.store"


def preload():
    """Without what Debian lacks here: the service itself says so when it starts."""
    sys.path.insert(0, str(HERE / "rocket"))
    for name in f"{WEB} {ROCKETCHAT}".split():
        try:
            importlib.import_module(name)
        except Exception:  # some modules of Django want settings first; they are the service's
            pass
    del sys.path[0]
    for name in [name for name in sys.modules if name.partition(".")[0] == "gunicorn"]:
        del sys.modules[name]  # it takes the folder and some variables at its import; what it imports in turn is most of it
    tempfile.tempdir = None
    gc.freeze()


def supervisor(run, name):
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        supervise.main(run, name)
    finally:
        os._exit(0)


def main():
    run = Path(sys.argv[1])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for a supervisor
    names = os.open(run / "nursery.fifo", os.O_RDWR)
    write_atomically(run / "nursery.json", json.dumps(proc.identity(os.getpid())))
    preload()
    while True:
        for name in os.read(names, 4096).decode().split():
            if os.fork() == 0:
                os.close(names)
                supervisor(run, name)


if __name__ == "__main__":
    main()
