#!/usr/bin/python3
"""Stands for `docker exec`: runs a command as if inside a running service's container, and passes its exit status on.

    execute.py DIR web|nginx COMMAND [ARGUMENT...]

For web: the environment of the container's creation, not the caller's; the working directory is the container's /app."""
import json
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from labkit.state import Lab  # noqa: E402
from labkit.supervision import record, running  # noqa: E402


def main():
    lab, service, command = Lab(sys.argv[1]).need(), sys.argv[2], sys.argv[3:]
    if not command:
        sys.exit(f'"docker exec" requires at least 2 arguments: in-{service} COMMAND')
    if not running(lab, service):
        loops = record(lab, service).get("supervisor") and record(lab, service).get("restarts")
        state = "is restarting, wait until the container is running" if loops else "is not running"
        print(f"Error response from daemon: Container {service} {state}", file=sys.stderr)
        sys.exit(1)
    if service == "web":
        environment, folder = json.loads((lab.dir / "run/web.env.json").read_text()), lab.app
    else:
        environment, folder = {"PATH": f"{lab.dir}/bin/nginx-container:/usr/sbin:/usr/bin:/bin", "EJLAB_ID": lab.id}, lab.dir / "nginx"
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    try:
        os.execvpe(command[0], command, environment)
    except OSError as error:
        print(f'OCI runtime exec failed: exec failed: unable to start container process: exec: "{command[0]}": {error.strerror}', file=sys.stderr)
        sys.exit(126 if isinstance(error, PermissionError) else 127)


main()
