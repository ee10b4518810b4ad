"""The frame check against real answers: the lab's faults by the names they must get, and a small server for what no EJ of the lab does."""
import http.server
import json
import os
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


# --- the lab: fault, what the check says, whether nginx-headers is offered ---------------------------------------------------------

# Most re-create web twice, seconds each: the rest, whose headers tests/unit/test_frame_names.c has as well, is for EJMON_ALL_FAULTS=1.
ALL = bool(os.environ.get("EJMON_ALL_FAULTS"))
FAULTS_OF_A = [
    ("rocket-url-unset", "frame/url-unset", True),
    ("rocket-url-no-scheme", "frame/no-scheme", True),
    ("rocket-url-slash", "frame/origin-not-exact", False),
    ("stale-row", "frame/row-differs", False),
    ("rc-two-active", "frame/header-layer-failed", False),
    ("web-stopped", "frame/unreachable", False),
] + ALL * [
    ("rocket-url-empty", "frame/url-unset", True),
    ("rocket-url-path", "frame/path-in-source", True),
    ("rocket-url-port", "frame/port-missing", True),
    ("origin-not-listed", "frame/origin-not-listed", True),
    ("integration-unparsable", "frame/integration-off", False),
    # no faults: another way to the same list, and a setting that does nothing
    ("frame-ancestors-listed", None, False),
    ("x-frame-deny", None, False),
]
FAULTS_OF_B = [
    ("csp-override", "frame/csp-override", True),
] + ALL * [
    ("cors-star", "frame/credentials-header", False),
    ("cors-credentials-case", "frame/credentials-header", False),
    ("xfo-override", None, False),
]


def judge_fault(lab, fault, code, offered):
    lab.fault(fault)
    report = lab.report("frame")
    assert codes_of(report) == ([code] if code else [])
    remedies = [cause["remedy"]["name"] for cause in report["causes"] if cause.get("remedy")]
    assert remedies == (["nginx-headers"] if offered else [])
    for cause in report["causes"]:
        assert cause["code"] == code or code in cause["explains"]


@pytest.mark.parametrize("fault, code, offered", FAULTS_OF_A)
def test_a_fault_of_generation_a_has_its_name(mended, ejmon_binary, fault, code, offered):
    judge_fault(mended, fault, code, offered)


@pytest.mark.parametrize("lab", ["B"], indirect=True)
@pytest.mark.parametrize("fault, code, offered", FAULTS_OF_B)
def test_a_fault_of_generation_b_has_its_name(mended, ejmon_binary, fault, code, offered):
    judge_fault(mended, fault, code, offered)


@pytest.mark.skipif(not ALL, reason="one of the slow faults: EJMON_ALL_FAULTS=1 tries it")
@pytest.mark.parametrize("lab", ["B"], indirect=True)
def test_an_unconfigured_rocketchat_is_one_cause(mended, ejmon_binary):
    mended.fault("rocket-unconfigured")
    report = mended.report("frame")
    assert sorted(codes_of(report)) == ["frame/page-failed", "frame/url-unset"]
    assert [cause["code"] for cause in report["causes"]] == ["frame/rocketchat-unconfigured"]


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
