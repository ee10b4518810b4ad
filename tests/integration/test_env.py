"""`ejmon probe env` and `ejmon explain --setting` as an administrator types them: a config.env alone, no stack, and no secret in any output."""
import json
import os
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT

EJMON = Path(os.environ.get("EJMON", ROOT / "ejmon")).absolute()
CANARY = "c4n4ry-of-the-test"
SHIPPED = """# as EJ's repository ships it, edited by somebody in a hurry
DJANGO_DEBUG=False
DJANGO_ENVIRONMENT=production
DJANGO_SECRET_KEY=al238gd93glx6o32nl02l1gi12678xz903
HOSTNAME=localhost
DJANGO_ALLOWED_HOSTS=localhost
USING_DOCKER=true
DJANGO_SETTINGS_MODULE=ej.settings
POSTGRES_DB=table
POSTGRES_USER=user
POSTGRES_PASSWORD=password
DJANGO_DB_URL=psql://user:password@postgres:5432/table
"""


@pytest.fixture
def ejmon(tmp_path):
    def run(*arguments):
        return subprocess.run([EJMON, *arguments], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, timeout=60)

    run.folder = tmp_path
    return run


def findings(done):
    return {finding["code"]: finding["severity"] for check in json.loads(done.stdout)["checks"] for finding in check["findings"]}


def test_the_shipped_file_is_told_of_its_published_key_and_password_and_of_nothing_else(ejmon):
    (ejmon.folder / "config.env").write_text(SHIPPED)
    done = ejmon("probe", "env", "file=config.env", "--format", "json")
    assert findings(done) == {"env/secret-key-published": "warning", "env/database-password": "warning"}, done
    assert done.returncode == 1
    assert "al238" not in done.stdout + done.stderr


def test_what_a_file_alone_tells(ejmon):
    text = SHIPPED.replace("DJANGO_DEBUG=False", "DJANGO_DEBUG=on").replace("DJANGO_SECRET_KEY=al238gd93glx6o32nl02l1gi12678xz903", "SECRET_KEY=" + CANARY)
    (ejmon.folder / "config.env").write_text(text + "EJ_ROCKETCHAT_INTEGRATION=enabled\nDJANGO_CSRF_TRUSTED_ORIGINS=a.org, b.org\nCOUNTRY=BR\n")
    done = ejmon("probe", "env", "file=config.env", "--format", "json")
    assert set(findings(done)) == {"env/debug-on", "env/secret-key-missing", "env/name-not-read", "env/integration-false-word", "env/list-blanks",
                                   "env/country-unknown", "env/database-password"}, done
    assert done.returncode == 2
    assert CANARY not in done.stdout + done.stderr


def test_without_anything_to_look_at_nothing_is_known(ejmon):
    assert ejmon("probe", "env").returncode == 3
    assert ejmon("probe", "env", "file=missing.env").returncode == 3


def test_the_way_of_a_setting_is_told_and_what_could_not_be_seen(ejmon):
    (ejmon.folder / "config.env").write_text("EJ_ROCKETCHAT_INTEGRATION=true\nEJ_ROCKETCHAT_URL=chat.example.org\n")
    (ejmon.folder / "ejmon.yaml").write_text("stack: { site: 'http://127.0.0.1:9', docker: off }\n")
    done = ejmon("explain", "--setting", "EJ_ROCKETCHAT_URL")
    assert done.returncode == 0 and "config.env, line 2" in done.stdout and "Cut: There is no scheme" in done.stdout, done
    assert done.stdout.count("Could not look") >= 3, done
    told = json.loads(ejmon("explain", "--setting", "EJ_ROCKETCHAT_URL", "--format", "json").stdout)
    assert told["setting"] == "EJ_ROCKETCHAT_URL" and told["cut"].startswith("There is no scheme")
    assert [step["stage"] for step in told["steps"]][:3] == ["file", "container", "ej"]


@pytest.mark.parametrize("name,words", [("X_FRAME_OPTIONS", "it reads DJANGO_X_FRAME_OPTIONS"), ("EJ_TEHME", "it reads EJ_THEME"),
                                        ("EJ_ROKETCHAT_URI", "did you mean 'EJ_ROCKETCHAT_URL'"), ("FOO", "it reads COUNTRY, ")])
def test_a_name_that_ej_does_not_read_is_answered_with_the_one_that_it_does(ejmon, name, words):
    done = ejmon("explain", "--setting", name)
    assert done.returncode == 3 and words in done.stderr, done


def test_no_way_of_any_setting_shows_a_secret(ejmon):
    url = f"DJANGO_DB_URL=psql://ej:{CANARY}/x@postgres/db\n"
    secrets = "".join(f"{name}={CANARY}\n" for name in ("DJANGO_SECRET_KEY", "POSTGRES_PASSWORD", "EJ_ROCKETCHAT_ADMIN_PASSWORD",
                                                        "EJ_ROCKETCHAT_AUTH_TOKEN", "EMAIL_HOST_PASSWORD"))
    (ejmon.folder / "config.env").write_text(url + secrets)
    (ejmon.folder / "ejmon.yaml").write_text("stack: { site: 'http://127.0.0.1:9', docker: off }\n")
    for name in ("DJANGO_DB_URL", "DJANGO_SECRET_KEY", "POSTGRES_PASSWORD", "EJ_ROCKETCHAT_ADMIN_PASSWORD", "EJ_ROCKETCHAT_AUTH_TOKEN",
                 "EMAIL_HOST_PASSWORD"):
        for form in ("text", "json"):
            done = ejmon("explain", "--setting", name, "--format", form)
            assert done.returncode == 0 and CANARY not in done.stdout + done.stderr, done
