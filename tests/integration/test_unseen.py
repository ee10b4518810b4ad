"""What could not be looked at is told as such, with its reason, and never called well or ill."""
import contextlib
import socket
import threading

import pytest

from test_rare_codes import NGINX, answering, found, probe


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
