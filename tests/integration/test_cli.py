"""The commands from outside: reports under their schema, exit statuses, errors that say what to do, no secret anywhere."""
import json
import os
import pty
import re
import shutil
import signal
import socket
import stat
import subprocess

import jsonschema
import pytest
from conftest import EJMON, ROOT
from daemon import Daemon

SCHEMA = json.loads((ROOT / "conf/report.schema.json").read_text())


def ejmon(*arguments, **options):
    return subprocess.run([EJMON, *arguments], capture_output=True, text=True, timeout=60, **options)


def test_a_healthy_stack_passes_in_every_format(lab):
    text = lab.ejmon("check")
    assert text.returncode == 0, text.stdout + text.stderr
    assert re.search(r"^pass: \d+ pass, 0 warn, 0 fail, 0 unknown, \d+ skipped", text.stdout, re.M)
    report = lab.report()
    jsonschema.validate(report, SCHEMA)
    assert report["status"] == "pass" and report["causes"] == []
    assert report["stack"]["theme"] == "default"
    nagios = lab.ejmon("check", "--format", "nagios")
    assert nagios.returncode == 0
    assert re.match(r"EJ OK - \d+ of \d+ checks pass \| '\S+'=[0-9.]+s;;;0", nagios.stdout)


def test_a_fault_is_named_with_its_cause_remedy_and_refusals(lab, mended):
    lab.fault("theme-switched")
    done = lab.ejmon("check", "--format", "json")
    assert done.returncode == 2
    report = json.loads(done.stdout)
    jsonschema.validate(report, SCHEMA)
    assert [cause["code"] for cause in report["causes"]] == ["theme/stale-volume"]
    cause = report["causes"][0]
    assert cause["remedy"] == {"name": "clear-collect", "mode": "auto"}
    assert "collect" in [refusal["remedy"] for refusal in cause["refused"]]
    assert any("collectstatic --noinput --clear" in line for line in cause["by_hand"])
    plugin = lab.ejmon("check", "--format", "nagios")
    assert plugin.returncode == 2 and plugin.stdout.startswith("EJ CRITICAL - theme/stale-volume: ")
    named = lab.ejmon("check", "theme/mixed-assets")
    assert named.returncode == 2 and "nginx" not in named.stdout.split("Cause")[0]


def test_plan_changes_nothing_and_heal_asks_before_it_acts(lab, mended):
    lab.fault("static-truncated")
    before = lab.report("theme")
    plan = lab.ejmon("plan")
    assert plan.returncode == 1 and "clear-collect" in plan.stdout and "inv collect" in plan.stdout
    unasked = lab.ejmon("heal")
    assert unasked.returncode == 2 and "without --yes" in unasked.stderr
    assert [f["code"] for f in lab.report("theme")["checks"][0]["findings"]] == [f["code"] for f in before["checks"][0]["findings"]]
    healed = lab.ejmon("heal", "--yes", timeout=120)
    assert healed.returncode == 0, healed.stdout + healed.stderr
    assert "clear-collect: kept" in healed.stdout and "nothing is ill any more" in healed.stdout
    assert lab.ejmon("check").returncode == 0
    assert lab.ejmon("plan").returncode == 0
    assert lab.ejmon("heal", "--yes").stdout == "nothing to heal\n"


def test_what_may_not_be_healed_is_left_to_a_person(lab, mended):
    lab.fault("postgres-stopped")
    healed = lab.ejmon("heal", "--yes")
    assert healed.returncode == 2
    assert "a person has to act" in healed.stdout and "still ill: database/down" in healed.stdout


def test_explain_knows_every_code_and_its_json_carries_refs():
    rows = json.loads(ejmon("explain", "--format", "json").stdout)
    assert len(rows) > 60
    for row in rows:
        assert row["what"] in ("finding", "cause") and row["title"] and row["text"], row["code"]
        assert isinstance(row["refs"], list) and isinstance(row["remedies"], list)
    assert "What does not" in ejmon("explain", "theme/stale-volume").stdout
    unknown = ejmon("explain", "theme/stale-volumes")
    assert unknown.returncode == 3 and "did you mean 'theme/stale-volume'" in unknown.stderr


def test_explain_says_what_kind_of_evidence_a_finding_is_and_where_a_cause_lies():
    rows = {row["code"]: row for row in json.loads(ejmon("explain", "--format", "json").stdout)}
    kinds = {"theme/css-empty": "content", "nginx/bad-gateway": "absence", "db/rocket-row-differs": "state", "env/theme-value": "latent",
             "logs/disk-full": "trace", "theme/volume-unseen": "none"}
    assert {code: rows[code]["evidence"] for code in kinds} == kinds
    assert {row["evidence"] for row in rows.values() if row["what"] == "finding"} == {*kinds.values()}
    assert rows["disk/full"]["layer"] == "host" and "evidence" not in rows["disk/full"]
    assert "in effect or not" in " ".join(ejmon("explain", "env/theme-value").stdout.split())
    assert "theme/css-wrong-theme" in rows["theme/bad-name"]["explains"]


def test_explain_speaks_portuguese_by_option_or_locale():
    english = ejmon("explain", "web/down").stdout
    assert "What it means" in english and max(map(len, english.splitlines())) <= 80
    portuguese = ejmon("--lang", "pt-BR", "explain", "web/down").stdout
    assert "O que significa" in portuguese and "docker-compose up -d web" in portuguese
    assert max(map(len, portuguese.splitlines())) <= 80
    environment = {**os.environ, "LANG": "pt_BR.UTF-8"}  # no such locale need be installed
    assert ejmon("explain", "web/down", env=environment).stdout == portuguese
    assert ejmon("explain", "web/down", "--lang", "en", env=environment).stdout == english
    row = json.loads(ejmon("explain", "web/down", "--format", "json", "--lang", "pt").stdout)[0]
    assert row["lang"] == "pt_BR" and row["code"] == "web/down" and row["title"] in portuguese


def test_what_cannot_be_seen_is_listed_with_its_reason():
    assert "ej D10" in ejmon("explain", "--unseen").stdout
    for row in json.loads(ejmon("explain", "--unseen", "--format", "json").stdout):
        assert row["what"] == "unseen" and row["title"] and row["text"] and row["refs"]


def test_a_cause_is_told_in_the_language_in_json_too(lab, mended):
    lab.fault("web-stopped")
    text = lab.ejmon("check", "--lang", "pt_BR").stdout
    assert "Causa: web/down (certa)" in text and "à mão     docker-compose ps web" in text
    environment = {**os.environ, "LANG": "pt_BR.UTF-8"}
    done = subprocess.run([EJMON, "check", "--format", "json", "-c", lab.dir / "ejmon.yaml"], env=environment, capture_output=True, text=True)
    assert {cause["code"]: cause["confidence"] for cause in json.loads(done.stdout)["causes"]}["web/down"] == "certain"
    assert "O contêiner web está fora do ar" in [cause["summary"].split(":")[0] for cause in json.loads(done.stdout)["causes"]]


@pytest.mark.parametrize("arguments, words", [
    (["explain", "--lang", "klingon"], "--lang klingon: there are en and pt_BR"),
    (["explain", "--setting", "EJ_THEME", "file=config.env"], "one after the other"),
    (["explain", "--kind", "web", "--format", "json"], "no kind of check, remedy or sink is called 'web'"),
    (["chekc"], "did you mean 'check'"),
    (["check", "--format", "yaml"], "there are json"),
    (["check", "-c", "/does/not/exist.yaml"], "/does/not/exist.yaml"),
    (["probe"], "KIND"),
    (["probe", "frme", "url=http://x/"], "frme"),
    (["probe", "http"], "url"),
    (["probe", "http", "url=chat.example.org"], "url"),
    (["probe", "http", "url=http://127.0.0.1/", "satus=200"], "satus"),
    (["probe", "postgres", "url=postgresql://u:hunter2@127.0.0.1/db"], "_file"),
    (["check", "--yes"], "--yes"),
    (["check", "--confg", "x"], "ejmon: there is no option '--confg', did you mean '--config'?"),
    (["check", "--frobnicate"], "ejmon: there is no option '--frobnicate' ("),
    (["check", "-qx"], "ejmon: there is no option '-x' ("),
    (["heal", "--yes=no"], "there is no option '--yes=no'"),
    (["check", "--config"], "ejmon: -c, --config FILE: its value is missing"),
    (["check", "-c"], "ejmon: -c, --config FILE: its value is missing"),
    (["check", "--frobnicate", "--lang", "pt_BR"], "ejmon: não há opção '--frobnicate'"),
])
def test_bad_usage_is_unknown_and_says_what_to_do(arguments, words, tmp_path):
    done = ejmon(*arguments, cwd=tmp_path)
    assert done.returncode == 3
    assert words in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_an_unknown_check_is_named_with_its_nearest(lab):
    done = lab.ejmon("check", "them")
    assert done.returncode == 3 and "did you mean 'theme'" in done.stderr


def test_a_reader_that_closes_the_pipe_is_no_error(lab):
    done = subprocess.run(f"{EJMON} explain | head -1; echo ${{PIPESTATUS[0]}}", shell=True, executable="/bin/bash", capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "0" and done.stderr == ""


def test_a_report_that_cannot_be_written_is_an_error():
    with open("/dev/full", "w") as full:
        for arguments in (["explain"], ["--version"], ["probe", "tcp", "address=127.0.0.1:1"]):
            done = subprocess.run([EJMON, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
            assert done.returncode == 3 and done.stderr == "ejmon: the output could not be written: No space left on device\n", done


def test_help_and_version_are_everywhere():
    assert ejmon("--version").stdout.startswith("ejmon ")
    overview = ejmon("--help").stdout
    for command in ("check", "probe", "plan", "heal", "run", "explain", "conf", "status", "incidents", "health"):
        assert f"\n  {command} " in overview
        assert ejmon(command, "--help").stdout.startswith(f"usage: ejmon {command}")
        assert ejmon("help", command).stdout == ejmon(command, "--help").stdout
    assert ejmon("help").stdout == overview
    assert "'help'" not in ejmon("help", "chekc").stderr and "did you mean 'check'" in ejmon("help", "chekc").stderr


def test_one_probe_needs_no_configuration(lab):
    site = lab.status["site"]
    good = ejmon("probe", "http", f"url={site}/sw.js", "status=200")
    assert good.returncode == 0, good.stdout + good.stderr
    bad = ejmon("probe", "http", f"url={site}/sw.js", "body=no such text", "--format", "json")
    assert bad.returncode == 2
    jsonschema.validate(json.loads(bad.stdout), SCHEMA)
    frame = ejmon("probe", "frame", f"url={site}/login/", "embedder=https://chat.elsewhere.example", "--format", "json")
    assert frame.returncode == 2
    assert json.loads(frame.stdout)["checks"][0]["findings"][0]["code"].startswith("frame/")


def test_an_address_where_nothing_listens_is_a_fault_not_a_riddle():
    done = ejmon("probe", "http", "url=http://127.0.0.1:1/", "--format", "json")
    assert done.returncode == 2
    assert "127.0.0.1:1" in done.stdout and "onnect" in done.stdout


def test_no_secret_is_in_any_output(lab, mended, tmp_path):
    """A canary in every secret place that this stack has: config.env's key and passwords, the DSN, a sink's authorization."""
    canary = "c4n4ry-5ecret-7f3a"
    env = tmp_path / "config.env"
    lines = [line for line in (lab.dir / "config.env").read_text().splitlines() if not re.match("DJANGO_SECRET_KEY|POSTGRES_PASSWORD|DJANGO_DB_URL", line)]
    port = re.search(r":(\d+)/", lab.status["postgres"]).group(1)
    env.write_text("\n".join(lines + [f"DJANGO_SECRET_KEY={canary}", f"POSTGRES_PASSWORD={canary}", f"EJ_ROCKETCHAT_AUTH_TOKEN={canary}",
                                      f"DJANGO_DB_URL=psql://ej:{canary}@127.0.0.1:{port}/db"]) + "\n")
    secret = tmp_path / "token"
    secret.write_text(canary + "\n")
    secret.chmod(0o600)
    config = tmp_path / "ejmon.yaml"
    config.write_text(re.sub(r"env_file: .*", f"env_file: {env}", re.sub(r"  postgres: .*\n", "", (lab.dir / "ejmon.yaml").read_text()))
                      + f"sinks:\n  hook: {{ kind: webhook, url: 'http://127.0.0.1:1/{canary}', authorization_file: {secret} }}\n")
    for arguments in (["check", "-v"], ["check", "--format", "json"], ["check", "--format", "nagios"], ["conf", "show"], ["conf", "check"], ["plan"],
                      ["heal", "--yes"], ["status"]):
        done = ejmon(*arguments, "-c", config)
        assert canary not in done.stdout + done.stderr, arguments
    assert "[hidden]" in ejmon("conf", "show", "-c", config).stdout


# --- the running daemon needs no right configuration ---------------------------------------------------------------------------------

QUIET = """
state: {state}
stack: {{ site: 'http://127.0.0.1:1', web: off, docker: off }}
checks:
  nginx: off
  theme: off
  one: {{ kind: tcp, address: '127.0.0.1:1', interval: 1s, suspect: 200ms, down: 1s, fall: 2 }}
"""


@pytest.fixture
def monitor(tmp_path):
    """A daemon that watches next to nothing, and the file it was started with."""
    path = tmp_path / "ejmon.yaml"
    path.write_text(QUIET.format(state=tmp_path / "state"))
    (tmp_path / "state").mkdir()
    daemon = Daemon(EJMON, path)
    yield daemon
    daemon.stop()


SPOILT = {"a typo": ("checks:", "chekcs:"), "a tab": ("stack:", "\tstack:"), "a bad value": ("web: off", "web: nonsense"), "cut": ("}\nchecks:", "\nchecks:")}


@pytest.mark.parametrize("how", SPOILT)
def test_health_and_status_ask_the_daemon_past_a_broken_file(monitor, how):
    good = monitor.config.read_text()
    monitor.config.write_text(good.replace(*SPOILT[how]))
    assert ejmon("conf", "check", "-c", monitor.config).returncode == 3
    health = ejmon("health", "-c", monitor.config)
    assert health.returncode == 0 and health.stdout.startswith("alive"), health
    status = ejmon("status", "-c", monitor.config, "--format", "json")
    assert status.returncode == 0 and json.loads(status.stdout)["checks"], status
    assert health.stderr + status.stderr == ""


def test_health_and_status_take_the_state_folder_itself(monitor, tmp_path):
    state = tmp_path / "state"
    monitor.config.unlink()
    for command in ("health", "status"):
        assert ejmon(command, "--state", state, "-c", "/does/not/exist.yaml").returncode == 0
        assert ejmon(command, "--state", state, cwd=tmp_path).returncode == 0
    lost = ejmon("health", "-c", "/does/not/exist.yaml", "--state", tmp_path)
    assert lost.returncode == 1 and str(tmp_path) in lost.stderr


def test_no_edit_and_no_removed_file_hides_a_daemon_that_lives(monitor, tmp_path):
    good, state = monitor.config.read_text(), tmp_path / "state"

    def alive(*options, **more):
        health = ejmon("health", *(options or ("-c", monitor.config)), **more)
        status = ejmon("status", *(options or ("-c", monitor.config)), "--format", "json", **more)
        return health.returncode == 0 and status.returncode == 0 and json.loads(status.stdout)["running"]

    monitor.config.write_text("state: ${EJMON_NO_SUCH}/x\n")
    assert alive()
    monitor.config.write_text(good.replace(f"state: {state}", f"state: {tmp_path}/elsewhere"))
    assert alive()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/daemon.lock").touch()
    assert not alive()  # a daemon of its own was there, and it is that which is asked for
    monitor.process.send_signal(signal.SIGHUP)
    monitor.wait("takes effect at the next start")
    assert alive()
    monitor.config.unlink()
    assert alive() and alive(cwd=tmp_path) and alive("-c", "ejmon.yaml", cwd=tmp_path) and alive("-c", "./ejmon.yaml", cwd=tmp_path)
    assert not alive("-c", tmp_path / "other.yaml") and not alive("--state", tmp_path)
    (state / "ejmon.sock").unlink()
    assert alive() and alive("--state", state) and alive("--state", "state/", cwd=tmp_path)
    shutil.rmtree(state)
    assert alive() and alive("--state", state)
    monitor.process.send_signal(signal.SIGKILL)
    monitor.process.wait()
    monitor.config.write_text(good)
    assert not alive() and not alive("--state", state) and not alive(cwd=tmp_path)


def test_a_control_socket_that_was_removed_is_made_again(monitor, tmp_path):
    path = tmp_path / "state/ejmon.sock"
    path.unlink()
    monitor.wait("was removed, and is made again")
    assert stat.S_ISSOCK(path.stat().st_mode) and stat.S_IMODE(path.stat().st_mode) == 0o600
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(path))
        asking.sendall(b"health\n")
        assert json.loads(asking.makefile().readline())["ok"]
    assert monitor.stop() == 0 and not path.exists()


def test_daemons_of_one_host_are_not_mixed_up(monitor, tmp_path):
    """Two that share a configuration file: each is found in its own folder, and the end of one is not hidden by the other."""
    shared, environment = tmp_path / "shared.yaml", [dict(os.environ, EJMON_WHERE=str(tmp_path / name)) for name in ("a", "b")]
    shared.write_text(QUIET.format(state="${EJMON_WHERE}"))
    daemons = [subprocess.Popen([EJMON, "-c", shared, "run"], env=env, stderr=subprocess.PIPE, text=True) for env in environment]
    try:
        for daemon in daemons:
            assert any("watches 2 checks" in line for line in daemon.stderr)
        assert [ejmon("health", "-c", shared, env=env).returncode for env in environment] == [0, 0]
        assert ejmon("health", "-c", shared).returncode == 0  # its variable is not set here, and some daemon of the file lives
        daemons[1].kill()
        daemons[1].wait()
        assert [ejmon("health", "-c", shared, env=env).returncode for env in environment] == [0, 1]
        assert ejmon("health", "-c", monitor.config).returncode == 0
        monitor.stop()
        assert ejmon("health", "-c", monitor.config).returncode == 1
    finally:
        for daemon in daemons:
            daemon.kill()
            daemon.wait()
            daemon.stderr.close()


def test_without_an_answer_health_says_where_it_asked_and_why_there(tmp_path):
    lost = ejmon("health", "-c", tmp_path / "gone.yaml")
    assert lost.returncode == 1
    assert "/var/lib/ejmon" in lost.stderr and "gone.yaml cannot be read" in lost.stderr and "--state DIR" in lost.stderr
    (tmp_path / "ejmon.yaml").write_text("state: ${EJMON_NO_SUCH}/x\n")
    lost = ejmon("health", cwd=tmp_path)
    assert lost.returncode == 1 and "EJMON_NO_SUCH" in lost.stderr


def test_times_in_json_are_rfc_3339(monitor, tmp_path):
    incident = monitor.wait_status(lambda status: status["incidents"])
    stamp = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
    assert stamp.match(incident["started"]) and stamp.match(incident["incidents"][0]["opened"])
    text = ejmon("status", "-c", monitor.config).stdout
    assert f"running since {incident['started']}" in text and f"since {incident['incidents'][0]['opened']}" in text
    monitor.stop()
    journal = json.loads(ejmon("status", "-c", monitor.config, "--format", "json").stdout)
    assert journal["running"] is False and stamp.match(journal["incidents"][0]["opened"])


# --- usage ---------------------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("arguments", [["--version"], ["run"], ["status"], ["incidents"], ["health"], ["conf", "check"], ["conf", "show"],
                                       ["explain", "--unseen"], ["explain", "--kind", "http"]])
def test_surplus_words_are_errors(arguments, tmp_path):
    (tmp_path / "ejmon.yaml").write_text(f"state: {tmp_path}\nstack: {{ site: 'http://127.0.0.1:1' }}\n")
    done = subprocess.run([EJMON, *arguments, "extra"], cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert done.returncode == 3 and done.stdout == "" and ("'extra'" in done.stderr or "one after the other" in done.stderr), done
    assert not (tmp_path / "daemon.lock").exists()


def test_the_progress_line_fits_80_columns(tmp_path):
    with socket.create_server(("127.0.0.1", 0), backlog=200) as silent:  # takes connections, says nothing
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        (tmp_path / "ejmon.yaml").write_text(
            "stack: { site: off, web: off, docker: off }\nchecks:\n  env: off\n  disk: off\n  logs: off\n  containers: off\n"
            + "".join(f"  consultation-number-{i}: {{ kind: http, url: '{url}', timeout: 2s }}\n" for i in range(120)))
        master, slave = pty.openpty()
        process = subprocess.Popen([EJMON, "check"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=slave)
        os.close(slave)
        seen = b""
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:
                break
            if not chunk:
                break
            seen += chunk
        assert process.wait(timeout=60) == 2
    lines = [line for line in seen.decode().replace("\x1b[K", "").split("\r") if line.strip()]
    assert any(" of 134 checks done" in line and "waiting for consultation-number-" in line for line in lines), lines
    assert max(map(len, lines)) < 80, max(lines, key=len)


# --- explain, plan, probe ------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("word, parts", [
    ("theme", ["check theme: ", "Keys of every check", "theme/mixed-assets", "theme/stale-volume"]),  # a kind and a group
    ("db", ["db/migrations-pending"]),                                                                # a group alone
    ("clear-collect", ["remedy clear-collect: ", "Mode by default: auto", "theme/stale-volume"]),     # a remedy: what it heals
    ("http", ["check http: ", "expect.status", "http/timeout"]),                                      # a kind
    ("webhook", ["sink webhook: ", "authorization"]),
    ("db/*", ["db/migrations-pending"]),
    ("*/stale*", ["theme/stale-volume"]),
])
def test_explain_answers_to_kinds_groups_remedies_and_patterns(word, parts):
    done = ejmon("explain", word)
    assert done.returncode == 0, done.stderr
    for part in parts:
        assert part in done.stdout, part
    if word in ("db", "db/*"):
        assert "theme/" not in done.stdout.replace("layer", "")
    rows = json.loads(ejmon("explain", word, "--format", "json").stdout)
    names = [row.get("code") or row["name"] for row in rows]
    assert names and len(names) == len(set(names)), names
    if word == "http":
        kind = [row for row in rows if row.get("name") == "http"][0]
        assert kind["what"] == "check" and "expect.status" in [key["key"] for key in kind["keys"]]
        assert [key["required"] for key in kind["keys"] if key["key"] == "url"] == [True]


def test_explain_of_what_is_nothing_names_the_nearest():
    for word, nearest in (("them", "theme"), ("clear-colect", "clear-collect"), ("web/dwn", "web/down")):
        done = ejmon("explain", word)
        assert done.returncode == 3 and f"did you mean '{nearest}'" in done.stderr, done.stderr
    assert ejmon("explain", "nothing/*").returncode == 3
    assert "Códigos" in ejmon("explain", "theme", "--lang", "pt_BR").stdout


def test_plan_in_json_is_whole(lab, mended):
    lab.fault("theme-switched")
    cause = [row for row in json.loads(lab.ejmon("plan", "--format", "json").stdout)["causes"] if row["code"] == "theme/stale-volume"][0]
    assert cause["remedy"] == "clear-collect" and cause["mode"] == "auto" and cause["steps"]
    assert "collect" in [row["remedy"] for row in cause["refused"]] and all(row["why"] for row in cause["refused"])
    lab.mend()
    lab.fault("postgres-stopped")
    done = lab.ejmon("plan", "--format", "json")
    plan, text = json.loads(done.stdout), lab.ejmon("plan").stdout
    cause = [row for row in plan["causes"] if row["code"] == "database/down"][0]
    assert cause["remedy"] is None and cause["by_hand"] and all(line in text for line in cause["by_hand"])
    assert isinstance(plan["could_not_look"], list) and cause["unusable"] == []
    said = [f"could not look: {row['check']}: {row['why']}" for row in plan["could_not_look"]]
    assert [line for line in text.splitlines() if line.startswith("could not look: ")] == said


def test_probe_takes_the_keys_that_explain_names(lab):
    site = lab.status["site"]
    assert ejmon("probe", "http", f"url={site}/sw.js", "expect.status=200", "expect.header=Content-Type: .*").returncode == 0
    bad = ejmon("probe", "http", f"url={site}/sw.js", "expect.status=404")
    assert bad.returncode == 2 and "http/status" in bad.stdout
    short = ejmon("probe", "http", f"url={site}/sw.js", "status=404")
    assert short.returncode == 2 and "http/status" in short.stdout
