"""Hooks of the lab's gunicorn: a worker that has answered leaves its pid in $EJLAB_RUN/warm, so that `up` can wait for warm workers."""
import os
from pathlib import Path

WARM = Path(os.environ.get("EJLAB_RUN", "/nonexistent"), "warm")


def post_request(worker, request, environ, response):
    if WARM.is_dir():
        (WARM / str(worker.pid)).touch()
