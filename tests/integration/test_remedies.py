"""The remedies step by step on the lab, by local commands: what they refuse, what they change, and that undo brings back the former state byte for byte."""
import hashlib
import os
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from drivers import Attempt


def snapshot_of(folder):
    """Content, mode and time of every file, ejmon's own left out."""
    found = {}
    for path in Path(folder).rglob("*"):
        if path.is_file() and ".ejmon" not in path.parts:
            status = path.stat()
            found[str(path.relative_to(folder))] = (hashlib.sha256(path.read_bytes()).hexdigest(), status.st_mode, status.st_mtime_ns)
    return found


def contents(folder):
    return {name: value[0] for name, value in snapshot_of(folder).items()}


def built_css(lab):
    return contents(Path(lab.status["app_root"]) / "lib/build/css")


def get(url, **headers):
    """Status, headers and body, whatever the status."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@pytest.fixture
def collect(lab, mended, tmp_path):
    def make(kind="collect", **settings):
        status = lab.status
        return Attempt(kind, tmp_path / f"{kind}-{time.monotonic_ns()}", command=status["web_command"], app_root=status["app_root"], **settings)
    return make


@pytest.fixture
def headers(lab, mended, tmp_path):
    def make(**settings):
        status = lab.status
        known = {"command": status["nginx_command"], "include": status["nginx_include"], "site": status["site"],
                 "embedder": status["rocketchat_origin"], "upstream": status["nginx_upstream"]}
        return Attempt("nginx-headers", tmp_path / f"headers-{time.monotonic_ns()}", **{**known, **settings})
    yield make
    Path(lab.status["nginx_include"]).unlink(missing_ok=True)


# --- collect and clear-collect --------------------------------------------------------------------------------------------------------


def test_a_healthy_volume_needs_neither(lab, collect):
    for kind in ("collect", "clear-collect"):
        assert "Nothing to do" in collect(kind).refused("preflight", "EALREADY")


def test_looking_changes_nothing(lab, collect):
    lab.fault("theme-switched")
    status = lab.status
    before = snapshot_of(status["static_root"]), snapshot_of(status["app_root"])
    collect("clear-collect")("describe", "preflight")
    collect("collect")("describe", "preflight")
    assert (snapshot_of(status["static_root"]), snapshot_of(status["app_root"])) == before
    assert not (Path(status["static_root"]) / ".ejmon").exists()


@pytest.mark.parametrize("fault", ["css-empty", "static-empty", "css-wrong-theme"])
def test_collect_heals_and_undo_brings_back_byte_for_byte(lab, collect, fault):
    status = lab.status
    healthy = contents(status["static_root"])
    lab.fault(fault)
    before, css_before = snapshot_of(status["static_root"]), built_css(lab)
    attempt = collect()
    attempt.done()
    assert healthy.items() <= contents(status["static_root"]).items(), "a collect removes no leftovers"
    assert get(status["site"] + "/static/css/main.css")[2] == (Path(status["app_root"]) / "lib/build/css/main-default.min.css").read_bytes()
    attempt.step("undo")
    assert snapshot_of(status["static_root"]) == before
    assert built_css(lab) == css_before
    assert "Nothing to bring back" in attempt.step("undo"), "undo may be called again"
    assert not (Path(status["static_root"]) / ".ejmon").exists()


@pytest.mark.parametrize("fault, word", [("theme-switched", "img/"), ("static-truncated", "js/main.js"), ("js-stale", "js/main.js")])
def test_where_the_mtime_rule_makes_collect_a_no_op_it_is_refused_and_clear_collect_heals(lab, collect, fault, word):
    lab.fault(fault)
    status = lab.status
    before, css_before = snapshot_of(status["static_root"]), built_css(lab)
    report = collect().refused("preflight", "EPERM")
    assert "skips what looks unmodified" in report and word in report and "clear-collect" in report
    attempt = collect("clear-collect")
    assert "differ" in attempt.done()
    assert "Nothing to do" in collect("clear-collect").refused("preflight", "EALREADY")
    attempt.step("undo")
    assert snapshot_of(status["static_root"]) == before
    assert built_css(lab) == css_before


def test_clear_collect_removes_what_has_no_source_and_leaves_dot_files(lab, collect):
    lab.fault("static-truncated")
    root = Path(lab.status["static_root"])
    (root / "img/leftover.svg").write_text("of another theme")
    (root / ".keep").write_text("not ours")
    attempt = collect("clear-collect")
    assert "removed 1" in attempt.done()
    assert not (root / "img/leftover.svg").exists() and (root / ".keep").read_text() == "not ours"
    attempt.step("undo")
    assert (root / "img/leftover.svg").read_text() == "of another theme"
    (root / ".keep").unlink()
    (root / "img/leftover.svg").unlink()


def test_the_site_is_never_naked_while_clear_collect_runs(lab, collect):
    lab.fault("theme-switched")
    site, seen, stop = lab.status["site"], [], threading.Event()
    paths = ["/static/css/main.css", "/static/img/logo/logo.svg", "/static/manifest.json", "/static/js/main.js"]

    def visit():
        while not stop.is_set():
            seen.extend((path, status, len(body)) for path in paths for status, _, body in [get(site + path)])

    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        attempt = collect("clear-collect")
        attempt.done()
        attempt.step("undo")
    finally:
        stop.set()
        visitor.join()
    assert len(seen) > 50
    assert not [entry for entry in seen if entry[1] != 200 or entry[2] == 0]


def test_the_saved_files_of_an_attempt_go_when_the_next_one_begins(lab, collect):
    root = Path(lab.status["static_root"])
    for _ in range(2):
        lab.fault("static-truncated")
        collect("clear-collect").done()
    assert len(list((root / ".ejmon").iterdir())) == 1


def test_undo_after_a_death_in_any_step_leaves_the_former_state(lab, collect):
    lab.fault("theme-switched")
    root = lab.status["static_root"]
    before = snapshot_of(root)
    for steps in (["snapshot"], ["snapshot", "apply"]):
        attempt = collect("clear-collect")
        attempt(*steps)
        state = (attempt.directory / "state.json").read_text()
        if steps == ["snapshot"]:
            (attempt.directory / "state.json").write_text(state.replace('"saved"', '"saving"'))
        attempt.step("undo")
        assert snapshot_of(root) == before


def test_undo_says_when_somebody_else_removed_what_was_saved(lab, collect):
    lab.fault("static-truncated")
    attempt = collect("clear-collect")
    attempt.done()
    lab.in_web("sh", "-c", f"rm -r {lab.status['static_root']}/.ejmon")
    assert "somebody else emptied the volume" in attempt.refused("undo", "ENOENT")


@pytest.mark.parametrize("fault, words", [
    ("css-empty-in-image", "is empty (its build failed)"),
    ("js-missing", "lib/build/js/main.js is missing"),
    ("theme-unknown-process", "The image has no lib/build/css/main-foo.min.css"),
])
def test_what_no_collect_can_heal_is_refused_with_the_reason(lab, collect, fault, words):
    lab.fault(fault)
    before = snapshot_of(lab.status["static_root"])
    for kind in ("collect", "clear-collect"):
        assert words in collect(kind).refused("preflight", "EPERM")
    assert snapshot_of(lab.status["static_root"]) == before


def test_a_theme_other_than_the_desired_one_is_refused(lab, collect):
    report = collect("clear-collect", theme="cpa").refused("preflight", "EPERM")
    assert "EJ_THEME=default, but the desired theme is cpa" in report and "up -d web" in report


def test_a_web_that_does_not_run_is_no_refusal_but_a_failure_to_look(lab, collect):
    lab.fault("web-stopped")
    answer = collect()("preflight")[-1]
    assert answer["result"] == -5 and "is not running" in answer["report"]


def test_a_root_that_holds_more_than_static_files_is_refused(lab, collect):
    app = lab.status["app_root"]
    for root in (app, f"{app}/local", "/", os.path.dirname(app)):
        assert "holds more than static files" in collect("clear-collect", static_root=root).refused("preflight", "EPERM")


def test_a_link_on_the_volume_is_refused(lab, collect):
    lab.fault("static-truncated")
    link = Path(lab.status["static_root"]) / "media"
    link.symlink_to(lab.status["media_root"])
    try:
        assert "symbolic link" in collect("clear-collect").refused("preflight", "EPERM")
    finally:
        link.unlink()


def test_a_wrapper_that_does_not_exist_is_named(lab, tmp_path):
    answer = Attempt("collect", tmp_path / "a", command="/nonexistent/wrapper")("preflight")[-1]
    assert answer["result"] == -2 and "/nonexistent/wrapper cannot be started" in answer["report"]


def test_without_any_way_into_web_it_says_what_to_set(tmp_path):
    answer = Attempt("collect", tmp_path / "a")("preflight")[-1]
    assert answer["result"] not in (0, -1, -114) and "stack.docker, or stack.web_command" in answer["report"]


def test_describe_is_honest_about_what_runs(lab, collect):
    report = collect("clear-collect").step("describe")
    assert "inv collect" in report and "DJANGO_STATIC_ROOT=STATIC_ROOT/.ejmon/ATTEMPT/fresh" in report
    assert "os.replace(want[path]" in report, "the program itself is shown"


# --- nginx-headers --------------------------------------------------------------------------------------------------------------------


def csp(lab, path="/talks/login/"):
    return get(lab.status["site"] + path)[1].get_all("Content-Security-Policy") or []


def wait_for(condition, what):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def settled(lab):
    """Waits until nginx's new workers answer: for a moment after a reload an old one may still take a connection or two."""
    wait_for(lambda: all(policy.endswith(" " + lab.status["rocketchat_origin"]) for _ in range(8) for policy in csp(lab)), "the new workers do not answer")


def test_nginx_headers_lets_the_embedder_in_and_keeps_everything_else(lab, headers):
    lab.fault("origin-not-listed")
    origin, site = lab.status["rocketchat_origin"], lab.status["site"]
    before = {path: get(site + path) for path in ("/talks/login/", "/login/", "/talks/api-login/", "/conversations/")}
    attempt = headers()
    attempt.done()
    settled(lab)
    for path, (status, old, _) in before.items():
        now_status, now, _ = get(site + path)
        assert now_status == status, path
        if path == "/conversations/":
            assert now.get_all("Content-Security-Policy") == old.get_all("Content-Security-Policy"), "no other path is touched"
            continue
        policies = now.get_all("Content-Security-Policy")
        assert len(policies) == 1 and policies[0].startswith("frame-ancestors 'self' ") and policies[0].endswith(" " + origin), policies
        assert set(old["Content-Security-Policy"].split()) <= set(policies[0].split()), "what was allowed stays allowed"
        assert now.get_all("X-Frame-Options") == [f"ALLOW-FROM {origin}"]
        kept = {name for name in old if name not in ("Content-Security-Policy", "X-Frame-Options")}
        assert kept <= set(now), path
    attempt.step("undo")
    wait_for(lambda: csp(lab) == before["/talks/login/"][1].get_all("Content-Security-Policy"), "the former headers")
    assert not Path(lab.status["nginx_include"]).exists()
    attempt.step("undo")


def test_headers_are_right_on_errors_too(lab, headers):
    lab.fault("origin-not-listed")
    headers().done()
    settled(lab)
    status, now, _ = get(lab.status["site"] + "/talks/api-login/")
    assert status == 401 and lab.status["rocketchat_origin"] in now["Content-Security-Policy"]


def test_undo_restores_the_former_file(lab, headers):
    lab.fault("origin-not-listed")
    include = Path(lab.status["nginx_include"])
    include.write_text("# Written by ejmon (remedy nginx-headers).\n# an older one\n")
    attempt = headers()
    attempt.done()
    assert "an older one" not in include.read_text()
    attempt.step("undo")
    assert include.read_text() == "# Written by ejmon (remedy nginx-headers).\n# an older one\n"


def test_a_second_attempt_keeps_what_the_first_one_kept(lab, headers):
    lab.fault("origin-not-listed")
    headers().done()
    first = Path(lab.status["nginx_include"]).read_text()
    limit = time.monotonic() + 60
    while headers()("preflight")[-1]["result"] == 0 and time.monotonic() < limit:  # nginx has not reloaded yet
        time.sleep(0.05)
    assert "already" in headers().refused("preflight", "EALREADY")
    headers()("snapshot", "apply")
    assert Path(lab.status["nginx_include"]).read_text() == first


def test_a_file_of_somebody_else_is_refused(lab, headers):
    include = Path(lab.status["nginx_include"])
    include.write_text("# mine\n")
    assert "does not begin with ejmon's mark" in headers().refused("preflight", "EPERM")
    include.unlink()
    include.symlink_to("/etc/hostname")
    assert "not a plain small file" in headers().refused("preflight", "EPERM")


def test_a_configuration_that_nginx_does_not_accept_is_refused_before_anything_is_touched(lab, headers):
    broken = Path(lab.status["nginx_include"]).with_name("broken.conf")
    broken.write_text("nonsense;\n")
    try:
        report = headers().refused("preflight", "EPERM")
        assert "nonsense" in report and "Repair that first" in report
    finally:
        broken.unlink()


def test_a_file_that_nginx_does_not_include_is_refused(lab, headers, tmp_path):
    report = headers(include=str(tmp_path / "ejmon.conf")).refused("preflight", "EPERM")
    assert "nginx does not include" in report and "put `include" in report


def test_an_embedder_that_is_no_origin_is_refused(lab, headers):
    for embedder in ("chat.example.org", "ftp://x", "*"):
        assert "origin" in headers(embedder=embedder).refused("preflight", "EPERM")


def test_what_nginx_refuses_after_writing_is_undone(lab, headers):
    """upstream is a host that does not resolve: nginx -t fails only once the file is there."""
    before = csp(lab)
    attempt = headers(upstream="http://no-such-host.invalid:1")
    answers = attempt("preflight", "snapshot", "apply")
    assert answers[-1]["step"] == "apply" and answers[-1]["result"] < 0 and "host not found" in answers[-1]["report"]
    attempt.step("undo")
    assert not Path(lab.status["nginx_include"]).exists() and csp(lab) == before


def test_a_file_that_nginx_sees_elsewhere_is_noticed(lab, headers, tmp_path):
    """include and include_inside name different files, as with a wrong mount."""
    inside = lab.status["nginx_include"]
    attempt = headers(include=str(tmp_path / "ejmon.conf"), include_inside=inside)
    answers = attempt("preflight", "snapshot", "apply")
    assert answers[-1]["result"] < 0 and "does not see what was written" in answers[-1]["report"]
    attempt.step("undo")
    assert not (tmp_path / "ejmon.conf").exists()


def test_a_site_that_does_not_answer_is_another_fault(lab, headers):
    answer = headers(site="http://127.0.0.1:1")("preflight")[-1]
    assert answer["result"] not in (0, -1, -114) and "repair that first" in answer["report"]


def test_the_upstream_is_read_from_nginx_when_nobody_says(lab, headers):
    lab.fault("origin-not-listed")
    attempt = headers(upstream=None)
    attempt.done()
    settled(lab)
    assert lab.status["rocketchat_origin"] in csp(lab)[0]
