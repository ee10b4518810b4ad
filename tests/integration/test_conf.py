"""The configuration from outside: what `ejmon conf check` and `conf show` say, where it is looked for, and that no secret gets out."""
import os
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


def test_the_keys_of_every_kind_are_explained(ejmon):
    text = ejmon("explain", "--kind", "frame").stdout
    assert "embedder" in text and "default {rocketchat}" in text
    assert ejmon("explain", "--kind", "nothing").returncode == 3
