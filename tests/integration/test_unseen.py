"""What could not be looked at is told as such, with its reason, and never called well or ill."""
import contextlib
import json
import socket
import subprocess
import threading
import time

import pytest

from conftest import EJMON
from test_rare_codes import NGINX, answering, found, probe, speaking


@contextlib.contextmanager
def sending(words):
    """A server that answers every request with these bytes, and closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    with server.accept()[0] as connection:
                        connection.recv(65536)
                        connection.sendall(words)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def layers_probe(site, *words):
    return probe("layers", f"site={site}", "web=http://127.0.0.1:1", "timeout=3s", *words)


@pytest.mark.parametrize("words", [b"", b"garbage", b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\ncut"])
def test_a_way_on_which_nothing_answers_is_not_called_well(words):
    with sending(words) as site:
        check = layers_probe(site)
    assert found(check) == {"layers/unseen"} and check["status"] == "unknown"
    assert all(one["saw"] for one in check["findings"][0]["evidence"]) and len(check["findings"][0]["evidence"]) == 2


@pytest.mark.parametrize("way,reason", [("web_command=/bin/false", "exit status 1"), ("web_command=/nonexistent", "cannot be started"),
                                        ("docker=/nonexistent.sock", "no Docker socket"), ("exec sleep 60", "was stopped"),
                                        ("trap '' TERM; while :; do sleep 1; done", "was stopped")])
def test_the_site_alone_is_a_view_but_a_way_in_that_leads_nowhere_is_told(way, reason, tmp_path):
    if "=" not in way:
        (tmp_path / "in-web").write_text(f"#!/bin/sh\n{way}\n")
        (tmp_path / "in-web").chmod(0o755)
        way = f"web_command={tmp_path}/in-web"
    with answering(NGINX) as site:
        alone, blind = layers_probe(site), layers_probe(site, way)
    assert found(alone) == {"layers/one-view"} and alone["status"] == "pass"
    assert found(blind) == {"layers/unseen"} and blind["status"] == "unknown"
    assert any(reason in one["saw"] for one in blind["findings"][0]["evidence"]), blind


SETTINGS = "DJANGO_SECRET_KEY=" + "k" * 50 + "\nDJANGO_DB_URL=psql://ej:passwordpassword@postgres/ej\nDJANGO_DEBUG=False\n"


@pytest.mark.parametrize("before", ["# words\n" * (2 << 17), "".join(f"V{number}=1\n" for number in range(5000)), "V=" + "x" * 40000 + "\n"],
                         ids=["comments", "variables", "line"])
def test_a_setting_is_not_missing_in_a_file_that_was_not_read_to_its_end(before, tmp_path):
    (tmp_path / "config.env").write_text("DJANGO_DEBUG=True\n" + before + SETTINGS)
    check = probe("env", f"file={tmp_path}/config.env")
    assert found(check) == {"env/unseen"} and check["status"] == "unknown"
    assert "left out" in check["findings"][0]["evidence"][0]["saw"], check


def test_a_setting_is_not_missing_in_an_environment_that_is_too_long_to_be_kept(tmp_path):
    def environment(count):
        filler = "".join(f"A{number}=" + "x" * 1000 + "\\0" for number in range(count))
        (tmp_path / "in-web").write_text("#!/bin/sh\ncase $1 in env) printf '" + filler + SETTINGS.replace("\n", "\\0") + filler + "' ;; esac\n")
        (tmp_path / "in-web").chmod(0o755)
        return probe("env", f"web_command={tmp_path}/in-web")
    assert "env/unseen" not in found(environment(20))
    check = environment(140)
    assert found(check) == {"env/unseen"} and check["status"] == "unknown", check


@pytest.mark.parametrize("way,reason", [("nginx_command=/nonexistent", "cannot be started"), ("docker=/nonexistent.sock", "no Docker socket"),
                                        ("exec sleep 60", "was stopped"), ("kill -9 $$", "exit status 137"), ("echo garbage", "no configuration"),
                                        ("echo '[emerg] host not found in upstream' >&2; exit 1", "[emerg] host not found")])
def test_a_way_into_nginx_that_leads_nowhere_is_told_and_changes_no_verdict(way, reason, tmp_path):
    def asked(way):
        if "=" not in way:
            (tmp_path / "in-nginx").write_text(f"#!/bin/sh\n{way}\n")
            (tmp_path / "in-nginx").chmod(0o755)
            way = f"nginx_command={tmp_path}/in-nginx"
        return probe("nginx", f"url={url}", way, "timeout=3s")
    with answering(NGINX) as url:
        well, blind = asked("echo '# configuration file /etc/nginx/nginx.conf:'"), asked(way)
    assert found(well) == set() and found(blind) == {"nginx/inside-unseen"} and blind["status"] == "pass", blind
    assert reason in blind["findings"][0]["evidence"][0]["saw"], blind


def test_a_setting_is_looked_for_everywhere_at_the_same_time(tmp_path):
    (tmp_path / "in-web").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "in-web").chmod(0o755)
    with speaking(b"") as silent:
        (tmp_path / "ejmon.yaml").write_text(f"stack: {{ site: 'http://{silent}', web: 'http://{silent}', web_command: [{tmp_path}/in-web], docker: off, "
                                             f"postgres: 'postgresql://ej@{silent}/ej' }}\n")
        started = time.monotonic()
        done = subprocess.run([EJMON, "-c", tmp_path / "ejmon.yaml", "explain", "--setting", "EJ_ROCKETCHAT_URL", "--format", "json"], capture_output=True,
                              text=True, timeout=60)
        assert time.monotonic() - started < 16, "the places, 8 s each, were asked one after the other"
    steps = {step["stage"]: step["state"] for step in json.loads(done.stdout)["steps"]}
    assert {steps[stage] for stage in ("container", "row", "page")} == {"unseen"}, steps


def test_a_server_that_says_the_same_to_everything_serves_no_theme():
    with answering({"": (200, {"Content-Type": "text/plain"}, "ok")}) as url:
        check = probe("theme", f"url={url}", "theme=default")
    assert found(check) == {"theme/static-unseen"} and check["status"] == "unknown", check
