"""What a container is made of, short of Docker: config.env, the environment at creation, and the wrappers that stand for `docker exec`."""
import json
import shlex
from pathlib import Path

from labkit.state import HERE, WORKER_TIMEOUT, LabError, write_atomically


def parse_env_file(text):
    """KEY=VALUE lines as `docker run --env-file` reads them: no quotes are stripped, # only at the start of a line."""
    found = {}
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#") and "=" in line:
            key, _, value = line.partition("=")
            found[key.strip()] = value
    return found


def edit_env_file(lab, changes):
    """Sets variables in config.env (None removes), leaving every other line as it is."""
    lines, left = [], dict(changes)
    for line in lab.env_file.read_text().splitlines():
        key = line.partition("=")[0]
        if "=" in line and not line.startswith("#") and key in left:
            value = left.pop(key)
            if value is not None:
                lines.append(f"{key}={value}")
        else:
            lines.append(line)
    lines += [f"{key}={value}" for key, value in left.items() if value is not None]
    write_atomically(lab.env_file, "\n".join(lines) + "\n", 0o600)


def baseline_env_file(lab):
    """The config.env of the healthy lab."""
    database = lab.postgres_uri("ej").replace("postgresql://", "psql://")
    integration = "true" if lab.integration else "false"
    rocketchat = f"EJ_ROCKETCHAT_URL={lab.url('rocketchat')}\n" if lab.integration else ""
    theme = f"EJ_THEME={lab.theme}\n"
    return (
        "# Configuration of the EJ platform, read by docker-compose when a container is created.\n"
        "HOSTNAME=localhost\nCOUNTRY=\n"
        f"{theme}"
        "\n# Django\nDJANGO_HOSTNAME=localhost\nDJANGO_ALLOWED_HOSTS=127.0.0.1\nDJANGO_ENVIRONMENT=production\nDJANGO_DEBUG=false\n"
        f"DJANGO_SECRET_KEY={lab.secret_key}\n"
        f"DJANGO_DB_URL={database}\n"
        f"\n# PostgreSQL: read by its image on the first start of an empty volume\n"
        f"POSTGRES_DB=db\nPOSTGRES_USER=ej\nPOSTGRES_PASSWORD={lab.passwords['ej']}\n"
        # EJ's own connection test ignores the URL's port, so libpq's variable has to say it.
        f"PGPORT={lab.ports['postgres']}\n"
        f"\n# Rocket.Chat\nEJ_ROCKETCHAT_INTEGRATION={integration}\n{rocketchat}")


def creation_env(lab, override=None):
    """The environment of a web container created now: the image's, then config.env's, then compose's own `environment:`."""
    image = {
        "PATH": f"{lab.dir}/bin/container:/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": f"{lab.app}/src/:", "EJ_THEME": lab.theme,
        "DJANGO_ENVIRONMENT": "production", "USING_DOCKER": "true"}
    ours = {
        "EJLAB_BIND": f"127.0.0.1:{lab.ports['web']}", "EJLAB_KNOBS": f"{lab.dir}/knobs",
        "EJLAB_ID": lab.id, "EJLAB_RUN": f"{lab.dir}/run", "GUNICORN_CMD_ARGS": f"--config {HERE}/labkit/gunicorn_conf.py --timeout {lab.data.get('worker_timeout', WORKER_TIMEOUT)}"}
    return {**image, **parse_env_file(lab.env_file.read_text()), **ours, **(override or {})}


def created(lab):
    """The environment that the web container was created with."""
    return json.loads((lab.dir / "run/web.env.json").read_text())


def create(lab, override=None):
    environment = creation_env(lab, override)
    write_atomically(lab.dir / "run/web.env.json", json.dumps(environment), 0o600)
    write_inside(lab, "web", lab.app, environment)


def write_inside(lab, service, folder, environment):
    """What execute.sh reads to run a command as if inside: DIR/run/SERVICE.inside."""
    words = " ".join(shlex.quote(f"{key}={value}") for key, value in environment.items())
    write_atomically(lab.dir / f"run/{service}.inside", f"cd {shlex.quote(str(folder))}\nPATH={shlex.quote(environment['PATH'])}\n"
                     f'inside() {{ exec /usr/bin/env -i {words} "$@"; }}\n', 0o600)


def write_wrappers(lab):
    """DIR/bin/in-web, DIR/bin/in-nginx and the commands that exist inside."""
    inside = lab.dir / "bin/container"
    inside.mkdir(parents=True, exist_ok=True)
    for name, target in (("python", "/usr/bin/python3"), ("python3", "/usr/bin/python3"), ("inv", "/usr/bin/inv")):
        if not (inside / name).is_symlink():
            (inside / name).symlink_to(target)
    nginx = lab.dir / "bin/nginx-container/nginx"
    nginx.parent.mkdir(exist_ok=True)
    nginx.write_text(f'#!/bin/sh\nexec {find("nginx")} -p "{lab.dir}/nginx/" -c "{lab.dir}/nginx/nginx.conf" -e "{lab.log("nginx")}" "$@"\n')
    nginx.chmod(0o755)
    for name in ("web", "nginx"):
        wrapper = lab.dir / f"bin/in-{name}"
        wrapper.write_text(f'#!/bin/sh\nexec /bin/sh "{HERE}/labkit/execute.sh" "{lab.dir}" {name} "$@"\n')
        wrapper.chmod(0o755)
    write_inside(lab, "nginx", lab.dir / "nginx", {"PATH": f"{lab.dir}/bin/nginx-container:/usr/sbin:/usr/bin:/bin", "EJLAB_ID": lab.id})


def find(program):
    for folder in ("/usr/sbin", "/usr/bin", "/sbin", "/usr/local/sbin"):
        if Path(folder, program).exists():
            return f"{folder}/{program}"
    raise LabError(f"{program} is not installed (Debian: apt-get install nginx-light postgresql gunicorn)")
