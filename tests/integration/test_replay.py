"""The replay of what EJ itself was recorded to answer: it answers so, and ejmon's configuration for it is right. The verdicts on every recorded
state are in the table (tests/lab/verdicts/observed.py)."""
import hashlib
import json

import pytest
from conftest import EJMON

import replay
from labkit import probing
from verdicts import observed

STATES = replay.states()


def test_the_recorded_addresses_are_two_sites_and_ejmon_says_so(ejmon_binary):
    report = replay.check("rc-row-and-url", EJMON, renamed=())
    assert [cause["code"] for cause in report["causes"]] == ["login/cookies-kept-away"], report


def test_every_recorded_state_is_in_one_list():
    lists = [*observed.SEEN, *observed.WELL, *observed.UNSEEN]
    assert sorted(lists) == sorted(STATES)


def test_what_is_called_unseen_differs_in_no_answer_but_those_of_the_integration():
    for state in observed.UNSEEN:
        names = {name for names, _ in STATES[state][1]["differs"] for name in names}
        assert not names or state.startswith("rc-"), (state, names)


@pytest.mark.parametrize("letter", "abc")
def test_a_replayed_body_has_the_recorded_length_markers_and_where_it_is_known_hash(letter):
    recording = replay.Recording(f"{letter}-healthy")
    exact = 0
    for probe, recorded in recording.healthy.items():
        if " HEAD " in probe:
            continue
        content, known = replay.body(probe, recording.changed(probe, {}, 0), recording.generation)
        text = content.decode("utf-8", "replace")
        assert len(content) == recorded["length"], probe
        assert {name for name, mark in probing.MARKERS.items() if mark in text} == {*recorded["markers"]} & {*probing.MARKERS}, probe
        if known:
            exact += 1
            assert hashlib.sha256(content).hexdigest()[:16] == recorded["sha256"], probe
    assert exact > 10


@pytest.mark.parametrize("state", ["a-healthy", "c-healthy", "debug-on", "rc-row-stale", "static-dir-gone", "theme-mixed"])
def test_a_replay_answers_with_the_recorded_status_and_headers(state):
    running = replay.Replay(state, renamed=())
    ports = {"nginx": int(running.site.rpartition(":")[2]), "direct": int(running.web.rpartition(":")[2])}
    try:
        for probe in running.recording.healthy:
            want = running.recording.answer(probe)
            saw = probing.ask(probe, ports)
            if " HTTP/1.0 " in probe or "Host:127.0.0.1" in probe:
                continue
            assert saw["status"] == want["status"], probe
            ignored = ("date", "content-length", "location")
            assert [pair for pair in saw["headers"] if pair[0].lower() not in ignored] == [
                tuple(pair) for pair in want["headers"] if pair[0].lower() not in ignored], probe
    finally:
        running.close()


def test_every_configuration_of_a_replay_is_valid(tmp_path, ejmon_binary):
    report = replay.check("a-healthy", EJMON)
    assert {check["name"] for check in report["checks"] if check["status"] != "skip"} >= {"django", "nginx", "theme"}, json.dumps(report)
