"""ejmon against stacks that the lab did not build: everything it knows of them stands in its configuration. On a healthy one it is silent;
what is broken it names, and nothing else."""
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import foreign
from conftest import EJMON
from foreign import Application, Authority, Nginx, Postgres, Static, check, free_port

pytestmark = pytest.mark.skipif(not foreign.have("nginx", "openssl", "psql"), reason="nginx, openssl or PostgreSQL 15 is missing")

NAME = "participe.example.net"


def status_of(report):
    return {one["name"]: one["status"] for one in report["checks"]}


def codes(report):
    return {finding["code"] for one in report["checks"] for finding in one["findings"]}


def causes(report):
    return [cause["code"] for cause in report["causes"]]


def assert_silent(report, passing):
    """These checks pass, all others are not part of the stack and say why, and nothing at all was found."""
    status = status_of(report)
    assert {name for name, state in status.items() if state == "pass"} == set(passing), json.dumps(report, indent=1)
    assert {state for name, state in status.items() if name not in passing} <= {"skip"}, report
    assert codes(report) == set() and causes(report) == [], report


# --- another host name, another port, a theme of its own, no volume, no Rocket.Chat, no database that ejmon may see -----------------------


class Verde:
    def __init__(self, base, certificate=None):
        self.base = base
        self.application = Application({NAME})
        self.static = Static(base / "static")
        self.nginx = Nginx(base / "nginx", NAME, self.application, self.static, certificate)
        self.config = f"""
stack:
  site: http://127.0.0.1:{self.nginx.port}
  web: {self.application.url}
  host: {NAME}
  theme: verde
"""

    def check(self, *words, config=None):
        return check(config or self.config, *words, directory=self.base)

    def stop(self):
        self.application.stop()
        if self.nginx.process.poll() is None:
            self.nginx.stop()


@pytest.fixture
def verde(tmp_path):
    site = Verde(tmp_path)
    yield site
    site.stop()


def test_a_custom_theme_on_a_name_of_its_own_raises_no_alarm(verde):
    report = verde.check()
    assert_silent(report, {"nginx", "django", "theme", "layers"})
    assert report["stack"]["theme"] == "verde" and report["stack"]["generation"] == "A"
    reasons = {one["name"]: one["why"] for one in report["checks"] if one["status"] == "skip"}
    assert reasons and all("stack." in reason for reason in reasons.values()), reasons
    assert_silent(verde.check(config=verde.config.replace("  web:", "  web: off #")), {"nginx", "django", "theme"})
    untold = verde.check(config=verde.config.replace("  theme: verde\n", ""))  # nobody said which theme is wanted
    assert_silent(untold, {"nginx", "django", "theme", "layers"})


def spoil(name, change):
    return lambda verde: verde.static.write(name, change(verde.static.read(name), verde.static))


# The header layer of Rocket.Chat's integration fails, where the guide's DJANGO_X_FRAME_OPTIONS was set.
HEADERLESS = 500, {"X-Frame-Options": "ALLOW-FROM HTTPS://CHAT.EXAMPLE.NET"}, "<h1>Server Error (500)</h1>"
VERDE_FAULTS = {
    "css of the shipped theme": (spoil("css/main.css", lambda text, static: static.read("css/main-default.min.css")),
                                 "theme/css-wrong-theme", "theme/css-not-collected"),
    "css empty": (spoil("css/main.css", lambda text, static: ""), "theme/css-empty", "theme/empty-css-collect"),
    "css cut": (spoil("css/main.css", lambda text, static: text[: len(text) // 2]), "theme/truncated", "theme/partial-copy"),
    "css of no theme": (spoil("css/main.css", lambda text, static: text + "p{}"), "theme/css-unknown", "theme/unknown-css"),
    "logo cut": (spoil("img/logo/logo.svg", lambda text, static: text[:40]), "theme/truncated", "theme/partial-copy"),
    "manifest cut": (spoil("manifest.json", lambda text, static: text[:20]), "theme/truncated", "theme/partial-copy"),
    "manifest of the cpa theme": (spoil("manifest.json", lambda text, static: '{"short_name": "CPA"}'), "theme/mixed-assets", "theme/stale-volume"),
    "script lost": (lambda verde: (verde.static.root / "js/main.js").unlink(), "theme/js-missing", "theme/files-lost"),
    "static emptied": (lambda verde: [shutil.rmtree(path) if path.is_dir() else path.unlink() for path in verde.static.root.iterdir()],
                       "theme/static-empty", "theme/naked"),
    "another host allowed": (lambda verde: verde.application.hosts.__init__({"other.example.net"}), "django/disallowed-host",
                             "web/host-not-allowed"),
    "a view fails": (lambda verde: verde.application.broken.add("/conversations/"), "django/server-error", "web/view-fails"),
    "every page fails": (lambda verde: verde.application.instead.update({"": HEADERLESS}), "django/header-layer-failed", "web/header-layer"),
    "debug": (lambda verde: setattr(verde.application, "debug", True), "django/debug-on", "web/debug"),
    "web stopped": (lambda verde: verde.application.stop(), "django/unreachable", "web/down"),
    "nginx stopped": (lambda verde: verde.nginx.stop(), "nginx/unreachable", "web/nginx-down"),
}


@pytest.mark.parametrize("name", VERDE_FAULTS)
def test_a_fault_of_a_foreign_site_is_named_by_one_cause(verde, name):
    apply, code, cause = VERDE_FAULTS[name]
    apply(verde)
    report = verde.check()
    assert code in codes(report), report
    assert causes(report) == [cause], report


def test_a_remedy_that_cannot_reach_this_stack_says_so_and_does_nothing(verde):
    verde.static.write("css/main.css", "")
    verde.check()
    before = sorted((path, path.stat().st_mtime_ns) for path in verde.static.root.rglob("*"))
    done = subprocess.run([EJMON, "-c", verde.base / "ejmon.yaml", "heal", "--yes"], capture_output=True, text=True, timeout=60)
    assert done.returncode != 0, done
    assert "docker" in (done.stdout + done.stderr).lower() and "web_command" in done.stdout + done.stderr, done
    assert sorted((path, path.stat().st_mtime_ns) for path in verde.static.root.rglob("*")) == before


def test_a_wanted_theme_that_the_site_does_not_have_is_a_bad_name(verde):
    report = verde.check(config=verde.config.replace("theme: verde", "theme: verdde"))
    assert causes(report) == ["theme/bad-name"], report


def test_a_host_that_only_ejmon_uses_is_said_to_be_perhaps_its_own_mistake(verde):
    report = verde.check(config=verde.config.replace(f"host: {NAME}", "host: 127.0.0.1"))
    assert "theme/static-empty" not in codes(report) or causes(report) != ["theme/naked"], report
    assert causes(report)[0] in ("web/nginx-without-ej", "web/host-not-allowed"), report


# --- TLS of an authority of one's own ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("tls") / "ca")


def tls_site(tmp_path, authority, certificate, trusted):
    site = Verde(tmp_path, certificate)
    site.config = f"""
stack:
  site: https://127.0.0.1:{site.nginx.port}
  web: {site.application.url}
  host: {NAME}
  theme: verde
  {f"cacert: {trusted}" if trusted else ""}
"""
    return site


@pytest.mark.parametrize("case", ["good", "unknown authority", "another authority", "expired", "not yet valid", "for another name"])
def test_tls_is_judged_by_the_authority_that_the_configuration_trusts(tmp_path, authority, case):
    times = {"expired": ("20200101000000Z", "20210101000000Z"), "not yet valid": ("20390101000000Z", "20400101000000Z")}.get(case, ())
    certificate = authority.issue("DNS:other.example.net" if case == "for another name" else "IP:127.0.0.1", *times)
    trusted = {"unknown authority": None, "another authority": Authority(tmp_path / "other").certificate}.get(case, authority.certificate)
    site = tls_site(tmp_path, authority, certificate, trusted)
    try:
        report = site.check()
        if case == "good":
            # Worth knowing, and no more: EJ sends no Strict-Transport-Security, and neither does this proxy.
            assert report["status"] == "pass" and causes(report) == [] and codes(report) == {"nginx/no-hsts"}, report
            return
        assert causes(report) == ["web/tls"], report
        finding = next(finding for one in report["checks"] for finding in one["findings"] if finding["code"] == "nginx/certificate")
        word = {"expired": "expired", "not yet valid": "not yet valid", "for another name": "another name"}.get(case, "authority")
        assert word in finding["summary"], finding
    finally:
        site.stop()


def test_https_asked_of_a_plain_port_and_http_of_a_tls_port_are_named(verde, tmp_path, authority):
    report = verde.check(config=verde.config.replace("site: http:", "site: https:"))
    assert causes(report) == ["web/tls"] and "nginx/not-http" in codes(report), report
    site = tls_site(tmp_path / "tls", authority, authority.issue("IP:127.0.0.1"), authority.certificate)
    try:
        report = site.check(config=site.config.replace("site: https:", "site: http:"))
        assert causes(report) and set(causes(report)) <= {"web/tls", "web/nginx-without-ej", "web/refused"}, report
    finally:
        site.stop()


# --- Django without nginx, and generation C ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("generation", ["A", "C"])
def test_django_alone_is_well_and_its_unserved_static_files_are_named(tmp_path, generation):
    application = Application({"localhost", NAME}, generation)
    config = f"stack:\n  site: {application.url}\n  web: {application.url}\n  host: localhost\n  theme: default\n"
    try:
        report = check(config, directory=tmp_path)
        assert causes(report) == ["theme/misrouted"], report
        assert not next(cause for cause in report["causes"]).get("remedy")
        assert status_of(report)["django"] == "pass" and report["stack"]["generation"] == generation, report
        assert_silent(check(config + "checks: { theme: off, nginx: off }\n", directory=tmp_path), {"django", "layers"})
        application.broken.add("/conversations/")
        report = check(config + "checks: { theme: off, nginx: off }\n", directory=tmp_path)
        assert causes(report) == ["web/view-fails"], report
    finally:
        application.stop()


# --- only PostgreSQL --------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres():
    base = Path(tempfile.mkdtemp(prefix="ejmon-pg-"))
    base.chmod(0o755)  # the server does not run as root
    cluster = Postgres(base / "data")
    yield cluster
    cluster.stop()
    shutil.rmtree(base)


def only_postgres(tmp_path, postgres, change=lambda url: url):
    (tmp_path / "url").write_text(change(postgres.url) + "\n")
    return check("stack:\n  site: off\n  postgres_file: url\n", directory=tmp_path)


def test_a_database_alone_with_a_name_and_tables_of_its_own_is_well(tmp_path, postgres):
    assert_silent(only_postgres(tmp_path, postgres), {"postgres"})


@pytest.mark.parametrize("change,cause", [
    (("participa:Verde", "participa:Wrong"), "database/auth"), (("/participa", "/nothere"), "database/missing"),
    (("/participa", "/postgres"), "database/unused"), (("127.0.0.1:", "127.0.0.1:1"), "database/down")], ids=lambda one: one if isinstance(one, str) else "")
def test_a_fault_of_a_database_alone_is_named(tmp_path, postgres, change, cause):
    def spoiled(url):
        if change[1] == "127.0.0.1:1":
            return url.replace(f":{postgres.port}/", f":{free_port()}/")
        head, _, tail = url.rpartition(change[0])
        return head + change[1] + tail
    report = only_postgres(tmp_path, postgres, spoiled)
    assert causes(report) == [cause], report
    assert postgres.password not in str(report)


# --- EJ's environment alone -------------------------------------------------------------------------------------------------------------


def environment(postgres, **more):
    values = {"EJ_THEME": "verde", "DJANGO_HOSTNAME": NAME, "POSTGRES_USER": "participa", "DJANGO_SECRET_KEY": "k" * 40,
              "DJANGO_DB_URL": postgres.url.replace("postgresql:", "psql:"), "EJ_ROCKETCHAT_INTEGRATION": "false", **more}
    return "".join(f"{name}={value}\n" for name, value in values.items())


def test_the_targets_come_from_config_env_alone(tmp_path, postgres):
    (tmp_path / "config.env").write_text(environment(postgres))
    report = check(None, "postgres", directory=tmp_path)
    assert_silent(report, {"postgres"})
    shown = subprocess.run([EJMON, "conf", "show"], capture_output=True, text=True, cwd=tmp_path, timeout=30)
    assert shown.returncode == 0 and postgres.password not in shown.stdout + shown.stderr, shown
    for line in (f"host: {NAME}", "theme: verde", "site: http://nginx", "web: http://web:8000"):
        assert line in shown.stdout, shown.stdout
    elsewhere = check(None, "--env-file", tmp_path / "config.env", "postgres", directory="/")
    assert_silent(elsewhere, {"postgres"})


@pytest.mark.skipif(subprocess.run(["unshare", "-rmn", "true"], capture_output=True).returncode != 0, reason="no namespaces here")
def test_config_env_alone_does_inside_a_compose_network(tmp_path):
    """`nginx` and `web` are names on ports 80 and 8000, as in compose; a namespace of its own has them to itself."""
    (tmp_path / "config.env").write_text("EJ_THEME=verde\nDJANGO_HOSTNAME=" + NAME + "\nEJ_ROCKETCHAT_INTEGRATION=false\n")
    (tmp_path / "hosts").write_text("127.0.0.1 localhost nginx web\n")
    done = subprocess.run(["unshare", "-rmn", sys.executable, __file__, tmp_path], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def inside_a_namespace(base):
    """The other half of the test above."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["mount", "--bind", base / "hosts", "/etc/hosts"], check=True)
    application = Application({NAME}, port=8000)
    static = Static(base / "static")
    foreign.free_port = lambda: 80
    nginx = Nginx(base / "nginx", NAME, application, static)
    try:
        report = check(None, directory=base)
        assert {name for name, state in status_of(report).items() if state == "pass"} == {"nginx", "django", "theme", "layers"}, report
        # What that file leaves out is no trifle: EJ would work on SQLite, and each worker sign with a key of its own.
        left_out = {"env/secret-key-missing", "env/database-unset"}
        assert set(causes(report)) == left_out and codes(report) - {"env/admin-url"} == left_out, report
        static.write("css/main.css", "")
        assert set(causes(check(None, directory=base))) == {"theme/empty-css-collect"} | left_out
    finally:
        nginx.stop()
        application.stop()


# --- answers that neither the lab nor a healthy stack ever gives, one code each ---------------------------------------------------------


def by_nginx(status):
    return status, {}, f"<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center><hr><center>nginx</center></body></html>"


# kind, answers, the code that they raise
ANSWERS = [
    ("nginx", {"": (200, {}, "<html><head><title>Welcome to nginx!</title></head></html>")}, "nginx/default-page"),
    ("nginx", {"": by_nginx(404)}, "nginx/not-found"),
    ("nginx", {"": by_nginx(500)}, "nginx/server-error"),
    ("nginx", {"": by_nginx(503)}, "nginx/unavailable"),
    ("nginx", {"": by_nginx(403)}, "nginx/refused"),
    ("nginx", {"": (521, {"Server": "cloudflare"}, "<html><title>521: Web server is down</title></html>")}, "nginx/cut-off"),
    ("nginx", {"": (502, {}, "<html><h1>502 Bad Gateway</h1></html>")}, "nginx/cut-off"),
    ("nginx", {"": by_nginx(504)}, "nginx/cut-off"),
    ("django", {"": (521, {"Server": "cloudflare"}, "<html><title>521: Web server is down</title></html>")}, "django/unseen"),
    ("nginx", {"/sw.js": (301, {"Location": "https://elsewhere.example.net/sw.js"}, "")}, "nginx/redirected"),
    ("nginx", {"/sw.js": (301, {"Location": "/sw.js"}, "")}, "nginx/redirect-loop"),
    ("nginx", {"/sw.js": (302, {"Location": "/a"}, ""), "/a": (302, {"Location": "/b"}, ""), "/b": (302, {"Location": "/a"}, "")}, "nginx/redirect-loop"),
    ("nginx", {"/static/manifest.json": (301, {"Location": "//{here}/static/manifest.json"}, "")}, "nginx/redirect-loop"),
    ("nginx", {"/sw.js": (301, {"Location": "https://"}, "")}, "nginx/redirect-nowhere"),
    ("nginx", {"/sw.js": (301, {"Location": "http://a b/"}, "")}, "nginx/redirect-nowhere"),
    ("nginx", {"/sw.js": (301, {"Location": "http://127.0.0.1:99999/"}, "")}, "nginx/redirect-nowhere"),
    ("nginx", {"/sw.js": (301, {"Location": "javascript:void(0)"}, "")}, "nginx/redirect-nowhere"),
    ("nginx", {"/sw.js": (301, {}, "")}, "nginx/redirect-nowhere"),
    ("django", {"/conversations/": (302, {"Location": "/login/"}, ""), "/login/": (302, {"Location": "/conversations/"}, "")}, "django/wrong-answer"),
    ("django", {"/conversations/": (301, {"Location": "/conversations/"}, by_nginx(301)[2])}, "django/wrong-answer"),
    ("django", {"/conversations/": (302, {"Location": "https://[x"}, "")}, "django/wrong-answer"),
    ("django", {"/conversations/": (200, {"Vary": "Cookie"}, "<html>another program</html>")}, "django/wrong-answer"),
    ("django", {"/conversations/": (500, {}, "<html><body><h1><p>Internal Server Error</p></h1></body></html>")}, "django/application-failed"),
    ("django", {"": by_nginx(404)}, "django/unseen"),
    ("django", {"/conversations/": "silence"}, "django/view-hung"),
    ("django", {"/conversations/": "close"}, "django/worker-killed"),
    ("http", {"": by_nginx(500)}, "http/status"),  # without instead there is a 404 at /
    ("theme", {"/static/css/main.css": by_nginx(503)}, None),
]


def probed(*words):
    done = subprocess.run([EJMON, "--format", "json", "probe", *words], capture_output=True, text=True, timeout=30)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)["checks"][0]


def placed(answers, application):
    """With the application's own address, which a row cannot know."""
    def header(value):
        return value.replace("{here}", f"127.0.0.1:{application.port}")

    return {path: answer if isinstance(answer, str) else (answer[0], {name: header(value) for name, value in answer[1].items()}, answer[2])
            for path, answer in answers.items()}


@pytest.mark.parametrize("kind,answers,code", ANSWERS, ids=[str(row[2]) for row in ANSWERS])
def test_an_odd_answer_raises_its_own_code(kind, answers, code):
    application = Application({"127.0.0.1"})
    application.instead = placed(answers, application)
    words = [f"web={application.url}"] if kind == "django" and code != "django/unseen" else []
    try:
        check = probed(kind, f"url={application.url}", "timeout=5s", *words)
        found = {finding["code"] for finding in check["findings"]}
        assert (code in found) if code else not any(name.startswith("theme/css") for name in found), check
        assert code not in check["passed"]
        application.instead = {}
        assert code is None or code in probed(kind, f"url={application.url}", "timeout=5s", *words)["passed"] or code == "http/status"
    finally:
        application.stop()


def test_a_redirect_that_is_followed_to_a_page_is_no_trap(tmp_path):
    application = Application({"127.0.0.1"})
    application.instead = {"/sw.js": (302, {"Location": "/there/sw.js"}, ""), "/there/sw.js": (200, {"Content-Type": "text/javascript"}, "//")}
    try:
        check = probed("nginx", f"url={application.url}", "timeout=5s")
        assert {"nginx/redirect-loop", "nginx/redirect-nowhere"} <= set(check["passed"]), check
    finally:
        application.stop()


def test_every_page_that_redirects_to_itself_is_one_cause(tmp_path):
    """As nginx does it behind a proxy that ends TLS and loses X-Forwarded-Proto."""
    application = Application({"127.0.0.1"})
    authority = Authority(tmp_path / "ca")
    server = Nginx(tmp_path / "nginx", "127.0.0.1", application, None, authority.issue("IP:127.0.0.1"),
                   before='if ($http_x_forwarded_proto != "https") { return 301 https://$http_host$request_uri; }')
    site = f"https://127.0.0.1:{server.port}"
    try:
        report = check(f"stack:\n  site: {site}\n  web: off\n  cacert: {authority.certificate}\n  rocketchat: http://127.0.0.1:{application.port}\n",
                       "nginx", "django", "theme", "layers", "frame", "login", directory=tmp_path)
        assert causes(report) == ["web/redirect-trap"], report
        finding = next(one for check in report["checks"] for one in check["findings"] if one["code"] == "nginx/redirect-loop")
        assert f"{site}/sw.js redirects to itself" in finding["summary"], finding
        assert status_of(report)["nginx"] == "fail", report
    finally:
        server.stop()
        application.stop()


CHALLENGE = (403, {"Server": "cloudflare", "cf-mitigated": "challenge"}, "<html><head><title>Just a moment...</title></head></html>")
BALANCER = (403, {"Server": "awselb/2.0"}, "<html><body><center><h1>403 Forbidden</h1></center></body></html>")


@pytest.mark.parametrize("answer", [by_nginx(403), CHALLENGE, BALANCER], ids=["nginx", "challenge", "balancer"])
def test_who_refuses_ejmon_alone_is_not_taken_for_an_empty_or_broken_site(tmp_path, answer):
    application = Application({"127.0.0.1"})
    application.instead = {"": answer}
    try:
        report = check(f"stack:\n  site: {application.url}\n  web: off\n", directory=tmp_path)
        assert causes(report) == ["web/refused"] and codes(report) == {"nginx/refused", "theme/static-unseen", "django/unseen"}, report
        assert not any(cause.get("remedy") for cause in report["causes"]) and status_of(report)["theme"] == "unknown", report
    finally:
        application.stop()


CDN = (521, {"Server": "cloudflare"}, "<html><title>521: Web server is down</title></html>")


def balancer(status):
    return status, {"Server": "awselb/2.0"}, f"<html><body><center><h1>{status}</h1></center></body></html>"


@pytest.mark.parametrize("direct", [False, True], ids=["site", "web too"])
@pytest.mark.parametrize("answer,cause", [(CDN, "web/nginx-cut-off"), (balancer(502), "web/nginx-cut-off"), (balancer(504), "web/nginx-cut-off"),
                                          (by_nginx(502), "web/nginx-cut-off"), (balancer(503), "web/unavailable")],
                         ids=["cdn", "502", "504", "another nginx", "503"])
def test_a_proxy_that_answers_for_pages_and_files_alike_is_not_taken_for_nginx_or_web(tmp_path, answer, cause, direct):
    outer, web = Application({"127.0.0.1"}), Application({"127.0.0.1"})
    outer.instead = {"": answer}
    try:
        report = check(f"stack:\n  site: {outer.url}\n  host: 127.0.0.1\n  web: {web.url if direct else 'off'}\n", directory=tmp_path)
        assert causes(report) == [cause], report
    finally:
        outer.stop()
        web.stop()


@pytest.mark.parametrize("words,code", [
    (["nginx", "url=http://no-such-host.invalid"], "nginx/name-unknown"), (["http", "url=http://no-such-host.invalid/"], "http/name-unknown"),
    (["http", "url=http://127.0.0.1:{free}/"], "http/unreachable"), (["tcp", "address=127.0.0.1:{free}"], "tcp/unreachable"),
    (["http", "url=https://127.0.0.1:{plain}/"], "http/tls"),
    (["tcp", "address=127.0.0.1:{plain}", "send=GET / HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n", "expect=SSH-2.0"], "tcp/closed"),
    (["theme", "url=http://127.0.0.1:{plain}", "theme=\"verde\""], "theme/odd-value"),
])
def test_an_odd_target_raises_its_own_code(words, code):
    application = Application({"127.0.0.1"})
    try:
        check = probed(*[word.format(free=free_port(), plain=application.port) for word in words], "timeout=3s")
        assert code in {finding["code"] for finding in check["findings"]}, check
    finally:
        application.stop()


if __name__ == "__main__":
    inside_a_namespace(Path(sys.argv[1]))
