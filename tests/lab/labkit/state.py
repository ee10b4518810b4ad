"""One lab: its directory, its ports and what `up` decided, kept in DIR/state.json. It starts and stops nothing."""
import fcntl
import json
import os
import random
import secrets
import socket
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
PYTHON = "/usr/bin/python3"
SERVICES = ("postgres", "web", "nginx", "mongo", "rocketchat")
# Below the kernel's ephemeral range: the port of a stopped service is not given to somebody's outgoing connection.
FIRST_PORT, LAST_PORT = 18000, 32000
given = set()  # by this process: the port of a service that is stopped just now looks free


def ports_of(worker, workers):
    """EJLAB_PORTS for one of several who work side by side, counted from 0: none takes a port of another."""
    share = (LAST_PORT - FIRST_PORT) // workers
    return f"{FIRST_PORT + worker * share}-{FIRST_PORT + (worker + 1) * share}"


# gunicorn's time-out is 30 s in EJ. Tests need not wait for that; see tests/integration/test_lab_fidelity.py, ON_PURPOSE.
WORKER_TIMEOUT = os.environ.get("EJLAB_WORKER_TIMEOUT", "8")


class LabError(Exception):
    """The lab cannot do what was asked; the text says why and what to look at."""


def default_dir():
    return Path(os.environ.get("EJLAB_DIR") or f"/tmp/ejmon-lab-{os.getuid()}")


def free_ports(names):
    """A free port for each name; all stay bound until all are chosen."""
    held = {}
    first, last = map(int, os.environ.get("EJLAB_PORTS", f"{FIRST_PORT}-{LAST_PORT}").split("-"))
    candidates = random.sample(sorted({*range(first, last)} - given), 500)
    try:
        for name in names:
            while name not in held:
                if not candidates:
                    raise LabError(f"no free port on 127.0.0.1 between {first} and {last}")
                listener = socket.socket()
                try:
                    listener.bind(("127.0.0.1", candidates.pop()))
                    held[name] = listener
                    given.add(listener.getsockname()[1])
                except OSError:
                    listener.close()
        return {name: listener.getsockname()[1] for name, listener in held.items()}
    finally:
        for listener in held.values():
            listener.close()


def write_atomically(path, text, mode=0o644):
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text)
    temporary.chmod(mode)
    temporary.replace(path)


@contextmanager
def locked(lab):
    """One command at a time changes a lab."""
    lab.dir.mkdir(parents=True, exist_ok=True)
    with open(lab.dir / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Lab:
    """Paths are attributes or methods; decisions of `up` live in `self.data`, a dict that save() writes."""

    def __init__(self, directory=None):
        self.dir = Path(directory or default_dir()).absolute()
        self.file = self.dir / "state.json"
        self.data = json.loads(self.file.read_text()) if self.file.exists() else {}

    def exists(self):
        return bool(self.data)

    def need(self):
        if not self.exists():
            raise LabError(f"no lab in {self.dir}; start one with: lab --dir {self.dir} up")
        return self

    def save(self):
        write_atomically(self.file, json.dumps(self.data, indent=1, sort_keys=True))

    def begin(self, **decisions):
        """A new lab's first state: ports, a mark for its processes, passwords."""
        for name in ("run", "logs", "bin", "nginx/ejmon.d", "nginx/tmp", "volumes/static", "volumes/media", "knobs"):
            (self.dir / name).mkdir(parents=True, exist_ok=True)
        self.data = {"id": secrets.token_hex(8), "ports": free_ports(SERVICES), "secret_key": secrets.token_hex(24),
                     "passwords": {"ej": secrets.token_hex(8), "ejmon": secrets.token_hex(8), "people": secrets.token_hex(6)},
                     "image": "image", "worker_timeout": WORKER_TIMEOUT, **decisions}
        self.save()

    def __getattr__(self, name):
        try:
            return self.__dict__["data"][name]
        except KeyError:
            raise AttributeError(name) from None

    def url(self, service, host="127.0.0.1"):
        return f"http://{host}:{self.data['ports'][service]}"

    def log(self, service):
        return self.dir / "logs" / f"{service}.log"

    @property
    def app(self):
        return self.dir / "app"

    @property
    def static(self):
        return self.dir / "volumes/static"

    @property
    def env_file(self):
        return self.dir / "config.env"

    @property
    def image_dir(self):
        return self.dir / self.data["image"]

    def has(self, service):
        return service in self.data.get("services", [])

    def postgres_uri(self, role="ejmon"):
        port = self.data["ports"]["postgres"]
        if role == "admin":
            return f"postgresql://postgres@127.0.0.1:{port}/db"
        return f"postgresql://{role}:{self.data['passwords'][role]}@127.0.0.1:{port}/db"

    def mongo_uri(self):
        return f"mongodb://127.0.0.1:{self.data['ports']['mongo']}/rocketchat" if self.has("mongo") else None
