"""Everything that people read is in one language: no sentence of the catalogues is left in English where Portuguese is asked for."""
import json
import os
import re
import shutil
import subprocess

import pytest
from conftest import EJMON, ROOT
from daemon import Daemon, configure

SHORTEST = 13  # characters: shorter ones are words that foreign text may hold as well


def entries(path):
    """(msgid, msgstr) of a catalogue, as texts."""
    entry, key = {}, None
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        begun = re.match(r'(msgctxt|msgid|msgstr) "', line)
        if begun:
            key = begun[1]
            entry[key] = ""
        if begun or line.startswith('"'):
            entry[key] += json.loads(line[line.index('"'):])
        elif not line.strip() and entry:
            yield entry.get("msgid", ""), entry.get("msgstr", "")
            entry = {}


def pieces(text):
    """What stands between the conversions of a format, line by line."""
    return [piece.strip() for piece in re.split(r"%[-0-9.*$]*(?:ll|l|z)?[a-zA-Z%]|\n", text)]


def is_telling(piece):
    return len(piece) >= SHORTEST and len(re.findall(r"\b[a-z]{2,}\b", piece)) >= 3


@pytest.fixture(scope="module")
def english():
    """Pieces of English sentences that no Portuguese one holds."""
    both = [entry for path in sorted((ROOT / "conf/lang").rglob("*.po")) for entry in entries(path)]
    portuguese = "\n".join(text for _, text in both)
    found = {piece for text, other in both if text != other for piece in pieces(text) if is_telling(piece) and piece not in portuguese}
    assert len(found) > 1000
    return found


@pytest.fixture
def assert_portuguese(english):
    def judge(text):
        left = [piece for piece in english if piece in text]
        assert not left, f"{left}\n{text}"
    return judge


def test_every_text_of_the_sources_is_in_the_catalogues_and_confirmed():
    done = subprocess.run(["sh", ROOT / "conf/lang.sh", "missing"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_texts_of_one_line_or_several_without_a_confirmed_translation_are_missing(tmp_path):
    tree = tmp_path / "tree"
    for folder in ("checks", "conf", "monitor", "remedies"):
        shutil.copytree(ROOT / folder, tree / folder)
    path = tree / "conf/lang/pt_BR/monitor.po"
    left = path.read_text(encoding="utf-8").split("\n\n")
    for begin, is_fuzzy in (('msgid "yY"', False), ('msgid "By hand"', True), ('"CODE is also a pattern', False), ('"NAME is the name of a check', True)):
        at = next(i for i, entry in enumerate(left) if begin in entry and "msgctxt" not in entry)
        left[at] = left[at].replace("msgid ", "#, fuzzy\nmsgid ", 1) if is_fuzzy else left[at][:left[at].index("\nmsgstr")] + '\nmsgstr ""'
    path.write_text("\n\n".join(left), encoding="utf-8")
    done = subprocess.run(["sh", tree / "conf/lang.sh", "missing"], capture_output=True, text=True, timeout=120)
    untranslated, fuzzy = done.stdout.split("only-fuzzy")
    assert done.returncode == 1 and untranslated.count("msgid ") == fuzzy.count("msgid ") == 2, done
    assert "yY" in untranslated and "CODE is also" in untranslated and "By hand" in fuzzy and "NAME is the name" in fuzzy


def test_help_is_told_in_portuguese(assert_portuguese):
    for command in ("", "check", "probe", "plan", "heal", "run", "explain", "conf", "status", "health"):
        assert_portuguese(ejmon(*command.split(), "--help", "--lang", "pt_BR").stdout)


def test_a_changed_text_keeps_its_translation_and_a_new_one_borrows_none(tmp_path):
    tree = tmp_path / "tree"
    for folder in ("checks", "conf", "monitor", "remedies"):
        shutil.copytree(ROOT / folder, tree / folder)
    texts = tree / "checks/plain/plain.texts"
    changed = "From where ejmon runs, the name has no address at all."
    block = "\n[tcp/silent]\ntitle: It takes too long\nmeaning: Users wait.\nlooks: No answer.\nwhy: A server.\nheals: Another server.\nrefs: guide \"Deployment\"\n"
    texts.write_text(texts.read_text().replace("From where ejmon runs the name has no address.", changed) + block)
    command = tree / "monitor/commands/command_health.c"
    command.write_text(command.read_text().replace('"%s, lag %.3f s\\n"', '"%s, a lag of %.3f s\\n"').replace(
        'translated("ill")', 'translated("nobody is alive")'))
    subprocess.run(["sh", tree / "conf/lang.sh", "build", tmp_path / "built"], check=True, timeout=120)
    built = subprocess.run(["msgunfmt", tmp_path / "built/pt_BR.mo"], capture_output=True, text=True, check=True).stdout
    assert "De onde o ejmon roda, o nome não tem endereço." in built[built.index(changed):][:200]
    assert "atraso" in built[built.index("a lag of"):][:100]
    assert "tcp/silent" not in built and "nobody is alive" not in built


def test_what_a_client_library_says_in_libcs_words_is_translated():
    done = ejmon("probe", "postgres", "url=postgresql://a@127.0.0.1:1/x", "--lang", "pt_BR")
    assert "PostgreSQL em 127.0.0.1:1: Conexão recusada." in done.stdout


FAULTS = ["theme-switched", "web-stopped", "rocket-url-unset"]


def shape(report):
    """All of a report that is the same in every language."""
    checks = [(check["name"], check["status"], sorted(check), [(f["code"], f["severity"], f["layer"], f["confidence"]) for f in check["findings"]])
              for check in report["checks"]]
    return report["status"], checks, [(c["code"], c["confidence"], c.get("remedy")) for c in report["causes"]]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_report_is_told_in_portuguese_but_for_its_codes_and_keys(lab, mended, assert_portuguese, fault):
    lab.fault(fault)
    for _ in range(5):  # two looks at a stack that has just been broken may see it in two states
        plain, report = lab.report(), json.loads(lab.ejmon("--lang", "pt_BR", "check", "--format", "json").stdout)
        if shape(plain) == shape(report):
            break
    assert shape(report) == shape(plain) and report["status"] == "fail"
    assert_portuguese(json.dumps(report, ensure_ascii=False))
    assert_portuguese(lab.ejmon("--lang", "pt_BR", "check", "-v").stdout)
    assert_portuguese(lab.ejmon("--lang", "pt_BR", "check", "--format", "nagios").stdout)
    said = [f["summary"] for check in report["checks"] for f in check["findings"]]
    assert said and said != [f["summary"] for check in plain["checks"] for f in check["findings"]]


def test_plan_and_heal_speak_portuguese(lab, mended, assert_portuguese):
    lab.fault("static-truncated")
    plan = lab.ejmon("--lang", "pt_BR", "plan")
    assert plan.returncode == 1 and "remédio" in plan.stdout and "inv collect" in plan.stdout
    assert_portuguese(plan.stdout)
    assert_portuguese(lab.ejmon("--lang", "pt_BR", "plan", "--format", "json").stdout)
    healed = lab.ejmon("--lang", "pt_BR", "heal", "--yes", timeout=120)
    assert healed.returncode == 0, healed.stdout + healed.stderr
    assert "clear-collect: mantido" in healed.stdout
    assert_portuguese(healed.stdout + healed.stderr)
    assert_portuguese(lab.ejmon("--lang", "pt_BR", "conf", "show").stdout)
    assert_portuguese(lab.ejmon("--lang", "pt_BR", "conf", "check").stdout)
    assert_portuguese(lab.ejmon("--lang", "pt_BR", "explain", "--setting", "EJ_THEME").stdout)


def test_the_daemon_tells_people_in_the_language_of_its_configuration_and_logs_in_english(lab, mended, tmp_path, assert_portuguese):
    daemon = Daemon(EJMON, configure(lab, tmp_path, more="lang: pt_BR"))
    try:
        lab.fault("postgres-stopped")
        daemon.wait(r"notice triggered database/down")
        daemon.wait("alert database/down: triggered delivered to pager")
        status = daemon.ask("status")
        assert "incidente" in status.stdout and "database/down (crítico, aberto desde" in status.stdout
        assert re.search(r"^falha +postgres ", status.stdout, re.M), status.stdout
        assert_portuguese(status.stdout)
        lab.mend("postgres-stopped")
        daemon.wait(r"notice resolved database/down")
        daemon.wait("alert database/down: resolved delivered to pager")
    finally:
        assert daemon.stop() == 0
    for notice in daemon.notices():
        assert notice["data"]["severity"] in ("critical", "warning", "info")
        assert_portuguese(notice["data"]["summary"] + "\n" + notice["data"]["text"])
    assert "Visto:" in daemon.notices()[0]["data"]["text"]
    assert daemon.logged(r"^\S+ info: ejmon \S+ watches \d+ checks of") or daemon.logged(r"watches \d+ checks of")
    left = daemon.ask("status")
    assert "Nenhum daemon roda" in left.stdout
    assert_portuguese(left.stdout)


def ejmon(*arguments, **options):
    return subprocess.run([EJMON, *arguments], capture_output=True, text=True, timeout=60, **options)


def test_the_option_outranks_the_configuration_and_that_the_environment(tmp_path):
    path = tmp_path / "ejmon.yaml"
    path.write_text("lang: pt_BR\nchecks: { x: { kind: tcp, address: '127.0.0.1:1' } }\n")
    english = {**os.environ, "LANG": "en_US.UTF-8"}
    assert "FALHA" in ejmon("check", "-c", path, env=english).stdout
    assert "FAIL " in ejmon("check", "-c", path, "--lang", "en", env=english).stdout
    path.write_text("checks: { x: { kind: tcp, address: '127.0.0.1:1' } }\n")
    assert "FALHA" in ejmon("check", "-c", path, env={**os.environ, "LANG": "pt_BR.UTF-8"}).stdout


def test_errors_of_the_configuration_are_told_in_its_language(tmp_path, assert_portuguese):
    path = tmp_path / "ejmon.yaml"
    path.write_text("stack: { sitte: http://x/ }\nlang: pt_BR\nmode: later\ngrace: 5\n"
                    "checks: { x: { kind: http, url: 'http://x/', expect: { body: '(' } } }\n")
    done = ejmon("conf", "check", "-c", path)
    assert done.returncode == 3 and "chave desconhecida sitte, você quis dizer site?" in done.stderr
    assert "'(' não é uma expressão regular: ( ou \\( sem par" in done.stderr
    assert_portuguese(done.stderr)
    path.write_text("lang: klingon\n")
    done = ejmon("conf", "check", "-c", path)
    assert done.returncode == 3 and f"{path}:1:7: lang: no such language: there are en, pt_BR" in done.stderr
