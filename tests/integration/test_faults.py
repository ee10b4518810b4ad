"""The table of faults (tests/lab/verdicts) is whole, and health passes what a fault raises. The faults themselves are set, judged and healed by
tests/lab/matrix.py, a part of `make test`."""
import json

import pytest

import columns
import verdicts
from verdicts import ACTS, APART, BLIND, EXPECTED, GENERATIONS, LOOKS, NEIGHBOURS


@pytest.mark.parametrize("lab", ["A"], indirect=True)
def test_every_code_that_a_fault_raises_is_passed_in_health(lab):
    """Only a passed code closes an incident."""
    lab.mend()
    if lab.status["rocketchat"]:
        lab.turn(limiter=False)
    report = lab.report()
    assert report["status"] == "pass", report
    passed = {code for check in report["checks"] for code in check["passed"]}
    for check in report["checks"]:
        if check["name"] == "containers":  # the lab plays its containers: tests/integration/test_containers.py has real ones
            continue
        assert check["passed"] and not [finding for finding in check["findings"] if finding["severity"] != "info"], check
    expected = {"theme/mixed-assets", "theme/css-wrong-theme", "theme/css-empty", "theme/truncated", "theme/js-stale", "theme/static-empty",
                "theme/unknown", "theme/process-differs", "db/unreachable", "db/auth-failed", "db/fresh", "db/migrations-pending",
                "db/no-superuser", "db/rocket-rows-many", "django/server-error", "django/hung", "django/disallowed-host", "django/debug-on",
                "nginx/unreachable", "nginx/bad-gateway", "frame/url-unset", "frame/origin-not-listed", "frame/page-failed",
                "frame/row-differs", "mongo/unreachable", "mongo/hung", "rocket/unreachable", "rocket/iframe-off", "rocket/site-url"}
    assert expected <= passed, expected - passed


def test_the_table_knows_every_fault_of_the_lab(lab):
    known = {row["name"] for row in json.loads(lab.run("fault", "--list", "--json"))}
    assert known - set(APART) == {fault for table in (EXPECTED, NEIGHBOURS, BLIND) for part in table.values() for fault in part}


def test_every_look_of_the_table_exists_and_is_used():
    assert {name for generation in GENERATIONS for looks in LOOKS[generation].values() for name in looks} == set(columns.LOOKS)


def test_a_column_of_a_fault_that_has_no_row_is_an_error(monkeypatch):
    monkeypatch.setitem(ACTS["A"], "no-such-fault", None)
    with pytest.raises(ValueError, match="no-such-fault"):
        verdicts.check_columns(verdicts.TABLES)
