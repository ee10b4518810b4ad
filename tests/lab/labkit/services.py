"""What each service of the lab runs, and how it is started, restarted and re-created. Supervision itself is in supervision.py."""
import json
import os
import shutil
import subprocess

from labkit import container, database, image, nginxconf, proc, supervision
from labkit.state import HERE, PYTHON, LabError, write_atomically

START_SEQUENCE = ("inv", "collect", "db", "-m", "gunicorn")
PLAIN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": "/tmp"}
MONGOD, ROCKETCHAT = HERE / "parts/mongod", HERE / "rocket/rocketchat"
NOT_HERE = 77


def start_postgres(lab):
    argv = [*database.as_postgres(), database.program("postgres"), "-D", str(lab.dir / "postgres")]
    supervision.start(lab, "postgres", {"argv": argv, "cwd": "/", "env": PLAIN, "stop_signal": "SIGINT"})


def web_command(lab, command=START_SEQUENCE):
    # inv is named by path since the supervisor's PATH is not the container's.
    argv = [str(lab.dir / "bin/container/inv"), *command[1:]] if command[0] == "inv" else list(command)
    return {"argv": argv, "cwd": str(lab.app), "env": container.created(lab), "pause": 1.0}


def start_web(lab, command=START_SEQUENCE):
    forget_warm_workers(lab)
    supervision.start(lab, "web", web_command(lab, command))


def forget_warm_workers(lab):
    warm = lab.dir / "run/warm"
    shutil.rmtree(warm, ignore_errors=True)
    warm.mkdir()


def runs_start_sequence(lab):
    try:
        return json.loads((lab.dir / "run/web.json").read_text())["argv"] == web_command(lab)["argv"]
    except OSError:
        return False


def restart_web(lab, command=START_SEQUENCE):
    """`docker restart`: the same layer, the environment of the creation."""
    supervision.stop(lab, "web")
    start_web(lab, command)


def recreate_web(lab, command=START_SEQUENCE, override=None):
    """`docker-compose up -d` after a change: config.env is read again, the layer is fresh."""
    supervision.stop(lab, "web")
    image.fresh_layer(lab)
    container.create(lab, override)
    start_web(lab, command)


def start_nginx(lab):
    argv = [str(lab.dir / "bin/nginx-container/nginx")]
    supervision.start(lab, "nginx", {"argv": argv, "cwd": str(lab.dir / "nginx"), "env": PLAIN})


def reload_nginx(lab):
    """Returns when the workers of the old configuration are gone, at most 5 s later."""
    workers = proc.tree(supervision.running(lab, "nginx"))[1:]
    done = subprocess.run([str(lab.dir / "bin/in-nginx"), "nginx", "-s", "reload"], capture_output=True, text=True)
    if done.returncode != 0:
        raise LabError(f"nginx does not reload: {done.stderr}")
    proc.wait_gone(workers, 5.0)


def restore_nginx(lab):
    """The configuration of health, on the disk and in the running nginx. Whoever made it read another one has made it start other workers."""
    known, includes = lab.dir / "run/nginx.healthy", lab.dir / "nginx/ejmon.d"
    if (includes.is_dir() and not list(includes.iterdir()) and (lab.dir / "nginx/nginx.conf").read_text() == nginxconf.text(lab)
            and known.exists() and json.loads(known.read_text()) == proc.tree(supervision.running(lab, "nginx"))):
        return
    if includes.is_dir():
        image.empty(includes)
    write_nginx(lab)
    try:
        reload_nginx(lab)
    except LabError:
        supervision.stop(lab, "nginx")
        start_nginx(lab)
    write_atomically(known, json.dumps(proc.tree(supervision.running(lab, "nginx"))))


def mongo_is_here():
    """Whether a Mongo server can be had; its first build may take minutes, and says so itself."""
    if not MONGOD.exists():
        return False
    return subprocess.run([str(MONGOD), "which"], stdout=subprocess.DEVNULL).returncode == 0


def start_mongo(lab):
    folder = lab.dir / "mongo"
    folder.mkdir(exist_ok=True)
    argv = [str(MONGOD), "run", "--dir", str(folder), "--port", str(lab.ports["mongo"])]
    environment = {**PLAIN, "HOME": os.environ.get("HOME", "/tmp"), "PATH": os.environ.get("PATH", PLAIN["PATH"])}
    environment.update({key: value for key, value in os.environ.items() if key.startswith(("EJMON_", "XDG_CACHE"))})
    # FerretDB takes 3 s for SIGTERM while somebody is connected; both servers bear the other.
    supervision.start(lab, "mongo", {"argv": argv, "cwd": "/", "env": environment, "stop_signal": "SIGKILL"})


def start_rocketchat(lab):
    argv = [PYTHON, str(ROCKETCHAT), "--listen", f"127.0.0.1:{lab.ports['rocketchat']}", "--mongo", lab.mongo_uri(), "--profile",
            lab.rocket, "--root-url", lab.url("rocketchat"), "--ej", lab.url("nginx"), *lab.data.get("rocket_options", [])]
    supervision.start(lab, "rocketchat", {"argv": argv, "cwd": "/", "env": PLAIN})


def start(lab, name):
    {"postgres": start_postgres, "web": start_web, "nginx": start_nginx, "mongo": start_mongo, "rocketchat": start_rocketchat}[name](lab)


def start_again(lab, name):
    """`docker start`: by the command that it last ran with. A running service is left alone."""
    if name == "web" and not supervision.supervised(lab, name):
        forget_warm_workers(lab)
    supervision.start(lab, name, json.loads((lab.dir / "run" / f"{name}.json").read_text()))


def write_nginx(lab, **switches):
    (lab.dir / "nginx/ejmon.d").mkdir(parents=True, exist_ok=True)
    nginxconf.write(lab, **switches)
