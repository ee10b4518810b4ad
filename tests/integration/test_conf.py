"""The configuration from outside: what `ejmon conf check` and `conf show` say, where it is looked for, and that no secret gets out."""
import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EJMON = Path(os.environ.get("EJMON", ROOT / "ejmon")).absolute()


@pytest.fixture
def ejmon(tmp_path):
    """Runs ejmon in an empty folder with nothing but the given environment."""

    def run(*arguments, environment=None, **options):
        return subprocess.run([EJMON, *arguments], cwd=tmp_path, env={"PATH": os.environ["PATH"], **(environment or {})},
                              capture_output=True, text=True, timeout=30, **options)

    run.folder = tmp_path
    return run


def test_without_any_file_ejs_environment_is_the_configuration(ejmon):
    done = ejmon("conf", "show", environment={"EJ_THEME": "cpa", "DJANGO_DB_URL": "psql://ej:geheim99@postgres/db"})
    assert done.returncode == 0, done.stderr
    assert "theme: cpa  # environment EJ_THEME" in done.stdout
    assert "# environment DJANGO_DB_URL" in done.stdout
    assert "geheim99" not in done.stdout + done.stderr


def test_config_env_beside_it_is_read_unasked(ejmon):
    (ejmon.folder / "config.env").write_text("EJ_THEME=cpa\n")
    assert f"theme: cpa  # {ejmon.folder}/config.env:1 EJ_THEME" in ejmon("conf", "show").stdout


def test_the_flag_outranks_the_file(ejmon):
    (ejmon.folder / "a.env").write_text("EJ_THEME=a\n")
    (ejmon.folder / "b.env").write_text("EJ_THEME=b\n")
    (ejmon.folder / "ejmon.yaml").write_text("stack: { env_file: a.env }\n")
    assert "theme: a" in ejmon("conf", "show").stdout
    assert "theme: b" in ejmon("conf", "show", "--env-file", "b.env").stdout


def test_the_file_is_found_in_its_places(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text("stack: { theme: here }\n")
    (ejmon.folder / "other.yaml").write_text("stack: { theme: other }\n")
    (ejmon.folder / "third.yaml").write_text("stack: { theme: third }\n")
    assert "theme: here" in ejmon("conf", "show").stdout
    assert "theme: other" in ejmon("conf", "show", environment={"EJMON_CONFIG": "other.yaml"}).stdout
    assert "theme: third" in ejmon("conf", "show", "-c", "third.yaml", environment={"EJMON_CONFIG": "other.yaml"}).stdout


@pytest.mark.parametrize("how", ["flag", "variable"])
def test_a_file_that_was_asked_for_must_be_there(ejmon, how):
    (ejmon.folder / "ejmon.yaml").write_text("{}\n")
    if how == "flag":
        done = ejmon("conf", "check", "-c", "ejmon.yml")
    else:
        done = ejmon("conf", "check", environment={"EJMON_CONFIG": "ejmon.yml"})
    assert done.returncode == 3
    assert "ejmon.yml cannot be read: No such file or directory; did you mean ejmon.yaml?" in done.stderr


def test_an_empty_file_is_a_configuration(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text("# nothing yet\n")
    assert ejmon("conf", "check").returncode == 0


@pytest.mark.parametrize("key", ["-c", "--env-file"])
def test_what_is_no_regular_file_is_an_error_at_once(ejmon, key):
    os.mkfifo(ejmon.folder / "pipe")
    for path in ("pipe", "/dev/null", "."):
        done = ejmon("conf", "check", key, path)
        assert done.returncode != 0 and path in done.stderr, done.stderr


def test_all_errors_come_at_once_with_their_places(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text(
        "stack: { sitee: x }\nchecks:\n  theme: { interval: 5 }\n  page: { kind: htpp }\nmode: atuo\n")
    done = ejmon("conf", "check")
    assert done.returncode == 3 and done.stdout == ""
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == ["ejmon.yaml:1:10", "ejmon.yaml:3:22", "ejmon.yaml:4:17", "ejmon.yaml:5:7"]
    assert "did you mean site?" in done.stderr and "did you mean 5s?" in done.stderr and "did you mean http?" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_told_with_what_to_do(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text("{}\n")
    (ejmon.folder / "ejmon.yaml").chmod(0)
    done = ejmon("conf", "check")
    assert done.returncode == 3 and "let the user that ejmon runs as read it" in done.stderr


def test_what_is_shown_can_be_read_again(ejmon):
    (ejmon.folder / "config.env").write_text("EJ_THEME=cpa\nEJ_ROCKETCHAT_INTEGRATION=true\nEJ_ROCKETCHAT_URL=https://chat.example.org\n")
    (ejmon.folder / "ejmon.yaml").write_text(
        "stack: { site: https://ej.example.org, nginx_command: [env, 'A=b c'] }\n"
        "checks:\n  postgres: off\n"
        "  consultation: { kind: http, url: https://ej.example.org/x/, expect: { status: [200, 3xx], body: 'a: $$b' } }\n")
    first = ejmon("conf", "show")
    assert first.returncode == 0, first.stderr
    (ejmon.folder / "again.yaml").write_text(first.stdout)
    second = ejmon("conf", "show", "-c", "again.yaml")
    assert second.returncode == 0, second.stderr

    def values(text):
        return [line.split("  # ")[0] for line in text.splitlines() if not line.lstrip().startswith("#")]

    assert values(first.stdout) == values(second.stdout)


def test_the_annotated_example_is_right(ejmon):
    done = ejmon("conf", "check", "-c", ROOT / "conf/ejmon.yaml")
    assert done.returncode == 0, done.stderr


def test_the_secret_in_a_webhooks_path_stays_hidden(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text("sinks:\n  chat: { kind: webhook, url: 'https://operator:geheim99@hooks.example.org:8443/services/T0/B0/Xyz?k=7' }\n"
                                             "  plain: { kind: webhook, url: 'https://hooks.example.org/' }\n")
    shown = ejmon("conf", "show").stdout
    assert '"https://[hidden]@hooks.example.org:8443/[hidden]"' in shown and "url: https://hooks.example.org/ " in shown, shown
    (ejmon.folder / "again.yaml").write_text(shown)
    assert ejmon("conf", "check", "-c", "again.yaml").returncode == 0


def test_secrets_from_files_stay_hidden(ejmon):
    (ejmon.folder / "dsn").write_text("postgresql://ejmon:0ppenheim@127.0.0.1:1/db\n")
    (ejmon.folder / "dsn").chmod(0o600)
    (ejmon.folder / "ejmon.yaml").write_text("stack: { postgres_file: dsn }\nchecks: { django: off, nginx: off, theme: off }\n")
    for arguments in (["conf", "show"], ["check"], ["check", "--format", "json"], ["check", "--format", "nagios"]):
        done = ejmon(*arguments)
        assert "0ppenheim" not in done.stdout + done.stderr, arguments
    assert f"postgres_file: {ejmon.folder}/dsn" in ejmon("conf", "show").stdout


@pytest.mark.parametrize("words,part", [
    (["http", "url=http://127.0.0.1/", "satus=200"], "unknown key satus, did you mean status?"),
    (["htpp"], "did you mean http?"),
    (["http"], "url is missing"),
    (["http", "url=127.0.0.1"], "the scheme is missing"),
    (["postgres", "url=postgresql://u:0ppenheim@h/d"], "url_file=PATH"),
    (["http", "url=http://127.0.0.1/", "timeout=5"], "did you mean 5s?"),
])
def test_words_of_a_probe_are_checked_before_anything_is_done(ejmon, words, part):
    done = ejmon("probe", *words)
    assert done.returncode == 3 and done.stdout == ""
    assert part in done.stderr and "0ppenheim" not in done.stderr


def test_hostile_files_end_quickly(ejmon):
    path = ejmon.folder / "ejmon.yaml"
    path.write_bytes(b"a: " + b"[" * 900_000)
    assert "nested deeper" in ejmon("conf", "check").stderr
    path.write_bytes(b"x" * (2 << 20))
    assert "larger than 1024 KiB" in ejmon("conf", "check").stderr
    path.write_bytes(b"\xff\xfe\x00\x01" * 100)
    assert ejmon("conf", "check").returncode == 3
    path.write_text("".join(f"k{i}: 1\n" for i in range(70_000)))
    done = ejmon("conf", "check")
    assert "more errors are not shown" in done.stderr and len(done.stderr.splitlines()) < 110


def test_what_an_extra_check_stands_behind_is_shown_with_its_source(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text(
        "stack: { site: https://ej.example.org }\nchecks:\n  page: { kind: http, url: https://ej.example.org/x/ }\n"
        "  port: { kind: tcp, address: 'ej.example.org:443' }\n  other: { kind: http, url: https://cdn.example.org/ }\n"
        "  told: { kind: http, url: https://ej.example.org/y/, stands_behind: none }\n")
    shown = [line.strip() for line in ejmon("conf", "show").stdout.splitlines() if "stands_behind" in line]
    assert shown == ["stands_behind: stack  # default {site}", "stands_behind: stack  # default {site}", "stands_behind: none  # default",
                     "stands_behind: none  # ejmon.yaml:6"]


def test_the_keys_of_every_kind_are_explained(ejmon):
    text = ejmon("explain", "--kind", "frame").stdout
    assert "embedder" in text and "default {rocketchat}" in text
    assert ejmon("explain", "--kind", "nothing").returncode == 3


@pytest.mark.parametrize("typed, near", [("theem", "theme"), ("colect", "collect"), ("webhok", "webhook")])
def test_a_mistyped_kind_is_told_the_nearest(ejmon, typed, near):
    for words in (["--kind", typed], ["--kind", typed, "--format", "json"]):
        assert f"did you mean '{near}'?" in ejmon("explain", *words).stderr


# --- what the configuration names and what cannot be ------------------------------------------------------------------------------------

@pytest.mark.parametrize("yaml, place, words", [
    ("stack: { postgres: 'mysql://h/d' }", "1:20: stack.postgres:", "postgresql://"),
    ("checks: { p: { kind: postgres, url: 'mysql://u@h/d' } }", "1:37: checks.p.url:", "postgresql://"),
    ("checks: { p: { kind: mongo, url: 'mysql://u@h/d' } }", "1:34: checks.p.url:", "mongodb://"),
    ("sinks: { s: { kind: webhook, url: 'mysql://h/d' } }", "1:35: sinks.s.url:", "https://"),
    ("checks:\n  stack: { kind: http, url: 'http://h/' }\n", "2:3: checks.stack:", "my-stack"),
    ("checks:\n  ejmon: { kind: tcp, address: 'h:1' }\n", "2:3: checks.ejmon:", "my-ejmon"),
    ("checks: { theme: { stands_behind: none } }", "1:35: checks.theme.stands_behind:", "another name"),
    ("checks: { l: { kind: logs, stands_behind: none } }", "1:43: checks.l.stands_behind:", "leave this key out"),
    ("checks: { t: { kind: tcp, address: 'h:1', stands_behind: yes } }", "1:58: checks.t.stands_behind:", "stack or none"),
    ("checks: { t: { kind: tcp, address: 'h:99999' } }", "1:36: checks.t.address:", "99999"),
    ("checks: { t: { kind: tcp, address: 'h' } }", "1:36: checks.t.address:", "host:port"),
    ("stack: { mongo: 'mongodb://a:1,b:99999/x' }", "1:17: stack.mongo:", "99999"),
    ("checks: { h: { kind: http, url: 'http://h/', expect: { status: abc } } }", "1:64: checks.h.expect.status:", "200, 2xx or 200-299"),
    ("checks: { h: { kind: http, url: 'http://h/', expect: { status: [200, 299-200] } } }", "1:70: checks.h.expect.status:", "'299-200'"),
    ("checks: { h: { kind: http, url: 'http://h/', expect: { header: nocolon } } }", "1:64: checks.h.expect.header:", "Name: pattern"),
    ("checks: { h: { kind: http, url: 'http://h/', expect: { header: 'X-A: a(b' } } }", "1:64: checks.h.expect.header:", "\\("),
    ("checks: { h: { kind: http, url: 'http://h/', expect: { body: 'a[b' } } }", "1:62: checks.h.expect.body:", "\\["),
    ("checks: { t: { kind: tcp, address: 'h:1', expect: '(' } }", "1:51: checks.t.expect:", "\\("),
    ("stack: { docker: 'tcp://h:1' }", "1:18: stack.docker:", "unix:///var/run/docker.sock"),
    ("stack: { docker: xx }", "1:18: stack.docker:", "unix:///var/run/docker.sock"),
    ("stack: { docker: 'unix://' }", "1:18: stack.docker:", "unix:///var/run/docker.sock"),
    ("remedies: { collect: { docker: 'tcp://h:1' } }", "1:32: remedies.collect.docker:", "unix:///var/run/docker.sock"),
    ("checks: { containers: { docker: 'tcp://h:1' } }", "1:33: checks.containers.docker:", "unix:///var/run/docker.sock"),
    ("stack: { site: 'https://ej.example.org', host: 'a b' }", "1:48: stack.host:", "cannot stand in a host"),
    ("checks: { h: { kind: http, url: 'http://h/', expect.status: 200 } }", "1:46: checks.h:", "`expect: { status: ... }`"),
    ("stack.site: http://h", "1:1:", "`stack: { site: ... }`"),
    ("a.b: 1", "1:1:", "unknown key a.b"),
    ("stack." + "x." * 40 + ": 1", "1:1:", "unknown key stack.x.x."),
    ("stack.a.b.c.d: 1", "1:1:", "`stack: { a: { b: { c: { d: ... } } } }`"),
    ("checks.theme.interval: 5s", "1:1:", "`checks: { theme: { interval: ... } }`"),
    ("checks: { h: { kind: http, url: 'http://h/', expect: { status: [] } } }", "1:64: checks.h.expect.status:", "empty"),
    ("checks: { h: { kind: http, url: 'http://h/', expect: { status: 700 } } }", "1:64: checks.h.expect.status:", "100 to 599"),
    ("checks: { h: { kind: http, url: 'http://h/', expect: { status: 6xx } } }", "1:64: checks.h.expect.status:", "100 to 599"),
    ("checks: { h: { kind: http, url: 'http://h/', method: 'G E' } }", "1:54: checks.h.method:", "no method of HTTP"),
    ("checks: { h: { kind: http, url: 'http://h/', method: '' } }", "1:54: checks.h.method:", "no method of HTTP"),
    ("sinks: { a: { kind: command, command: [] } }", "1:39: sinks.a.command:", "empty"),
    ("sinks: { a: { kind: command, command: '' } }", "1:39: sinks.a.command:", "empty"),
    ("sinks: { a: { kind: command, command: ['', x] } }", "1:40: sinks.a.command:", "empty"),
    ("stack: { web_command: [] }", "1:23: stack.web_command:", "empty"),
])
def test_what_cannot_be_is_an_error_with_its_place(ejmon, yaml, place, words):
    (ejmon.folder / "ejmon.yaml").write_text(yaml + "\n")
    done = ejmon("conf", "check")
    assert done.returncode == 3 and done.stdout == ""
    assert done.stderr.startswith(f"ejmon.yaml:{place} ") and words in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize("body", ['{"status": "ok"}', "+OK", "100 %", "a.*b", "costs $$5", "[0-9]{4}"])
def test_texts_and_patterns_that_do_are_taken(ejmon, body):
    (ejmon.folder / "ejmon.yaml").write_text(f"checks: {{ h: {{ kind: http, url: 'http://h/', expect: {{ body: '{body}' }} }} }}\n")
    done = ejmon("conf", "check")
    assert done.returncode == 0, done.stderr


MISSING = """stack:
  cacert: /nope/ca.pem
  static_root: /nope/static
  web_command: [/nope/in-web, -T]
  nginx_command: [no-such-program-here]
  layout: {folder}/ejmon.yml
checks:
  h: {{ kind: http, url: 'https://127.0.0.1:1/', cacert: /nope/other.pem }}
sinks:
  pager: {{ kind: command, command: [/nope/pager, --now] }}
"""


def test_what_is_missing_here_is_named_once_and_fails_conf_check(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text(MISSING.format(folder=ejmon.folder))
    done = ejmon("conf", "check")
    lines = done.stderr.splitlines()
    assert done.returncode == 3 and len(lines) == 7, done.stderr
    for line, place, part in zip(lines, ["2:11: stack.cacert", "3:16: stack.static_root", "4:16: stack.web_command", "5:18: stack.nginx_command",
                                         "6:11: stack.layout", "8:57: checks.h.cacert", "10:36: sinks.pager.command"],
                                 ["/nope/ca.pem cannot be read: No such file", "/nope/static cannot be read: No such file", "/nope/in-web cannot be run: No such file",
                                  "no program no-such-program-here is in PATH", "did you mean", "/nope/other.pem cannot be read",
                                  "/nope/pager cannot be run: No such file"]):
        assert line.startswith(f"ejmon: warning: ejmon.yaml:{place}: ") and part in line, line
    assert "but of what it names 7 are not there" in done.stdout
    (ejmon.folder / "text").write_text("no program")
    (ejmon.folder / "ejmon.yaml").write_text(f"sinks: {{ s: {{ kind: command, command: {ejmon.folder}/text }} }}\n")
    assert "cannot be run: it is no program" in ejmon("conf", "check").stderr


def test_what_is_missing_keeps_nobody_from_looking(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text(
        MISSING.format(folder=ejmon.folder).replace("  static_root", "  site: https://127.0.0.1:1\n  static_root")
        + "state: .\ndefaults: { timeout: 3s }\n")
    done = ejmon("check", "nginx")
    assert done.returncode in (2, 3) and "nginx" in done.stdout and "/nope/pager cannot be run" in done.stderr


@pytest.mark.parametrize("words, part", [
    (["http", "url=http://127.0.0.1:1/", "expect.status=abc"], "expect.status: 'abc' is neither"),
    (["http", "url=http://127.0.0.1:1/", "status=abc"], "status: 'abc' is neither"),
    (["http", "url=http://127.0.0.1:1/", "expect.satus=200"], "did you mean expect.status?"),
    (["http", "url=http://127.0.0.1:1/", "expect.url=x"], "unknown key expect.url"),
    (["http", "url=http://127.0.0.1:1/", "expect.body=a", "body=b"], "is given twice"),
    (["tcp", "address=h:99999"], "'h:99999' is no address"),
])
def test_a_probe_is_told_what_it_cannot_use(ejmon, words, part):
    done = ejmon("probe", *words)
    assert done.returncode == 3 and done.stdout == "" and part in done.stderr, done.stderr


@pytest.mark.parametrize("words, name", [
    (["disk", "static_root=/nope/static"], "/nope/static"),
    (["disk", "web_command=/nope/in-web"], "/nope/in-web"),
    (["layout", "url=http://127.0.0.1:1", "folder=/nope/pages"], "/nope/pages"),
    (["logs", "url=http://127.0.0.1:1", "web_log=/nope/web.log"], "/nope/web.log"),
    (["env", "file=/nope/config.env"], "/nope/config.env"),
])
def test_a_probe_of_what_is_missing_names_it_in_its_report(ejmon, words, name):
    done = ejmon("probe", *words)
    assert done.returncode == 3 and "unknown" in done.stdout, done
    assert name in done.stdout and "No such file or directory" in done.stdout, done.stdout


def test_one_mistake_in_the_defaults_is_told_once(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text("defaults: { timeout: 60s }\nchecks:\n  theme: { rise: 3 }\n  disk: { interval: 50s }\n")
    lines = ejmon("conf", "check").stderr.splitlines()
    assert [line.split(" is longer")[0] for line in lines] == ["ejmon: warning: ejmon.yaml:1:22: defaults: timeout (1m)",
                                                               "ejmon: warning: ejmon.yaml:4:9: checks.disk: timeout (1m)"]
    (ejmon.folder / "ejmon.yaml").write_text("defaults: { interval: 1ms }\n")
    assert len(ejmon("conf", "check").stderr.splitlines()) == 1


def test_listen_warns_that_nothing_is_served(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text("listen: 127.0.0.1:9469\n")
    done = ejmon("conf", "check")
    assert done.returncode == 0
    assert done.stderr.startswith("ejmon: warning: ejmon.yaml:1:9: listen: this version serves nothing"), done.stderr


@pytest.mark.parametrize("how", ["flag", "file"])
def test_check_looks_at_the_rest_without_the_env_file(ejmon, how):
    (ejmon.folder / "cofnig.env").write_text("EJ_THEME=cpa\n")
    stack = "env_file: config.env, " if how == "file" else ""
    flags = ["--env-file", "config.env"] if how == "flag" else []
    (ejmon.folder / "ejmon.yaml").write_text(f"state: .\nstack: {{ {stack}site: 'http://127.0.0.1:1', web: off, docker: off }}\n")
    done = ejmon("check", *flags)
    told = [line for line in done.stderr.splitlines() if "config.env cannot be read: No such file or directory" in line]
    assert len(told) == 1 and "did you mean" in told[0], done.stderr
    assert "nginx/" in done.stdout and "env/unseen" in done.stdout, done.stdout
    assert done.returncode == 2
    report = json.loads(ejmon("check", "--format", "json", *flags).stdout)
    skipped = {check["name"]: check["why"] for check in report["checks"] if check["status"] == "skip"}
    assert "could not be read" in skipped["postgres"] and "could not be read" in skipped["rocketchat"], skipped
    for command in (["conf", "check"], ["plan"], ["heal"], ["run"]):  # what acts, or judges the file, wants it whole
        refused = ejmon(*command, *flags)
        assert refused.returncode == 3 and "config.env cannot be read" in refused.stderr, command
    way = ejmon("explain", "--setting", "EJ_THEME", *flags)
    assert way.returncode == 0 and "config.env" in way.stdout, way.stderr


def test_what_is_missing_is_named_by_the_checks_too(ejmon):
    (ejmon.folder / "empty.pem").write_text("no certificate\n")
    with socket.create_server(("127.0.0.1", 0)) as server:  # the file is read when the connection stands, before the handshake
        site = f"https://127.0.0.1:{server.getsockname()[1]}"
        for cacert, reason in (("/nope/ca.pem", "/nope/ca.pem cannot be read: No such file or directory"),
                               (f"{ejmon.folder}/empty.pem", "empty.pem holds no certificate of an authority that can be read")):
            (ejmon.folder / "ejmon.yaml").write_text(
                f"state: .\nstack: {{ site: '{site}', cacert: {cacert}, static_root: /nope/static, docker: off, web: off, app_root: off, theme: cpa }}\n"
                "checks:\n  rocket: { kind: rocketchat, url: '" + site + "', cacert: " + cacert + " }\n"
                "  page: { kind: http, url: '" + site + "', cacert: " + cacert + " }\n")
            report = json.loads(ejmon("check", "--format", "json").stdout)
            said = {check["name"]: " ".join(finding["summary"] for finding in check.get("findings", [])) for check in report["checks"]}
            for name in ("nginx", "theme", "logs", "rocket", "page"):
                if said[name]:
                    assert reason in said[name] and "Key" not in said[name], (name, said[name])
            assert said["page"] and said["nginx"]
            assert "/nope/static: No such file or directory" in said["disk"] and "does not answer" not in said["disk"], said["disk"]


def test_a_group_is_one_of_the_known_keys_once(ejmon):
    (ejmon.folder / "ejmon.yaml").write_text("checks: { h: { kind: http, url: 'http://h/', quite-another-thing: 1 } }\n")
    known = ejmon("conf", "check").stderr.split("known here: ")[1].strip().split(", ")
    assert "expect" in known and len(known) == len(set(known)), known


@pytest.mark.parametrize("url, told", [("mysql://a/b", 1), ("nonsense", 1), ("psql://u@h:99999/d", 1), ("sqlite:////tmp/ej.db", 0), ("psql://u@h/d", 0)])
def test_a_database_of_ejs_environment_that_is_none_is_a_warning_with_its_place(ejmon, url, told):
    (ejmon.folder / "config.env").write_text(f"EJ_THEME=cpa\nDJANGO_DB_URL={url}\n")
    done = ejmon("conf", "check")
    assert done.returncode == 0
    lines = [line for line in done.stderr.splitlines() if "DJANGO_DB_URL" in line]
    assert len(lines) == told and all(line.startswith("ejmon: warning: config.env:2: DJANGO_DB_URL: ") for line in lines), done.stderr


@pytest.mark.parametrize("place", ["stack: {{ docker: {} }}", "checks: {{ containers: {{ docker: {} }} }}", "remedies: {{ collect: {{ docker: {} }} }}"])
def test_a_socket_that_is_not_there_is_missing(ejmon, place):
    (ejmon.folder / "file").write_text("")
    for address, part in (("unix:///nope.sock", "/nope.sock cannot be read: No such file"), ("/nope.sock", "/nope.sock cannot be read: No such file"),
                          (f"unix://{ejmon.folder}/file", "is no socket")):
        (ejmon.folder / "ejmon.yaml").write_text(place.format(address) + "\n")
        done = ejmon("conf", "check")
        assert done.returncode == 3 and part in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
        assert done.stderr.startswith("ejmon: warning: ejmon.yaml:1:") and "but of what it names 1 " in done.stdout
    with socket.socket(socket.AF_UNIX) as there:
        there.bind(str(ejmon.folder / "sock"))
        (ejmon.folder / "ejmon.yaml").write_text(place.format(ejmon.folder / "sock") + "\n")
        done = ejmon("conf", "check")
        assert done.returncode == 0 and done.stderr == "", done.stderr


@pytest.mark.parametrize("key", ["interval=5s", "suspect=1s", "down=1s", "rise=2", "fall=2"])
def test_a_probe_has_no_schedule(ejmon, key):
    done = ejmon("probe", "http", "url=http://127.0.0.1:1/", key)
    assert done.returncode == 3 and done.stdout == ""
    assert "a probe looks once and takes no schedule" in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr


def test_the_secrets_in_a_commands_arguments_stay_hidden(ejmon):
    line = "curl -d @- 'https://h/services/T0/geheim99' http://g?key=geheim99; echo done"
    (ejmon.folder / "ejmon.yaml").write_text(
        "sinks:\n  a: { kind: command, command: [env, https://x/hook/geheim99, '--url=HTTPS://y:8443/a;geheim99?k=geheim99', \"" + line + "\", /plain/path, "
        "'https://z/'] }\n")
    shown = ejmon("conf", "show")
    assert shown.returncode == 0 and "geheim99" not in shown.stdout + shown.stderr, shown.stdout
    for part in ('"https://x/[hidden]"', '"--url=HTTPS://y:8443/[hidden]"', "'https://h/[hidden]'", "/plain/path", "https://z/]"):
        assert part in shown.stdout, shown.stdout
    (ejmon.folder / "ejmon.yaml").write_text("stack: { web_command: [env, https://x/hook/geheim99], theme: 'see hook/geheim99' }\n")
    done = ejmon("conf", "show")
    assert done.returncode == 0 and "geheim99" not in done.stdout + done.stderr


@pytest.mark.parametrize("yaml, place, part", [
    ("checks: { h: { kind: http, url: 'http://h/', timeout: 5s, connect_timeout: 6s } }", "1:76: checks.h:", "connect_timeout (6s) is longer than timeout (5s)"),
    ("checks: { h: { kind: http, url: 'http://h/', first_byte_timeout: 11s } }", "1:66: checks.h:", "longer than timeout (10s)"),
    ("checks: { postgres: { slow: 11s } }", "1:29: checks.postgres:", "longer than timeout (10s)"),
    ("grace: 0s", "1:8: grace:", "no time to stop in"),
])
def test_durations_that_never_count_are_warned_of(ejmon, yaml, place, part):
    (ejmon.folder / "ejmon.yaml").write_text(yaml + "\n")
    done = ejmon("conf", "check")
    assert done.returncode == 0 and len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith(f"ejmon: warning: ejmon.yaml:{place} ") and part in done.stderr, done.stderr


def test_only_a_name_that_is_very_near_is_named_for_a_missing_file(ejmon):
    (ejmon.folder / "home").write_text("")
    (ejmon.folder / "authorities.pem").write_text("")
    for name, near in (("nope", None), ("hoem", None), ("authoritys.pem", "authorities.pem")):
        (ejmon.folder / "ejmon.yaml").write_text(f"stack: {{ cacert: {name} }}\n")
        said = ejmon("conf", "check").stderr
        assert "cannot be read: No such file" in said
        assert (f"did you mean {ejmon.folder}/{near}?" in said) if near else "did you mean" not in said, said
