"""Codes that neither a fault of the lab nor another test raises: each is raised here, beside a neighbour that does not raise it."""
import contextlib
import glob
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conftest import EJMON, ROOT
from foreign import Authority

sys.path.insert(0, str(ROOT / "tests/lab/rocket"))
from rocketlab import responder  # noqa: E402

NO_NAMESPACE = subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0


def run(*arguments):
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=60)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)["checks"][0]


def probe(kind, *words):
    return run(EJMON, "--format", "json", "probe", kind, *words)


def probe_named(hosts, kind, *words):
    """As on a machine whose /etc/hosts has these lines."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(hosts)
        file.flush()
        return run("unshare", "-rm", "sh", "-c", 'mount --bind "$0" /etc/hosts; exec "$@"', file.name, EJMON, "--format", "json", "probe", kind, *words)


def found(check):
    return {finding["code"] for finding in check["findings"]}


@contextlib.contextmanager
def answering(answers, delay=0.0, certificate=None, asked=None):
    """A server whose answers are {path: (status, headers, body)}; "" is the one for every other path. With the files of a certificate: TLS.
    asked: a list that takes "METHOD path" of every request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if asked is not None:
                asked.append(f"{self.command} {self.path}")
            time.sleep(delay)
            status, headers, body = answers.get(self.path.partition("?")[0], answers[""])
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_OPTIONS = do_HEAD = do_DELETE = do_PUT = do_CONNECT = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def nginx_says(status):
    return status, {"Server": "nginx"}, f"<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center><hr><center>nginx</center></body></html>"


NGINX = {"": nginx_says(404), "/static/": nginx_says(403), "/sw.js": (200, {"Content-Type": "application/javascript", "Vary": "Cookie"}, "//")}


@contextlib.contextmanager
def speaking(words):
    """A TCP server that greets with these words."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            kept = []
            with contextlib.suppress(OSError):
                while True:
                    kept.append(server.accept()[0])
                    kept[-1].sendall(words)

        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}"


def test_a_greeting_of_another_program_is_told():
    with speaking(b"220 mail.example.org ESMTP\r\n" * 3000) as address:  # more than is read: what may still come is not waited for
        assert "tcp/unexpected" in found(probe("tcp", f"address={address}", "expect=^SSH-", "timeout=3s"))
        assert probe("tcp", f"address={address}", "expect=ESMTP", "timeout=3s")["status"] == "pass"


def test_a_shortage_of_ejmons_own_blames_nobody():
    checks = [subprocess.run(["prlimit", f"--nofile={files}", EJMON, "--format", "json", "probe", "tcp", "address=127.0.0.1:1"], capture_output=True,
                             text=True, timeout=60).stdout for files in range(4, 9)]
    short = [json.loads(text)["checks"][0] for text in checks if "ejmon/could-not-look" in text]
    assert short and all(check["status"] == "unknown" and found(check) == {"ejmon/could-not-look"} for check in short), checks


def test_a_server_is_not_down_because_ejmon_has_no_socket_left():
    with answering({"": (200, {}, "")}) as url:
        reports = [subprocess.run(["prlimit", f"--nofile={files}", EJMON, "--format", "json", "probe", "http", f"url={url}"], capture_output=True,
                                  text=True, timeout=60).stdout for files in range(5, 14)]
    statuses = [json.loads(text)["checks"][0]["status"] for text in reports]
    assert {"pass", "unknown"} == set(statuses), statuses


def test_settings_that_nobody_can_read_are_not_called_ill(tmp_path):
    check = probe("env", f"file={tmp_path}/none")
    assert found(check) == {"env/unseen"} and check["status"] == "unknown"


def test_a_slow_nginx_is_slow_by_its_threshold():
    with answering(NGINX, delay=0.4) as url:
        assert "nginx/slow" in found(probe("nginx", f"url={url}", "slow=100ms"))
        assert "nginx/slow" not in found(probe("nginx", f"url={url}", "slow=20s"))


@pytest.mark.skipif(NO_NAMESPACE, reason="no namespaces here")
def test_a_public_site_without_tls_is_worth_a_word_and_a_local_one_is_not():
    with answering(NGINX) as url:
        public = probe_named("127.0.0.1 ej.example.org", "nginx", f"url={url.replace('127.0.0.1', 'ej.example.org')}")
        local = probe("nginx", f"url={url}")
    assert "nginx/no-tls" in found(public) and public["status"] == "pass", public
    assert "nginx/no-tls" not in found(local)


def test_settings_of_rocketchat_that_do_not_come_are_told():
    info = (200, {"Content-Type": "application/json"}, '{"version": "7.10", "success": true}')
    nothing = (200, {"Content-Type": "application/json"}, '{"settings": [], "count": 0, "offset": 0, "total": 0, "success": true}')
    with answering({"": (404, {}, ""), "/api/info": info, "/api/v1/settings.public": nothing}) as url:
        assert "rocket/settings-unread" in found(probe("rocketchat", f"url={url}"))


def test_half_a_test_user_signs_nobody_in():
    with answering({"": (404, {}, "")}) as url:
        check = probe("login", f"ej={url}", f"rocketchat={url}", "user=ejmon@example.org", "timeout=5s")
    assert "login/form-unknown" in found(check), check


@pytest.mark.skipif(NO_NAMESPACE, reason="no namespaces here")
@pytest.mark.parametrize("library,kind,url,code", [("libpq.so.5", "postgres", "postgresql://127.0.0.1:1/db", "db/no-client"),
                                                   ("libmongoc-1.0.so.0", "mongo", "mongodb://127.0.0.1:1/rocketchat", "mongo/no-client")])
def test_a_missing_client_library_is_no_fault_of_the_server(library, kind, url, code):
    path = next(iter(glob.glob(f"/usr/lib/*/{library}") + glob.glob(f"/lib/*/{library}")))
    check = run("unshare", "-rm", "sh", "-c", 'mount --bind /dev/null "$0"; exec "$@"', path, EJMON, "--format", "json", "probe", kind, f"url={url}")
    assert found(check) == {code} and check["status"] == "unknown", check
    assert code not in found(probe(kind, f"url={url}"))


@contextlib.contextmanager
def delaying(port, seconds):
    """A way to a local port on which every piece of an answer comes late."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def carry(source, target, delay):
            with contextlib.suppress(OSError):
                while data := source.recv(65536):
                    time.sleep(delay)
                    target.sendall(data)
                target.shutdown(socket.SHUT_WR)

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    inner, outer = server.accept()[0], socket.create_connection(("127.0.0.1", port))
                    threading.Thread(target=carry, args=(inner, outer, 0), daemon=True).start()
                    threading.Thread(target=carry, args=(outer, inner, seconds), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def test_a_slow_database_is_slow_by_its_threshold(lab, mended, tmp_path):
    url = next(line.split(": ", 1)[1].strip() for line in (lab.dir / "ejmon.yaml").read_text().splitlines() if line.startswith("  postgres:"))
    port = url.rpartition("/")[0].rpartition(":")[2]
    with delaying(port, 0.3) as late:
        for slow, ill in (("100ms", True), ("9s", False)):
            config = tmp_path / "ejmon.yaml"
            config.write_text(f"stack: {{ postgres: \"{url.replace(port, str(late))}\", docker: off }}\nchecks: {{ postgres: {{ slow: {slow} }} }}\n")
            done = subprocess.run([EJMON, "--format", "json", "check", "postgres", "-c", config], capture_output=True, text=True, timeout=60)
            assert ("db/slow" in found(json.loads(done.stdout)["checks"][0])) == ill, done.stdout + done.stderr


def test_a_mongodb_that_fails_at_reading_is_not_blamed_on_privileges():
    with responder("command-fails") as port:
        assert "mongo/command-failed" in found(probe("mongo", f"url=mongodb://127.0.0.1:{port}/rocketchat", "timeout=4s"))


@pytest.mark.parametrize("kind,url,code", [("postgres", "postgresql://postgres.invalid/db", "db/name-unknown"),
                                           ("mongo", "mongodb://mongo.invalid/rocketchat", "mongo/name-unknown")])
def test_a_name_that_is_not_known_here_does_not_make_a_database_ill(kind, url, code):
    check = probe(kind, f"url={url}")
    assert found(check) == {code} and check["status"] == "unknown", check
    assert code not in found(probe(kind, f"url={url.replace(f'{kind}.invalid', '127.0.0.1:1')}"))


def test_a_web_whose_name_is_not_known_here_is_judged_by_the_site_alone():
    pages = {**NGINX, "/conversations/": (200, {"Content-Type": "text/html"}, "<html></html>")}
    with answering(pages) as url:
        assert "django/unreachable" not in found(probe("django", f"url={url}", "web=http://web.invalid:8000"))
        assert "django/unreachable" in found(probe("django", f"url={url}", "web=http://127.0.0.1:1"))


COOKIE = "csrftoken=0123456789abcdef0123456789abcdef; Path=/; SameSite=Lax"
PAGE = "<html><body><form method='post'><input name='csrfmiddlewaretoken' value='x'></form></body></html>"


def login_of(cookie, headers, scheme="http", name="ej.example.org", hosts="127.0.0.1 ej.example.org chat.example.org", tmp_path=None):
    """The codes of a login whose page gives this cookie and these headers, at this name."""
    html = {"Content-Type": "text/html; charset=utf-8", "Set-Cookie": cookie, **headers}
    authority = Authority(tmp_path / "authority") if scheme == "https" else None
    with answering({"": (404, {}, ""), "/talks/login/": (200, html, PAGE)}, certificate=authority and authority.issue(f"DNS:{name}")) as url:
        words = [f"ej={url.replace('127.0.0.1', name)}", f"rocketchat={scheme}://chat.example.org", *([f"cacert={authority.certificate}"] if authority else [])]
        return found(probe_named(hosts, "login", *words, "timeout=8s"))


@pytest.mark.skipif(NO_NAMESPACE, reason="no namespaces here")
def test_a_public_login_needs_tls_and_its_cookies_secure(tmp_path):
    codes = {"login/no-tls", "login/no-hsts", "login/cookie-not-secure"}
    assert login_of(COOKIE, {}) & codes == {"login/no-tls"}
    assert login_of(COOKIE, {}, name="ej.test", hosts="127.0.0.1 ej.test") & codes == set()
    (tmp_path / "open").mkdir()
    assert login_of(COOKIE, {}, "https", tmp_path=tmp_path / "open") & codes == {"login/no-hsts", "login/cookie-not-secure"}
    assert login_of(f"{COOKIE}; Secure", {"Strict-Transport-Security": "max-age=31536000"}, "https", tmp_path=tmp_path) & codes == set()


@pytest.mark.skipif(NO_NAMESPACE, reason="no namespaces here")
def test_a_name_that_only_containers_know_is_no_visitors():
    assert "login/internal-name" in login_of(COOKIE, {}, name="web", hosts="127.0.0.1 web")
    assert "login/internal-name" not in login_of(COOKIE, {}, name="ej.test", hosts="127.0.0.1 ej.test")


@pytest.mark.skipif(NO_NAMESPACE, reason="no namespaces here")
def test_an_https_chat_cannot_ask_an_ej_of_plain_http():
    def allow(origin):
        headers = {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Access-Control-Allow-Headers": "content-type"}
        return 401, {"Content-Type": "application/json", **headers}, "{}"

    answers = {"": (404, {}, "")}
    with answering(answers) as url:
        address = url.replace("127.0.0.1", "ej.test")
        answers["/talks/api-login/"] = allow("https://chat.test")
        assert "login/mixed-content" in found(probe_named("127.0.0.1 ej.test", "login", f"ej={address}", "rocketchat=https://chat.test"))
        answers["/talks/api-login/"] = allow("http://chat.test")
        assert "login/mixed-content" not in found(probe_named("127.0.0.1 ej.test", "login", f"ej={address}", "rocketchat=http://chat.test"))


def test_no_setting_of_rocketchat_makes_ejmon_ask_with_a_method_that_changes_things():
    asked = []
    with answering({"": (404, {}, "")}, asked=asked) as url:
        settings = {"Accounts_iframe_enabled": True, "Accounts_iframe_url": f"{url}/page", "Accounts_Iframe_api_url": f"{url}/important"}

        def methods(method):
            rows = [{"_id": key, "value": value} for key, value in {**settings, "Accounts_Iframe_api_method": method}.items()]
            answers = {"": (404, {}, ""), "/api/info": (200, {"Content-Type": "application/json"}, '{"version": "7.10", "success": true}'),
                       "/api/v1/settings.public": (200, {"Content-Type": "application/json"}, json.dumps(
                           {"settings": rows, "count": len(rows), "offset": 0, "total": len(rows), "success": True}))}
            asked.clear()
            with answering(answers) as rocket:
                probe("login", f"rocketchat={rocket}", f"ej={url}")
            return {entry.split()[0] for entry in asked if entry.endswith(" /important")}

        assert methods("POST") == methods("post") == {"POST"} and methods("GET") == {"GET"}
        for method in ("DELETE", "PUT", "CONNECT"):
            assert methods(method) == {"POST"}, method


@pytest.fixture
def open_folder():
    """A folder that everybody may enter, as /home/ej or /opt/ej is."""
    folder = tempfile.mkdtemp(prefix="ejmon-open-")
    os.chmod(folder, 0o755)
    yield folder
    shutil.rmtree(folder)


def test_a_config_env_that_everybody_may_read_is_told(open_folder):
    path = f"{open_folder}/config.env"
    with open(path, "w", encoding="utf-8") as file:
        file.write("DJANGO_HOSTNAME=ej.example.org\nDJANGO_SECRET_KEY=0123456789abcdef0123456789abcdef0123456789abcdef\n")
    for mode, told in ((0o644, True), (0o640, False), (0o600, False)):
        os.chmod(path, mode)
        assert ("env/file-readable" in found(probe("env", f"file={path}"))) == told, oct(mode)


def test_the_administration_at_its_usual_place_is_told_of_a_public_site(open_folder):
    path = f"{open_folder}/config.env"
    for host, line, told in (("ej.example.org", "", True), ("ej.example.org", "DJANGO_ADMIN_URL=office/\n", False), ("127.0.0.1", "", False)):
        with open(path, "w", encoding="utf-8") as file:
            file.write(f"DJANGO_HOSTNAME=ej.example.org\n{line}")
        assert ("env/admin-url" in found(probe("env", f"file={path}", f"host={host}"))) == told, (host, line)


def test_disks_that_cannot_be_looked_at_are_not_called_full(tmp_path):
    check = probe("disk", "web_command=/bin/false")
    assert check["status"] == "unknown" and found(check) == {"disk/unseen"}, check
    assert "disk/unseen" not in found(probe("disk", "web_command=/bin/false", f"static_root={tmp_path}"))
