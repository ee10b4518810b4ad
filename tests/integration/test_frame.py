"""The frame check against real answers: a healthy lab, and a small server for what no EJ of the lab does. The lab's faults one by one are in the
table, tests/lab/verdicts/frame.py."""
import http.server
import json
import ssl
import subprocess
import threading

import pytest
from foreign import Authority

CHAT = "https://chat.example.org"


def report_of(done):
    assert done.returncode in (0, 1, 2, 3) and done.stdout, done.stderr
    return json.loads(done.stdout)


def codes_of(report, name="frame"):
    (check,) = [check for check in report["checks"] if check["name"] == name]
    return [finding["code"] for finding in check["findings"]]


def test_a_healthy_login_page_may_be_framed_by_rocketchat_alone(lab, ejmon_binary):
    assert codes_of(lab.report("frame")) == []
    page = f"url={lab.status['site']}/talks/login/"
    done = subprocess.run([ejmon_binary, "probe", "frame", page, "embedder=http://elsewhere.example.org", "--format", "json"], capture_output=True,
                          text=True, timeout=60)
    assert done.returncode == 2
    assert codes_of(report_of(done)) == ["frame/origin-not-listed"]


# --- a small server: redirects, TLS, names -----------------------------------------------------------------------------------------

class Handler(http.server.BaseHTTPRequestHandler):
    """/path -> (status, headers); the Host that came is kept."""

    def do_GET(self):
        self.server.hosts.append(self.headers["Host"])
        status, headers = self.server.pages.get(self.path, (404, {}))
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def serve():
    """serve(pages, certificate=None) -> the base URL and the server."""
    running = []

    def start(pages, certificate=None):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads, server.pages, server.hosts = True, pages, []
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}", server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def probe(ejmon_binary):
    """probe(url, key=value...) -> the codes and the exit status."""

    def run(url, *words, embedder=CHAT):
        words = [f"embedder={origin}" for origin in ([embedder] if isinstance(embedder, str) else embedder)] + list(words)
        done = subprocess.run([ejmon_binary, "probe", "frame", f"url={url}", *words, "--format", "json"], capture_output=True, text=True, timeout=60)
        return codes_of(report_of(done)), done.returncode

    return run


def framed(sources, **more):
    return 200, {"Content-Security-Policy": f"frame-ancestors {sources}", **more}


def test_a_circle_of_redirects_is_named(serve, probe):
    base, _ = serve({"/a": (302, {"Location": "/b#x"}), "/b": (302, {"Location": "a"})})
    assert probe(base + "/a") == (["frame/redirect-loop"], 2)


def test_redirects_end_after_ten_hops(serve, probe):
    pages = {f"/{i}": (302, {"Location": f"/{i + 1}"}) for i in range(30)}
    base, server = serve(pages)
    assert probe(base + "/0") == (["frame/redirect-loop"], 2)
    assert len(server.hosts) == 11


def test_the_page_at_the_end_of_the_redirects_is_judged(serve, probe):
    base, _ = serve({"/in": (302, {"Location": "/login", "X-Frame-Options": "DENY"}), "/login": framed("chat.example.org:443 https://chat.example.org")})
    assert probe(base + "/in") == ([], 0)


def test_another_origin_at_the_end_is_a_note_and_no_fault(serve, probe):
    there, _ = serve({"/login": framed("https://chat.example.org")})
    here, _ = serve({"/in": (301, {"Location": there + "/login"})})
    assert probe(here + "/in") == (["frame/redirected"], 0)


def test_a_redirect_to_no_web_address_is_a_failed_page(serve, probe):
    base, _ = serve({"/in": (302, {"Location": "javascript:alert(1)"})})
    assert probe(base + "/in") == (["frame/page-failed"], 2)


def test_every_ancestor_has_to_be_listed(serve, probe):
    base, _ = serve({"/login": framed("https://chat.example.org")})
    assert probe(base + "/login", embedder=[CHAT, CHAT]) == ([], 0)
    assert probe(base + "/login", embedder=[CHAT, "https://portal.example.org"]) == (["frame/origin-not-listed"], 2)


def test_an_embedder_is_reduced_to_its_origin(serve, probe):
    base, _ = serve({"/login": framed("https://chat.example.org")})
    assert probe(base + "/login", embedder="https://CHAT.example.org:443/") == ([], 0)


def test_the_public_name_counts_and_the_address_is_connected_to(serve, probe):
    base, server = serve({"/in": (302, {"Location": "http://ej.example.org/login"}), "/login": framed("chat.example.org")})
    assert probe(base + "/in", "host=ej.example.org", embedder="http://chat.example.org") == ([], 0)
    assert set(server.hosts) == {"ej.example.org"}
    # the page is http under its public name, while http://127.0.0.1 alone would pass as local
    assert probe(base + "/in", "host=ej.example.org") == (["frame/mixed-content"], 2)
    assert probe(base + "/login") == ([], 0)


def test_a_local_host_header_is_not_taken_for_the_sites_name(serve, probe):
    base, server = serve({"/in": (302, {"Location": "http://localhost/login"}), "/login": framed("https://chat.example.org")})
    assert probe(base + "/in", "host=localhost") == ([], 0)
    assert set(server.hosts) == {"localhost"}


def test_tls_is_judged_by_the_named_authorities(serve, probe, tmp_path):
    authority = Authority(tmp_path / "authority")
    base, _ = serve({"/login": framed("chat.example.org")}, authority.issue("IP:127.0.0.1"))
    assert probe(base + "/login", f"cacert={authority.certificate}") == ([], 0)
    assert probe(base + "/login") == (["frame/unreachable"], 2)


def test_nobody_there_is_a_fault_of_the_target(probe):
    assert probe("http://127.0.0.1:9/login") == (["frame/unreachable"], 2)


def test_a_second_policy_is_the_proxys(serve, probe):
    base, _ = serve({"/login": framed("chat.example.org, frame-ancestors 'self'")})
    assert probe(base + "/login", embedder="http://chat.example.org") == (["frame/proxy-policy"], 2)


def test_an_embedder_without_a_scheme_is_a_usage_error(serve, ejmon_binary):
    base, _ = serve({})
    done = subprocess.run([ejmon_binary, "probe", "frame", f"url={base}/", "embedder=chat.example.org"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 3
