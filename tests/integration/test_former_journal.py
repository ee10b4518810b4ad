"""A journal that an earlier ejmon left when it was killed is taken over: what it owed is delivered under the keys that receivers know."""
import json
import sqlite3
from pathlib import Path

from daemon import configure
from test_run_hard import journal, until

JOURNAL = Path(__file__).parent / "journals/version-0.sql"
ROCKET, THEME = "rocket/down@20261129T032111Z", "theme/partial-copy@20261129T032117Z"
ATTEMPT, SAVED = "clear-collect@1795922477.612", "b58a1838f52d"
SECOND = """  second: {{ kind: command, command: [flock, "{0}/second.jsonl", sh, -c, "cat >>{0}/second.jsonl; echo >>{0}/second.jsonl"] }}"""


def former_state(folder, lab):
    """The state folder as it was left, with the paths of this lab."""
    folder.mkdir(mode=0o700)
    database = sqlite3.connect(folder / "journal.db")
    database.executescript("PRAGMA journal_mode = WAL;" + JOURNAL.read_text().replace("/srv/lab", str(lab.dir)))
    database.close()
    (folder / "attempts" / ATTEMPT).mkdir(parents=True)
    (folder / "attempts" / ATTEMPT / "state.json").write_text(json.dumps({"attempt": SAVED, "root": f"{lab.dir}/volumes/static", "phase": "saved"}))


def heard(path):
    notices = [json.loads(line) for line in path.read_text().splitlines() if line] if path.exists() else []
    return [(notice["type"].partition(".")[2], notice["data"]["incident"], notice["data"]["id"]) for notice in notices]


def test_a_journal_from_before_there_were_versions_is_taken_over_with_all_that_it_owed(start, lab, tmp_path):
    config = configure(lab, tmp_path, SECOND.format(tmp_path) + "\nchecks: { postgres: off, mongo: off, login: off, frame: off, layers: off, logs: off }\n")
    former_state(tmp_path / "state", lab)
    lab.fault("rocket-stopped")
    lab.fault("static-truncated")
    daemon = start(config=config)
    daemon.wait("incident rocket/down@20261129T032111Z is still open from before")
    daemon.wait(r"attempt clear-collect@\S+ was left half-way by a former life: ")
    until(lambda: ("triggered", ROCKET, f"{ROCKET}-triggered-3") in heard(tmp_path / "second.jsonl"))
    daemon.look_on()
    lab.mend("rocket-stopped")
    for name in ("pager.jsonl", "second.jsonl"):
        until(lambda: ("resolved", ROCKET) in [one[:2] for one in heard(tmp_path / name)])
    daemon.wait_status(lambda status: not status["incidents"])
    code = daemon.stop()
    assert code == 0, "\n".join(daemon.lines)
    of_rocket = {name: [one for one in heard(tmp_path / name) if one[1].startswith("rocket/")] for name in ("pager.jsonl", "second.jsonl")}
    assert [one[0] for one in of_rocket["pager.jsonl"]] == ["resolved"]  # it was told in the former life
    assert [one[0] for one in of_rocket["second.jsonl"]] == ["triggered", "resolved"]
    assert {one[1] for heard_there in of_rocket.values() for one in heard_there} == {ROCKET}
    assert {one[1] for one in heard(tmp_path / "pager.jsonl") if one[1].startswith("theme/")} == {THEME}
    assert journal(config, f"SELECT state FROM attempts WHERE id = '{ATTEMPT}'") == [("undone",)]
    assert journal(config, "SELECT count(*) FROM attempts WHERE ended IS NULL") == [(0,)]
    assert journal(config, "SELECT id FROM incidents WHERE state NOT IN ('closed', 'dropped')") == []
