"""A made-up secret in every place where one can stand, and a stack with many faults at once: no output of any command, no log, no journal,
no spool and no alert shows one, not even in part. test_the_search_finds_a_secret shows that the search would see it."""
import base64
import http.server
import json
import subprocess
import threading

import pytest
from canary import Canaries
from conftest import EJMON
from daemon import Daemon
from labkit import container, database, mongo_client, rocket
from labkit.state import Lab

ENV_SECRETS = {
    "DJANGO_SECRET_KEY": "{}", "SECRET_KEY": "{}", "EMAIL_HOST_PASSWORD": "p@ss{}#w/rd", "EMAIL_PASSWORD": "'{}'",
    "EJ_ROCKETCHAT_USER_PASSWORD": "{}", "EJ_ROCKETCHAT_PASSWORD": "{}", "EJ_ROCKETCHAT_ADMIN_PASSWORD": "\"{}\"",
    "EJ_ROCKETCHAT_AUTH_TOKEN": "{}", "ADMIN_PASSWORD": "{}", "USER_PASSWORD": "{} ", "SMTP_PASSWORD": "{}", "AWS_SECRET_ACCESS_KEY": "{}",
    "FCM_SERVER_KEY": "{}", "SENTRY_DSN": "https://user:{}@sentry.example.org/1"}
KINDS = {"django": ["url={site}", "web={web}"], "nginx": ["url={site}"], "theme": ["url={site}", "theme=default", "static_root={static_root}", "app_root={app_root}"],
         "frame": ["url={site}/talks/login/?next=/talks/", "embedder={rocketchat}"], "layers": ["site={site}", "web={web}"],
         "login": ["rocketchat={rocketchat}", "ej={site}"], "postgres": ["url_file={postgres_file}", "rocketchat={rocketchat}"],
         "mongo": ["url_file={mongo_file}"], "layout": ["url={rocketchat}", "folder={dir}/layout"],
         "logs": ["url={site}", "web_log={web_log}", "postgres_log={postgres_log}"], "disk": ["static_root={static_root}"], "rocketchat": ["url={rocketchat}", "site={site}"], "env": ["file={env_file}"]}


class Webhook:
    """Keeps the bodies of what is sent to it; refuses the first, so that the spool has something to keep."""

    def __init__(self):
        self.bodies = bodies = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self.send_response(503 if len(bodies) < 3 else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def plant_in_environment(lab, canaries):
    """In config.env and the container, and then another value for some in the file alone, which differs from the container's."""
    real = Lab(lab.dir)
    container.edit_env_file(real, {name: canaries.new(f"{name} of config.env", pattern) for name, pattern in ENV_SECRETS.items()})
    lab.restart_web(recreate=True)
    later = ("DJANGO_SECRET_KEY", "EMAIL_HOST_PASSWORD", "EJ_ROCKETCHAT_ADMIN_PASSWORD", "POSTGRES_PASSWORD")
    container.edit_env_file(real, {name: canaries.new(f"{name} of the file alone", ENV_SECRETS.get(name, "{}")) for name in later})


def plant_in_database(lab, canaries):
    with database.admin(Lab(lab.dir)) as cursor:
        cursor.execute("UPDATE ej_rocketchat_rcconfig SET admin_password = %s, admin_token = %s",
                       (canaries.new("admin_password"), canaries.new("admin_token")))
        cursor.execute("UPDATE ej_rocketchat_rcaccount SET auth_token = %s, password = %s", (canaries.new("auth_token"), canaries.new("rcaccount's password")))
        cursor.execute("UPDATE ej_users_user SET password = %s WHERE email LIKE 'user@%%'", (canaries.new("password hash", "pbkdf2_sha256$1${}$x"),))
        cursor.execute("INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, %s, now() - interval '1 day')",
                       (canaries.new("session key"), canaries.new("session data")))
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO ejmon")  # ejmon could read it all, and must not tell


def plant_in_rocketchat(lab, canaries):
    port = Lab(lab.dir).ports["mongo"]
    settings = {"SMTP_Password": canaries.new("Rocket.Chat's SMTP password"), "Accounts_OAuth_Custom_secret": canaries.new("Rocket.Chat's OAuth secret"),
                "Custom_Script_Logged_In": f"const password = '{canaries.new('a script of Rocket.Chat')}'"}
    user = {"username": "canary", "services": {"resume": {"loginTokens": [{"hashedToken": canaries.new("Rocket.Chat's login token")}]},
                                               "password": {"bcrypt": canaries.new("bcrypt")}}}
    rows = [("rocketchat_settings", name, {"value": value, "public": True}) for name, value in settings.items()] + [("users", "canary", user)]
    for collection, key, row in rows:
        mongo_client.command(port, {"update": collection, "updates": [{"q": {"_id": key}, "u": {"$set": row}, "upsert": True}]})


def plant_on_the_way(lab, canaries):
    """nginx adds a session cookie and a token to every answer, and its error page quotes the settings."""
    cookie, token, page = canaries.new("Set-Cookie"), canaries.new("X-Auth-Token"), canaries.new("nginx error page")
    include = lab.status["nginx_include"].rpartition("/")[0] + "/canary.conf"
    with open(include, "w") as file:
        file.write(f'add_header Set-Cookie "sessionid={cookie}; Path=/" always;\nadd_header X-Auth-Token "{token}" always;\n'
                   "error_page 502 504 /canary-error;\nlocation = /canary-error { internal; default_type text/html; "
                   f"return 502 \"<h1>502</h1>SECRET_KEY = '{page}' postgresql://ej:{page}@postgres/db\"; }}\n")
    subprocess.run([lab.status["nginx_command"], "nginx", "-s", "reload"], check=True, timeout=30)


def plant_in_logs(lab, canaries):
    c = canaries.new
    lines = ["Internal Server Error: /conversations/", f"'SECRET_KEY': '{c('traceback setting')}'",
             f"psycopg2.OperationalError: could not connect: postgresql://ej:{c('URL in a log')}@postgres:5432/db",
             f"Authorization: Bearer {c('Authorization in a log')}", f"Cookie: sessionid={c('Cookie in a log')}",
             f'{{"authToken": "{c("token in a log")}", "password": "{c("password in a log")}"}}', f"X-Auth-Token: {c('header in a log')}",
             f"FATAL:  password authentication failed, password={c('password= in a log')}", "django.db.utils.OperationalError: FATAL"]
    for name in ("web", "nginx", "postgres"):
        with open(lab.status["logs"][name], "a") as log:
            log.write("\n".join(lines) + "\n")


def write_config(lab, canaries, hook, folder):
    """The lab's ejmon.yaml with secrets of its own, and more checks whose addresses hold some."""
    status, c = lab.status, canaries.new
    files = {name: folder / name for name in ("routing", "postgres_file", "mongo_file", "hook_file", "login_password")}
    files["postgres_file"].write_text(status["postgres"])
    files["mongo_file"].write_text(status["mongo"])
    files["hook_file"].write_text(f"{hook.address}/hook/{c('webhook address')}?token={c('webhook query')}")
    files["login_password"].write_text(c("login's password_file"))
    site, postgres = status["site"].partition("://")[2], status["postgres"].rpartition("@")[2]
    base = "".join(line for line in (lab.dir / "ejmon.yaml").read_text().splitlines(True) if not line.startswith("state:"))
    path = folder / "ejmon.yaml"
    path.write_text(base + f"""state: {folder}/state
defaults: {{ interval: 1s, suspect: 300ms, down: 500ms, timeout: 5s, rise: 2, fall: 2 }}
checks:
  login: {{ user: user@ej.example.org, password_file: {files['login_password']} }}
  url-password: {{ kind: http, url: "http://someone:{c('password in a URL')}@{site}/nowhere/?token={c('token in a query')}" }}
  no-such-host: {{ kind: http, url: "http://someone:{c('password of an unknown host')}@nowhere.invalid/" }}
  wrong-password: {{ kind: postgres, url: "postgresql://ejmon:{c('wrong database password')}@{postgres}" }}
  no-database: {{ kind: postgres, url: "postgresql://ejmon:{c('password of a dead database')}@127.0.0.1:1/db?application_name=x" }}
  mongo-password: {{ kind: mongo, url: "mongodb://someone:{c('mongo password', 'a%40{}')}@127.0.0.1:1/rocketchat" }}
  port: {{ kind: tcp, address: "{site}", send: "GET / HTTP/1.0\\r\\nAuthorization: Basic {c('sent text')}\\r\\n\\r\\n", expect: "nothing" }}
  header: {{ kind: http, url: "{status['site']}/login/", expect: {{ header: ["X-Auth-Token: ^$", "Set-Cookie: ^nothing$"], body: "no such text" }} }}
sinks:
  log: {{ kind: log }}
  pager: {{ kind: command, command: [sh, -c, "cat >>{folder}/pager.jsonl; env >>{folder}/pager.env"] }}
  hook: {{ kind: webhook, url_file: {files['hook_file']}, authorization: "Bearer {c('authorization of a sink')}" }}
""")
    logs = {f"{name}_log": log for name, log in status["logs"].items()}
    return path, {**status, **logs, **{name: str(file) for name, file in files.items()}}


def known_secrets(lab, canaries):
    """What the lab made up itself."""
    real = Lab(lab.dir)
    for name, value in real.passwords.items():
        canaries.known(f"the lab's password of {name}", value)
    canaries.known("the lab's own secret key", real.secret_key)


@pytest.fixture(scope="module")
def hook():
    return Webhook()


@pytest.fixture
def planted(lab, mended, hook, tmp_path):
    """(configuration, what stands in KINDS' braces, the canaries), in a lab that has many faults already."""
    canaries = Canaries()
    known_secrets(lab, canaries)
    lab.fault("theme-switched")
    lab.fault("stale-row")  # its mend restores the database
    lab.fault("rocket-account-changes")  # and this one's restarts Rocket.Chat
    plant_in_environment(lab, canaries)
    plant_in_database(lab, canaries)
    plant_in_rocketchat(lab, canaries)
    rocket.restart(Lab(lab.dir))  # it reads its settings at the start
    plant_on_the_way(lab, canaries)
    plant_in_logs(lab, canaries)
    config, places = write_config(lab, canaries, hook, tmp_path)
    yield config, places, canaries
    with database.admin(Lab(lab.dir)) as cursor:
        cursor.execute("REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM ejmon")
    database.grant(Lab(lab.dir))


class Outputs:
    def __init__(self, config):
        self.config, self.texts = config, {}

    def run(self, *words, alone=False):
        command = [EJMON, *words, *([] if alone else ["-c", self.config])]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=180, stdin=subprocess.DEVNULL)
        self.texts[" ".join(words)] = done.stdout + done.stderr
        return done

    def check(self, *more):
        for options in (["--format", "json"], ["-v", "--format", "text"], ["-v", "--format", "nagios"]):
            self.run("check", *options, *more)

    def leaks(self, canaries):
        return [f"{name}: {place}: ...{words}..." for name, text in self.texts.items() for place, words in canaries.leaks(text)]


def settings():
    """Names for `explain --setting`."""
    return [*ENV_SECRETS, "DJANGO_DB_URL", "POSTGRES_PASSWORD", "EJ_ROCKETCHAT_URL", "EJ_THEME"]


def test_the_search_finds_a_secret():
    canaries = Canaries()
    secret = canaries.new("somewhere", "a@{}")
    assert canaries.leaks(f"it is {secret}") and canaries.leaks(f"cut: {secret[2:14]}")
    assert canaries.leaks(base64.b64encode(f"user:{secret}".encode()).decode())
    assert not canaries.leaks("it is [hidden]")


def test_no_command_shows_a_secret(planted):
    config, places, canaries = planted
    outputs = Outputs(config)
    outputs.check()
    report = json.loads(outputs.texts["check --format json"])
    codes = {finding["code"] for check in report["checks"] for finding in check["findings"]}
    assert len(codes) >= 8, codes  # there was evidence to show secrets in
    known = outputs.run("explain", "--format", "json", alone=True).stdout
    for kind, words in KINDS.items():
        if f"check {kind}:" in outputs.run("explain", "--kind", kind, alone=True).stdout:
            outputs.run("probe", kind, *(word.format(**places) for word in words), "-v", alone=True)
    for words in (["conf", "show"], ["conf", "check"], ["plan", "-v"], ["plan", "--format", "json"], ["status"]):
        outputs.run(*words)
    if "--setting" in outputs.run("explain", "--help", alone=True).stdout:
        for number, name in enumerate(settings()):
            outputs.run("explain", "--setting", name, *(["--format", "json"] if number % 2 else []))
    outputs.run("heal", "--yes", "-v")
    assert known and not outputs.leaks(canaries), "\n".join(outputs.leaks(canaries))


def test_no_check_shows_a_secret_while_more_and_more_breaks(planted, lab):
    config, _, canaries = planted
    for fault in ("debug-on", "view-bug", "postgres-damaged", "rocket-stopped", "web-stopped"):
        lab.fault(fault)
        plant_in_logs(lab, canaries)
        outputs = Outputs(config)
        outputs.run("check", "--format", "json")
        outputs.run("check", "-v")
        outputs.run("plan")
        assert not outputs.leaks(canaries), fault + "\n" + "\n".join(outputs.leaks(canaries))


def files_below(folder):
    return {str(path): path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file() and path.stat().st_size < 50_000_000}


def test_the_daemon_writes_no_secret_anywhere(planted, hook, tmp_path):
    config, _, canaries = planted
    daemon = Daemon(EJMON, config, "-v")
    try:
        daemon.wait(r"incident theme/stale-volume\S* opened")
        daemon.wait(r"alert \S+: triggered delivered to hook")
        asked = Outputs(config)
        for words in (["status"], ["status", "--format", "json"], ["status", "-v"], ["health"]):
            asked.run(*words)
    finally:
        daemon.stop()
    outputs = Outputs(config)
    outputs.run("status")
    outputs.texts.update({"run -v": "\n".join(daemon.lines), "webhook": "\n".join(hook.bodies),
                          **{f"while it ran: {name}": text for name, text in asked.texts.items()},
                          **files_below(tmp_path / "state"), "pager": (tmp_path / "pager.jsonl").read_text(), "pager's environment": (tmp_path / "pager.env").read_text()})
    assert len(hook.bodies) > 2 and any("journal.db" in name for name in outputs.texts)
    assert not outputs.leaks(canaries), "\n".join(outputs.leaks(canaries))


# --- secrets that are words of ours -------------------------------------------------------------------------------------------------------

WORDS = ["status", "stack", "mongo", "page", "http", "postgres", "what", "database", "text", "severity", "code", "check"]


def write_wordy_config(folder, address, postgres, mongo):
    path = folder / "ejmon.yaml"
    path.write_text(f"""stack: {{ site: off, web: off, docker: off, postgres: "postgresql://ej:{postgres}@127.0.0.1:1/db", mongo: "mongodb://ej:{mongo}@127.0.0.1:1/rocketchat" }}
state: {folder}/state
defaults: {{ interval: 1s, suspect: 300ms, down: 500ms, timeout: 5s, rise: 2, fall: 2 }}
checks:
  page: {{ kind: http, url: "{address}/failing", expect: {{ status: [200] }} }}
  text: {{ kind: http, url: "{address}/answering", expect: {{ body: "^nothing$" }} }}
sinks:
  log: {{ kind: log }}
""")
    return path


def names_of(report):
    """All that is not a sentence of a report: keys, names, codes, states, what was looked at."""
    def keys(value):
        if isinstance(value, dict):
            return {name: keys(inner) for name, inner in value.items()}
        return [keys(inner) for inner in value] if isinstance(value, list) else None

    checks = [(check["name"], check["kind"], check["status"], check["passed"], check.get("why", "").replace("/wordy/", "/plain/"),
               [(finding["code"], finding["severity"], finding["layer"], finding["confidence"], [item["what"].partition("//")[0] for item in finding["evidence"]])
                for finding in check["findings"]]) for check in report["checks"]]
    causes = [(cause["code"], cause["confidence"], cause["explains"], cause.get("remedy"), cause.get("refused")) for cause in report["causes"]]
    return checks, causes, report["status"], report["schema"], sorted(report["stack"]), keys(report["causes"])


@pytest.fixture
def echo():
    """Answers with text that quotes what it was asked to: the path's last part decides the status."""
    class Handler(http.server.BaseHTTPRequestHandler):
        words = ""

        def do_GET(self):
            body = f"the secret is {self.words} and no other".encode()
            self.send_response(500 if self.path == "/failing" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.handler, server.address = Handler, f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()


@pytest.mark.parametrize("word", WORDS)
def test_a_password_that_is_a_word_of_ours_garbles_no_name_and_is_hidden_in_foreign_text(tmp_path, echo, word):
    plain, wordy = tmp_path / "plain", tmp_path / "wordy"
    reports = {}
    for folder, secret in ((plain, "Quux-77-never"), (wordy, word)):
        folder.mkdir()
        echo.handler.words = secret
        outputs = Outputs(write_wordy_config(folder, echo.address, secret, secret))
        report = json.loads(outputs.run("check", "--format", "json").stdout)
        quoted = [item["saw"] for check in report["checks"] for finding in check["findings"] if finding["code"] == "http/body" for item in finding["evidence"]]
        assert quoted and all("the secret is [hidden] and no other" in saw for saw in quoted), quoted
        reports[folder] = report
        for format_name in ("text", "nagios"):
            shown = outputs.run("check", "--format", format_name, "-v").stdout
            for name in ("page", "text", "postgres", "http/status", "http/body", "db/unreachable"):
                assert name in shown, shown
        refused = outputs.run("check", "no-such-check").stderr
        assert "page, text" in refused and "postgres" in refused and "mongo" in refused, refused
        shown = json.loads(outputs.run("plan", "--format", "json").stdout)
        assert {row["code"] for row in shown["causes"]} == {cause["code"] for cause in report["causes"]}, shown
        setting = json.loads(outputs.run("explain", "--setting", "DJANGO_DB_URL", "--format", "json").stdout)
        assert setting["schema"] == "ejmon.setting/1" and {"stage", "where", "state", "saw", "says"} == set(setting["steps"][0]), setting
    assert names_of(reports[wordy]) == names_of(reports[plain])


def test_the_daemons_log_names_checks_and_codes_though_a_password_is_such_a_word(tmp_path, echo):
    echo.handler.words = "status"
    daemon = Daemon(EJMON, write_wordy_config(tmp_path, echo.address, "page", "status"), "-v")
    try:
        daemon.wait(r"check page: http/status \S+ -> ill: .*was answered with 500", seconds=30)
    finally:
        daemon.stop()
