"""The checks of containers and logs against a real Docker Engine in namespaces of its own (tests/lab/docker): real states, mounts and logs."""
import json
import os
import subprocess

import dockerlab
import pytest
from conftest import EJMON

REASON = dockerlab.why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=f"NO DOCKER ENGINE TESTS: {REASON}")
SECRET = "canary-7f3a9c1e55d0"


def probe(engine, kind, project, *words, status=None):
    """The report of one check of one probe, made in the engine's network."""
    done = subprocess.run([dockerlab.HERE / "engine", engine.dir, "in", EJMON, "probe", kind, f"docker={engine.url}", f"project={project}", *words,
                           "--format", "json"], capture_output=True, text=True, timeout=60)
    report = json.loads(done.stdout)
    if status:
        assert report["status"] == status, report
    return report["checks"][0]


def ill(check):
    return {finding["code"]: finding for finding in check["findings"] if finding["severity"] != "info"}


def create(engine, project, service, *command, image="ejmon-lab", options=(), init=True):
    """A container as compose would make it, of any image."""
    name = f"{project}_{service}_1"
    engine.docker("run", "-d", *(["--init"] if init else []), "--name", name, "--label", f"com.docker.compose.service={service}", "--label",
                  f"com.docker.compose.project={project}", "--network", dockerlab.PROJECT, *options, image, *command)
    return name


@pytest.fixture
def project(engine, request):
    """A compose project of the test's own; whatever it made is removed afterwards."""
    name = "".join(letter for letter in request.node.name if letter.isalnum())[:20].lower()
    yield name
    for label in (name, f"{name}2"):
        names = engine.docker("ps", "-aqf", f"label=com.docker.compose.project={label}").split()
        if names:
            engine.docker("rm", "-fv", *names, check=False)


def state(engine, name):
    return json.loads(engine.docker("inspect", name))[0]["State"]


def test_a_sound_stack_raises_nothing(engine, project):
    create(engine, project, "web", "sleep", "infinity", options=["-v", "sound_static:/app/local/static", "-v", "sound_media:/app/local/media"])
    create(engine, project, "nginx", "sleep", "infinity", options=["-v", "sound_static:/usr/share/nginx/html/static:ro", "-p", "80:80"])
    create(engine, project, "postgres", "sleep", "infinity", options=["-p", "127.0.0.1:5432:5432"])
    check = probe(engine, "containers", project, status="pass")
    assert check["findings"] == []
    assert {"containers/web-down", "containers/nginx-down", "containers/postgres-down", "containers/static-not-shared", "containers/static-two-projects",
            "containers/port-published", "containers/image-untagged", "containers/out-of-memory"} <= set(check["passed"])
    assert "containers/mongo-down" not in check["passed"], "what the project does not have was not looked at"


def test_a_start_that_fails_loops_and_its_log_says_why_without_its_secrets(engine, project):
    words = f"django.core.exceptions.ImproperlyConfigured: Invalid environment: staging\\nKeyError: '{SECRET}'"
    script = f"echo Rocket.Chat integration is ON; printf 'Traceback (most recent call last):\\n  File \"x\"\\n{words}\\n' >&2; exit 1"
    name = create(engine, project, "web", "sh", "-c", script, options=["--restart", "always", "-e", f"DJANGO_SECRET_KEY={SECRET}"])
    engine.wait(lambda: state(engine, name)["Status"] == "restarting" and json.loads(engine.docker("inspect", name))[0]["RestartCount"] >= 3, 30, "the loop")
    found = ill(probe(engine, "containers", project, status="fail"))
    assert "restarts again and again" in found["containers/web-down"]["summary"]
    check = probe(engine, "logs", project)
    assert SECRET not in json.dumps(check)
    reason = ill(check)["logs/environment-refused"]
    assert '"staging"' in reason["summary"] and reason["evidence"][0]["what"] == name


def test_a_traceback_of_a_real_start_is_read_from_the_engine(engine, project):
    name = create(engine, project, "web", "inv", "collect", "db", "-m", "gunicorn", options=[
        "--restart", "always", "-u", "1000:1000", "-e", "EJ_THEME=foo", "-e", "PYTHONPATH=/app/src/", "-e", "DJANGO_ENVIRONMENT=production",
        "-e", "DJANGO_SECRET_KEY=only-for-this-lab-0123456789"])
    engine.wait(lambda: state(engine, name)["Status"] == "restarting", 30, "the loop")
    check = probe(engine, "logs", project)
    assert '"foo"' in ill(check)["logs/theme-name"]["summary"] and len(ill(check)) == 1, check


def test_nginx_that_cannot_resolve_web_is_named(engine, project):
    create(engine, project, "web", "sleep", "infinity")
    script = ("text = open('/etc/nginx/nginx.conf').read().replace('web:8000', 'gone.invalid:8000')\n"
              "open('/tmp/nginx.conf', 'w').write(text)\nimport os\nos.execvp('nginx', ['nginx', '-c', '/tmp/nginx.conf'])")
    name = create(engine, project, "nginx", "python3", "-c", script)
    engine.wait(lambda: state(engine, name)["Status"] == "exited", 20, "the end of nginx")
    assert "is exited: exit code 1" in ill(probe(engine, "containers", project))["containers/nginx-down"]["summary"]
    found = ill(probe(engine, "logs", project, status="fail"))
    assert list(found) == ["logs/upstream-unknown"] and '"gone.invalid"' in found["logs/upstream-unknown"]["summary"], found


def test_mounts_ports_and_images_that_are_dangerous_are_named(engine, project):
    engine.docker("tag", "ejmon-lab", "mongo:latest")
    create(engine, project, "web", "sleep", "infinity", options=["-v", "shared_static:/app/local/static"])
    create(engine, project, "nginx", "sleep", "infinity", options=["-v", "other_static:/usr/share/nginx/html/static"])
    create(engine, f"{project}2", "web", "sleep", "infinity", options=["-v", "shared_static:/app/local/static"])
    create(engine, project, "mongo", "sh", "-c", "sleep infinity", "mongod", "--smallfiles", image="mongo", options=["-p", "27017:27017"])
    create(engine, project, "rocketchat", "sleep", "infinity", options=[
        "-e", "ROOT_URL=http://https://chat.example.org:3000", "-e", "SETTINGS_HIDDEN=Site_Url,Accounts_iframe_url", "-e", "MAX_RESUME_LOGIN_TOKENS=2",
        "-e", "OVERWRITE_SETTING_Accounts_Iframe_api_method=POST"])
    check = probe(engine, "containers", project, status="fail")
    found = ill(check)
    assert set(found) == {"containers/static-not-shared", "containers/static-two-projects", "containers/port-published", "containers/mongo-unpinned",
                          "containers/root-url", "containers/setting-hidden", "containers/token-limit"}, found
    assert f"{project}2" in found["containers/static-two-projects"]["summary"]
    assert "27017" in found["containers/port-published"]["summary"] and "--smallfiles" in found["containers/mongo-unpinned"]["summary"]
    assert "containers/setting-pinned" in [finding["code"] for finding in check["findings"]]


def test_without_a_project_two_stacks_are_no_guess(engine, project):
    create(engine, project, "web", "sleep", "infinity")
    create(engine, f"{project}2", "web", "sleep", "infinity")
    done = subprocess.run([EJMON, "probe", "containers", f"docker={engine.url}", "--format", "json"], capture_output=True, text=True, timeout=60)
    check = json.loads(done.stdout)["checks"][0]
    assert check["status"] == "unknown" and "stack.project" in check["findings"][0]["summary"]


def test_a_container_that_was_killed_for_want_of_memory_is_named(engine, project):
    name = create(engine, project, "web", "python3", "-c", "x = bytearray(10 ** 9); x[:] = b'1' * len(x)", init=False, options=["--memory", "24m", "--memory-swap", "24m"])
    engine.wait(lambda: state(engine, name)["Status"] == "exited", 30, "its end")
    if not state(engine, name)["OOMKilled"]:
        pytest.skip("this kernel does not tell the engine of the kill")
    found = ill(probe(engine, "containers", project))
    assert name in found["containers/out-of-memory"]["summary"] and "want of memory" in found["containers/web-down"]["summary"]


def test_paused_and_one_off_containers_are_told_apart(engine, project):
    web = create(engine, project, "web", "sleep", "infinity")
    once = engine.run("web", "sleep", "infinity", project=project, name=f"{project}_web_run_1", options=["--label", "com.docker.compose.oneoff=True"])
    check = probe(engine, "containers", project, status="pass")
    assert [finding["code"] for finding in check["findings"]] == ["containers/one-off"] and once in check["findings"][0]["summary"]
    engine.docker("pause", web)
    assert "is paused" in ill(probe(engine, "containers", project))["containers/web-down"]["summary"]
    engine.docker("unpause", web)


def test_an_image_that_has_lost_its_name_is_in_danger(engine, project):
    box = create(engine, f"{project}2", "box", "sleep", "infinity")
    engine.docker("commit", "-c", "LABEL changed=1", box, f"{project}:once")
    create(engine, project, "web", "sleep", "infinity", image=f"{project}:once")
    assert "containers/image-untagged" in probe(engine, "containers", project)["passed"]
    engine.docker("rmi", "-f", f"{project}:once")
    assert "prune" in ill(probe(engine, "containers", project, status="warn"))["containers/image-untagged"]["summary"]


def test_an_engine_that_is_not_there_makes_both_checks_unknown(engine, tmp_path):
    for kind, code in (("containers", "containers/unseen"), ("logs", "logs/unread")):
        done = subprocess.run([EJMON, "probe", kind, f"docker=unix://{tmp_path}/none", "--format", "json"], capture_output=True, text=True, timeout=60)
        check = json.loads(done.stdout)["checks"][0]
        assert done.returncode == 3 and [finding["code"] for finding in check["findings"]] == [code], check


def test_settings_that_compose_overrides_are_told_from_those_that_were_not_applied(engine, project, tmp_path):
    """By the container's age: one that is younger than config.env was created with what compose made of it."""
    config = tmp_path / "config.env"
    create(engine, project, "web", "sleep", "infinity", options=["-e", "EMAIL_HOST=mail.example.org"])
    config.write_text("EMAIL_HOST=smtp.example.org\n")

    def differs():
        return next(row for row in probe(engine, "env", project, f"file={config}")["findings"] if row["code"] == "env/differs")

    assert differs()["severity"] == "warning" and "not re-created" in differs()["summary"]
    os.utime(config, (1.5e9, 1.5e9))
    assert differs()["severity"] == "info" and "compose overrides it" in differs()["summary"]
