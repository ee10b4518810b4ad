"""Who judges a repair, with real parts: what only an old view of it still shows does not undo it."""
import contextlib
import subprocess

CACHE = "sendfile on; open_file_cache max=2000 inactive=24h; open_file_cache_min_uses 1; open_file_cache_valid 40s;"


@contextlib.contextmanager
def files_kept_open(lab):
    """nginx serves each file as it opened it first for 40 s, twice as long as a remedy is verified for."""
    conf, reload = lab.dir / "nginx" / "nginx.conf", [lab.status["nginx_command"], "nginx", "-s", "reload"]
    former = conf.read_text()
    conf.write_text(former.replace("sendfile on;", CACHE))
    subprocess.run(reload, check=True, timeout=30)
    yield
    conf.write_text(former)
    subprocess.run(reload, check=True, timeout=30)


def test_a_right_collect_is_kept_while_nginx_still_serves_the_former_file(ejmon_binary, lab, mended):
    lab.fault("css-wrong-theme")
    with files_kept_open(lab):
        assert "theme/css-wrong-theme" in lab.ejmon("check", "theme").stdout  # fetches the files, as visitors do
        healed = lab.ejmon("heal", "--yes", timeout=200)
    assert "  collect: kept\n" in healed.stdout, healed.stdout
    assert "what was repaired is right" in healed.stdout  # it was waited for
    assert "undo:" not in healed.stdout
    assert healed.returncode == 0, healed.stdout
    assert lab.ejmon("check", "theme").returncode == 0
