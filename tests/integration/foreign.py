"""Stacks that are not the lab's, from small parts of their own: an application that answers as EJ's Django does, an nginx before it, a folder
of static files of a theme of its own, a certificate authority, a PostgreSQL cluster. Each ends by its own pid."""
import json
import os
import pwd
import shutil
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from conftest import EJMON
from labkit.state import free_ports

PG_BIN = Path("/usr/lib/postgresql/15/bin")


def free_port():
    return free_ports(["one"])["one"]


def wait_for(port, seconds=20):
    limit = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < limit, f"nothing listens on {port}"
            time.sleep(0.02)


class Application:
    """What gunicorn and Django give: generation A's bare errors or C's, a list of allowed hosts, an EJ page, nothing under /static."""

    def __init__(self, hosts, generation="A", port=0):
        self.hosts, self.generation = hosts, generation
        self.title, self.broken, self.debug = "Participe Verde", set(), False
        self.instead = {}  # path, or "" for all: (status, headers, body) in place of EJ's answer; "silence"; "close"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            server_version, sys_version = "gunicorn/19.9.0", ""

            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128  # with the default of 5 a connection may wait a second for its turn

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def page(self, status, title):
        if status >= 400 and self.generation == "A":
            return {404: b"<h1>Not Found</h1><p>The requested resource was not found on this server.</p>",
                    500: b"<h1>Server Error (500)</h1>", 400: b"<h1>Bad Request (400)</h1>"}[status]
        return (f'<!DOCTYPE html><html><head><title>{title}</title><link id="main-css-link" rel="stylesheet" href="/static/css/main.css">'
                f'</head><body class="body" data-current-url="/" data-salt="x">{status}</body></html>').encode()

    def answer(self, request):
        path = request.path.partition("?")[0]
        instead = self.instead.get(path, self.instead.get(""))
        if instead == "silence":
            time.sleep(30)
        if instead in ("silence", "close"):
            request.close_connection = True
            return
        if instead:
            status, headers, body = instead
            (request.send_response_only if "Server" in headers else request.send_response)(status)
            for name, value in {"Content-Type": "text/html", **headers, "Content-Length": str(len(body))}.items():
                request.send_header(name, value)
            request.end_headers()
            request.wfile.write(body.encode())
            return
        headers, kind = {"X-Frame-Options": "SAMEORIGIN", "Vary": "Cookie"}, "text/html"
        if self.generation == "C":
            headers |= {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"}
        if request.headers.get("Host", "").partition(":")[0] not in self.hosts:
            status, body, headers = 400, self.page(400, "Bad Request"), {}
        elif path in self.broken or (self.generation == "C" and path == "/start/"):
            status, body = 500, self.page(500, "Server Error")
        elif path == "/sw.js":
            status, body, kind = 200, b"self.addEventListener('fetch', () => {});\n", "application/javascript"
        elif path == "/admin/":
            status, body = 302, b""
            headers["Location"] = "/admin/login/?next=/admin/"
        elif path in ("/conversations/", "/login/", "/start/"):
            status, body = 200, self.page(200, self.title)
        elif path == "/ejmon/missing/" and self.debug:
            status, body = 404, b"<title>Page not found at /ejmon/missing/</title><p>You're seeing this error because you have <code>DEBUG = True</code>"
        else:
            status, body = 404, self.page(404, "Not Found")
        request.send_response(status)
        for name, value in {**headers, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)


CSS = "body{color:%s;background:url(/static/img/page.png)}\n"


class Static:
    """A static folder as collectstatic leaves it, of the theme "verde", which EJ does not ship, beside the one that it ships."""

    def __init__(self, root):
        self.root = Path(root)
        for name, text in {"css/main-verde.min.css": CSS % "#0a7f2e" * 900, "css/main-default.min.css": CSS % "#30bfd3" * 900,
                           "css/main.css": CSS % "#0a7f2e" * 900, "css/rocket.css": CSS % "#0a7f2e", "css/hicontrast.css": CSS % "#fff",
                           "js/main.js": "window.ej = {};\n" * 300, "manifest.json": json.dumps({"name": "Participe", "short_name": "Verde"}),
                           "img/logo/logo.svg": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9v9z"/></svg>\n'}.items():
            self.write(name, text)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, name):
        return (self.root / name).read_text()


class Nginx:
    """One server that answers to one name only; any other name gets nginx's own 404, as behind a shared proxy."""

    def __init__(self, base, name, application, static, certificate=None, before=""):
        self.base, self.port, self.process = Path(base), free_port(), None
        (self.base / "tmp").mkdir(parents=True, exist_ok=True)
        tls = f"ssl_certificate {certificate[0]}; ssl_certificate_key {certificate[1]};" if certificate else ""
        location = f"location /static {{ alias {static.root}; }}" if static else ""
        temporary = " ".join(f"{kind}_temp_path {self.base}/tmp/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.base / "nginx.conf").write_text(f"""{"user root;" if os.getuid() == 0 else ""} worker_processes 1; daemon off; pid {self.base}/pid;
error_log {self.base}/error.log; events {{ worker_connections 64; }}
http {{ include /etc/nginx/mime.types; access_log off; {temporary}
  server {{ listen 127.0.0.1:{self.port} default_server {"ssl" if tls else ""}; {tls} return 404; }}
  server {{ listen 127.0.0.1:{self.port} {"ssl" if tls else ""}; server_name {name}; {tls} charset utf-8;
    location / {{ {before} proxy_pass {application.url}/; proxy_set_header Host $http_host; }}
    {location}
  }}
}}
""")
        self.start()

    def start(self):
        self.process = subprocess.Popen(["nginx", "-e", self.base / "error.log", "-c", self.base / "nginx.conf"])
        wait_for(self.port)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


class Authority:
    """A certificate authority of one's own, with openssl(1)."""

    def __init__(self, base):
        self.base = Path(base)
        self.base.mkdir(parents=True)
        (self.base / "index").write_text("")
        (self.base / "conf").write_text(f"""[ca]
default_ca = own
[own]
database = {self.base}/index
new_certs_dir = {self.base}
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:true
""")
        self.certificate = self.base / "ca.pem"
        self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj",
                     "/CN=Own authority", "-config", "conf", "-extensions", "authority")

    def openssl(self, *words):
        done = subprocess.run(["openssl", *words], cwd=self.base, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def issue(self, name, begins="20200101000000Z", ends="20400101000000Z"):
        """The files of a certificate for this name (as in subjectAltName: "DNS:a" or "IP:b") and of its key."""
        stem = f"{len(list(self.base.glob('*.csr')))}"
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{stem}.key", "-out",
                     f"{stem}.csr", "-subj", f"/CN=server {stem}", "-addext", f"subjectAltName={name}", "-config", "conf")
        self.openssl("ca", "-batch", "-notext", "-config", "conf", "-cert", "ca.pem", "-keyfile", "ca.key", "-in", f"{stem}.csr", "-out",
                     f"{stem}.pem", "-startdate", begins, "-enddate", ends)
        return self.base / f"{stem}.pem", self.base / f"{stem}.key"


class Postgres:
    """A cluster with a database "participa" that a Django of generation A has migrated, without the Rocket.Chat integration."""

    TABLES = ["ej_profiles_profile", "ej_conversations_conversation", "ej_conversations_comment", "ej_conversations_vote", "ej_boards_board",
              "ej_clusters_clusterization", "ej_gamification_userprogress", "django_site"]
    MIGRATIONS = {"ej_users": "0002_barbara_rc1", "ej_profiles": "0002_barbara_rc1", "ej_conversations": "0002_barbara_rc1",
                  "ej_boards": "0002_barbara_rc1", "ej_clusters": "0002_barbara_rc1", "ej_gamification": "0001_barbara_rc1",
                  "sites": "0003_set_site_domain_and_name", "participa_custom": "0001_initial"}

    def __init__(self, base):
        self.base, self.port = Path(base), free_port()
        self.base.mkdir(parents=True)
        self.asuser = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.asuser:
            os.chown(self.base, pwd.getpwnam("postgres").pw_uid, -1)
        (self.base.parent / "pw").write_text("Verde-8-secret\n")
        os.chmod(self.base.parent / "pw", 0o644)
        self.run("initdb", "-A", "scram-sha-256", "-U", "participa", f"--pwfile={self.base.parent}/pw", "-N", "-D", self.base)
        self.process = subprocess.Popen([*self.asuser, PG_BIN / "postgres", "-D", self.base, "-F", "-p", str(self.port), "-h", "127.0.0.1", "-k", ""],
                                        stderr=subprocess.DEVNULL, cwd="/")
        wait_for(self.port)
        self.password = "Verde-8-secret"
        self.url = f"postgresql://participa:{self.password}@127.0.0.1:{self.port}/participa"
        self.sql("CREATE DATABASE participa", database="postgres")
        self.sql("CREATE TABLE django_migrations (app text, name text);"
                 "CREATE TABLE ej_users_user (id int, email text, is_superuser bool, is_active bool);"
                 "INSERT INTO ej_users_user VALUES (1, 'root@participe.example.net', true, true);"
                 + "".join(f"CREATE TABLE {table} (id int);" for table in self.TABLES)
                 + "".join(f"INSERT INTO django_migrations VALUES ('{app}', '{name}');" for app, name in self.MIGRATIONS.items()))

    def run(self, program, *words):
        done = subprocess.run([*self.asuser, PG_BIN / program, *words], capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stderr

    def sql(self, text, database="participa"):
        limit = time.monotonic() + 20
        while True:
            done = subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", f"{self.url.rpartition('/')[0]}/{database}", "-c", text],
                                  capture_output=True, text=True)
            if done.returncode == 0:
                return
            assert "starting up" in done.stderr and time.monotonic() < limit, done.stderr
            time.sleep(0.05)

    def stop(self):
        if self.process.poll() is None:
            self.run("pg_ctl", "stop", "-m", "immediate", "-D", self.base)
            self.process.wait(timeout=20)


def check(config, *words, directory=None, env=None):
    """The JSON report of `ejmon check` with this text as its ejmon.yaml (None: none at all)."""
    before = []
    if config is not None:
        path = Path(directory) / "ejmon.yaml"
        path.write_text(config)
        before = ["-c", path]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("EJ_", "DJANGO_", "DB_", "COMPOSE_", "EJMON"))}
    done = subprocess.run([EJMON, *before, "check", "--format", "json", *words], capture_output=True, text=True, timeout=60, cwd=directory,
                          env={**clean, **(env or {})})
    assert done.stdout, (done.returncode, done.stderr)
    return json.loads(done.stdout)


def have(*programs):
    return all(shutil.which(program) for program in programs) and PG_BIN.exists()
