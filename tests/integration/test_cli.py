"""The commands from outside: reports under their schema, exit statuses, errors that say what to do, no secret anywhere."""
import json
import os
import re
import subprocess

import jsonschema
import pytest
from conftest import EJMON, ROOT

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


def test_a_cause_is_told_in_the_language_and_json_stays_english(lab, mended):
    lab.fault("web-stopped")
    text = lab.ejmon("check", "--lang", "pt_BR").stdout
    assert "Causa: web/down (certa)" in text and "à mão     docker-compose ps web" in text
    environment = {**os.environ, "LANG": "pt_BR.UTF-8"}
    done = subprocess.run([EJMON, "check", "--format", "json", "-c", lab.dir / "ejmon.yaml"], env=environment, capture_output=True, text=True)
    assert "The web container is down" in [cause["summary"].split(":")[0] for cause in json.loads(done.stdout)["causes"]]


@pytest.mark.parametrize("arguments, words", [
    (["explain", "--lang", "klingon"], "--lang klingon: there are en and pt_BR"),
    (["explain", "--setting", "EJ_THEME", "file=config.env"], "one after the other"),
    (["explain", "--kind", "web", "--format", "json"], "text only"),
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
        for arguments in (["explain"], ["--version"], ["probe", "tcp", "address=nonsense"]):
            done = subprocess.run([EJMON, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
            assert done.returncode == 3 and done.stderr == "ejmon: the output could not be written: No space left on device\n", done


def test_help_and_version_are_everywhere():
    assert ejmon("--version").stdout.startswith("ejmon ")
    overview = ejmon("--help").stdout
    for command in ("check", "probe", "plan", "heal", "run", "explain", "conf", "status", "health"):
        assert f"\n  {command} " in overview
        assert ejmon(command, "--help").stdout.startswith(f"usage: ejmon {command}")


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
