"""`ejmon run` as its user sees it: it stays quiet on a healthy stack, heals, pages what remains, survives restarts and bad files."""
import signal
import sqlite3


def journal(daemon, sql):
    with sqlite3.connect(f"file:{daemon.config.parent}/state/journal.db?mode=ro", uri=True) as database:
        return database.execute(sql).fetchall()


def all_pass(status):
    return all(check["status"] == "pass" and not check["symptoms"] for check in status["checks"])


def test_a_healthy_stack_is_watched_in_silence_and_left_on_sigterm(start):
    daemon = start()
    daemon.wait_status(lambda status: all_pass(status) and all(check["probes"] >= 3 for check in status["checks"]))
    assert daemon.ask("health").returncode == 0
    assert "alive" in daemon.ask("health").stdout
    assert daemon.status()["incidents"] == []
    assert daemon.stop() == 0
    assert daemon.notices() == []
    assert [line for line in daemon.logged("warning:|error:") if "config.env" not in line and "ejmon.yaml" not in line] == []
    assert daemon.ask("health").returncode == 1


def test_a_wrong_theme_is_healed_verified_journalled_and_nobody_is_paged(start, lab):
    daemon = start(more="checks: { postgres: off, mongo: off, rocketchat: off }")
    lab.fault("theme-switched")
    daemon.wait(r"incident theme/stale-volume\S* opened")
    daemon.wait(r"remedy clear-collect: kept")
    daemon.wait(r"incident theme/stale-volume\S* closed")
    assert {check["name"]: check["status"] for check in lab.report("theme", "nginx", "django")["checks"]} == dict.fromkeys(["django", "nginx", "theme"], "pass")
    assert journal(daemon, "SELECT cause, remedy, state FROM attempts") == [("theme/stale-volume", "clear-collect", "kept")]
    assert [row[0] for row in journal(daemon, "SELECT state FROM incidents WHERE code = 'theme/stale-volume'")] == ["closed"]
    daemon.wait("alert theme/stale-volume: updated delivered to pager")
    told = [notice for notice in daemon.notices() if notice["data"]["code"] == "theme/stale-volume"]
    assert [(notice["type"], notice["data"]["severity"]) for notice in told] == [("incident.updated", "info")]
    assert "clear-collect: kept" in told[0]["data"]["text"]


def test_a_stopped_database_is_one_page_and_one_resolve(start, lab):
    daemon = start()
    daemon.wait_status(all_pass)
    lab.fault("postgres-stopped")
    daemon.wait(r"notice triggered database/down")
    assert {incident["code"] for incident in daemon.status()["incidents"] if incident["state"] == "open"} == {"database/down"}
    assert journal(daemon, "SELECT count(*) FROM attempts") == [(0,)]
    lab.mend("postgres-stopped")
    daemon.wait(r"notice resolved database/down")
    daemon.wait_status(all_pass)
    assert daemon.stop() == 0
    told = [(notice["type"], notice["data"]["code"]) for notice in daemon.notices()]
    assert told.count(("incident.triggered", "database/down")) == 1
    assert told.count(("incident.resolved", "database/down")) == 1
    text = next(notice["data"]["text"] for notice in daemon.notices())
    assert "Seen:" in text and "db/unreachable" in text and "ejmon explain database/down" in text


def incidents_told(daemon, event):
    return {notice["data"]["incident"] for notice in daemon.notices() if notice["type"] == f"incident.{event}"}


def test_every_outage_of_web_is_paged_and_resolved_though_its_lines_stay_in_the_logs(start, lab):
    daemon = start()
    daemon.wait_status(all_pass)
    for _ in range(2):
        since, before = len(daemon.lines), incidents_told(daemon, "triggered")
        lab.fault("web-stopped")
        daemon.wait(r"triggered delivered to pager", since=since)
        daemon.wait_status(lambda status: any("logs/" in symptom["code"] for check in status["checks"] for symptom in check["symptoms"]))
        lab.mend("web-stopped")
        daemon.wait_status(lambda status: all_pass(status) and not status["incidents"] and incidents_told(daemon, "triggered") == incidents_told(daemon, "resolved"))
        assert incidents_told(daemon, "triggered") > before


def test_a_restart_neither_closes_nor_repeats_an_incident(start, lab):
    daemon = start()
    daemon.wait_status(all_pass)
    lab.fault("postgres-stopped")
    daemon.wait(r"alert database/down: triggered delivered to pager")
    daemon.stop(signal.SIGKILL)
    assert "database/down" in daemon.ask("status").stdout  # from the journal, and it says so
    assert "No daemon runs" in daemon.ask("status").stdout
    again = start(config=daemon.config)
    again.wait(r"incident database/down\S* is still open")
    again.wait_status(lambda status: all(check["probes"] >= 3 for check in status["checks"]))
    assert [incident["code"] for incident in again.status()["incidents"] if incident["state"] == "open"] == ["database/down"]
    lab.mend("postgres-stopped")
    again.wait(r"alert database/down: resolved delivered to pager")
    told = [(notice["type"], notice["data"]["incident"]) for notice in again.notices() if notice["data"]["code"] == "database/down"]
    assert [kind for kind, _ in told] == ["incident.triggered", "incident.resolved"]
    assert len({incident for _, incident in told}) == 1


def test_a_bad_file_keeps_the_running_configuration_and_a_good_one_replaces_it(start):
    daemon = start()
    good = daemon.config.read_text()
    daemon.config.write_text(good.replace("interval: 1s", "interval: soon").replace("rise: 2", "rize: 2"))
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait("the running one stays in force")
    assert len(daemon.logged(r"error: reload: .*ejmon.yaml:\d+:\d+: ")) >= 2  # all errors at once
    daemon.wait_status(all_pass)
    daemon.config.write_text(good + "checks:\n  mongo: off\n")
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait("reload: done")
    status = daemon.wait_status(lambda status: all_pass(status) and status["checks"])
    assert "mongo" not in {check["name"] for check in status["checks"]}


def test_two_daemons_do_not_share_a_state_folder(start):
    daemon = start()
    second = daemon.ask("run")
    assert second.returncode == 3
    assert "another ejmon runs on" in second.stderr
    assert daemon.ask("health").returncode == 0


def test_in_mode_observe_nothing_is_done_and_people_are_told_at_once(start, lab):
    daemon = start("mode: observe\nchecks: { postgres: off, mongo: off, rocketchat: off }")
    lab.fault("static-truncated")
    daemon.wait(r"notice triggered theme/partial-copy")
    assert daemon.logged("clear-collect is held: the mode is observe")
    assert journal(daemon, "SELECT count(*) FROM attempts") == [(0,)]
    assert [check["status"] for check in lab.report("theme")["checks"]] == ["fail"]


def test_what_a_mode_held_back_is_healed_once_a_reload_allows_it(start, lab):
    daemon = start("mode: approve\nchecks: { postgres: off, mongo: off, rocketchat: off }")
    lab.fault("static-truncated")
    daemon.wait(r"clear-collect is held: ")
    daemon.wait(r"alert theme/partial-copy: triggered delivered to pager")
    daemon.config.write_text(daemon.config.read_text().replace("mode: approve", "mode: auto"))
    daemon.process.send_signal(signal.SIGHUP)
    daemon.wait(r"remedy clear-collect: kept")
    daemon.wait(r"alert theme/partial-copy: resolved delivered to pager")


def test_a_changed_config_env_is_taken_in(start, lab):
    daemon = start()
    since = len(daemon.lines)
    lab.fault("env-edited-only-restarted")
    daemon.wait(r"config.env has changed", since=since)
    daemon.wait(r"reload: done", since=since)
    daemon.wait(r"incident theme/\S* opened", since=since)
