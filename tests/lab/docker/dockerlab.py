"""A small EJ stack in a real Docker Engine: web (EJ's stand-in, generation B, on SQLite) and nginx, labelled as compose labels them.

The engine lives in namespaces of its own (see `engine`); the base image is made of this machine's packages once and kept in
${EJMON_CACHE:-~/.cache/ejmon}. `why_not()` says what is missing, when it cannot run here."""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
CACHE = Path(os.environ.get("EJMON_CACHE") or Path.home() / ".cache/ejmon")
PROJECT = "ejmonlab"


def why_not():
    """The reason why no engine can run here, or None."""
    if os.getuid() != 0:
        return "a Docker Engine needs root"
    for program in ("dockerd", "docker", "docker-init", "unshare", "nsenter", "perl", "curl", "ip"):
        if not shutil.which(program):
            return f"{program} is not installed (Debian: docker.io, util-linux, perl, curl, iproute2)"
    if subprocess.run(["unshare", "-nmp", "--fork", "true"], capture_output=True).returncode != 0:
        return "unshare -nmp is not permitted here"
    return None


def base_tar():
    """The cached root file system for the packages as they are installed now."""
    versions = subprocess.run(["dpkg-query", "-W", "python3.11-minimal", "libc6", "python3-django", "python3-invoke", "gunicorn", "nginx", "coreutils"],
                              capture_output=True, text=True).stdout
    tag = hashlib.sha256(versions.encode() + (HERE / "image").read_bytes()).hexdigest()[:12]
    path = CACHE / f"docker-lab-{tag}.tar"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob("docker-lab-*.tar"):
            old.unlink()
        subprocess.run([HERE / "image", path], check=True)
    return path


class DockerLab:
    def __init__(self, directory):
        self.dir = Path(directory)
        self.socket = self.dir / "s"
        self.url = f"unix://{self.socket}"

    def engine(self, *arguments, timeout=120):
        subprocess.run([HERE / "engine", self.dir, *arguments], check=True, timeout=timeout, capture_output=True)

    def docker(self, *arguments, check=True, timeout=120):
        done = subprocess.run(["docker", "-H", self.url, *arguments], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
                              env={**os.environ, "DOCKER_BUILDKIT": "0", "DOCKER_CONFIG": str(self.dir / "client")})
        assert not check or done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr}"
        return done.stdout.strip()

    def inside(self, *command, timeout=120):
        """A command in the engine's network, where the containers' addresses are."""
        return subprocess.run([HERE / "engine", self.dir, "in", *command], capture_output=True, text=True, timeout=timeout)

    def up(self):
        self.dir.mkdir(parents=True, exist_ok=True)
        self.engine("up", "--live-restore")
        self.docker("import", str(base_tar()), "ejmon-lab-base")
        self.build()
        self.docker("network", "create", PROJECT)

    def build(self):
        """The image ejmon-lab: /app is EJ's stand-in as the other lab builds it, without its links to that lab's volumes."""
        from labkit import image
        context = self.dir / "context"
        shutil.rmtree(context, ignore_errors=True)
        context.mkdir()
        image.build(SimpleNamespace(dir=context, generation="B", theme="default"))
        (context / "image").rename(context / "app")
        for volume in ("static", "media"):
            (context / "app/local" / volume).unlink()
            (context / "app/local" / volume).mkdir()
        for name in ("Dockerfile", "nginx.conf"):
            shutil.copy(HERE / name, context)
        self.docker("build", "-q", "-t", "ejmon-lab", str(context))

    def run(self, service, *command, project=PROJECT, name=None, options=()):
        """Creates a container as compose would; returns its name."""
        name = name or f"{project}_{service}_1"
        self.docker("run", "-d", "--init", "--name", name, "--label", f"com.docker.compose.service={service}", "--label",
                    f"com.docker.compose.project={project}", "--network", PROJECT, "--network-alias", service, *options, "ejmon-lab", *command)
        return name

    def web(self, theme="default", rocketchat="http://chat.lab:3000"):
        """web on the named static volume, created with that environment; the start command is EJ's own."""
        self.docker("rm", "-f", f"{PROJECT}_web_1", check=False)
        variables = {"EJ_THEME": theme, "DJANGO_ENVIRONMENT": "production", "DJANGO_HOSTNAME": "localhost", "DJANGO_ALLOWED_HOSTS": "*",
                     "DJANGO_SECRET_KEY": "only-for-this-lab-0123456789abcdef", "PYTHONPATH": "/app/src/", "PYTHONUNBUFFERED": "1",
                     "EJLAB_BIND": "0.0.0.0:8000", "EJLAB_WORKERS": "1", "EJ_ROCKETCHAT_INTEGRATION": "true", "EJ_ROCKETCHAT_URL": rocketchat}
        options = ["-u", "1000:1000", "-v", "static_files:/app/local/static"]
        for key, value in variables.items():
            options += ["-e", f"{key}={value}"]
        return self.run("web", "inv", "collect", "db", "-m", "gunicorn", options=options)

    def nginx(self):
        (self.dir / "ejmon.d").mkdir(exist_ok=True)
        return self.run("nginx", "nginx", options=["-v", "static_files:/usr/share/nginx/html/static:ro", "-v", f"{self.dir}/ejmon.d:/etc/nginx/ejmon.d:ro"])

    def address(self, name):
        """http://IP of a container."""
        networks = json.loads(self.docker("inspect", name))[0]["NetworkSettings"]["Networks"]
        return f"http://{networks[PROJECT]['IPAddress']}"

    def get(self, url):
        """Status, headers as sent, and body."""
        done = self.inside("curl", "-si", "--max-time", "10", "-H", "Host: localhost", url)
        head, _, body = done.stdout.partition("\n\n")
        return int(head.split()[1]) if head else 0, head.splitlines()[1:], body

    def wait(self, condition, seconds=60, what="the condition"):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"{what} did not come true in {seconds} s"
            time.sleep(0.1)

    def down(self):
        subprocess.run([HERE / "engine", self.dir, "down"], timeout=60, capture_output=True)
        shutil.rmtree(self.dir, ignore_errors=True)
