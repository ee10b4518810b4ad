"""Every fault of the lab as an administrator meets it: one `ejmon check` names the one cause, the one remedy or none, and what would do harm;
`plan` changes nothing; `heal` heals what it may and leaves the rest. What is no fault raises nothing.

The table is tests/lab/verdicts/. `make matrix` checks all of it; here `plan` and `heal` are tried too, on a selection, or with EJMON_ALL_FAULTS=1
on all of it (more than 20 minutes). A fault replaces the one before it."""
import contextlib
import json
import os

import jsonschema
import pytest

from conftest import ROOT
from verdicts import APART, BLIND, EXPECTED, GENERATIONS, NEIGHBOURS, REFUSED

ALL = os.environ.get("EJMON_ALL_FAULTS") == "1"
SCHEMA = json.loads((ROOT / "conf/report.schema.json").read_text())
SELECTION = {"A": ["theme-empty", "env-edited-only-restarted", "migrations-unrecorded-start", "postgres-refuses-web",
                   "allowed-hosts-blank", "rocket-unconfigured", "rocket-url-unset", "country-brazil", "frame-ancestors-listed",
                   "rocket-account-changes"],
             "B": ["csp-override", "cors-star", "rocket-env-dead-names"]}


def rows(generation, names):
    lab = "C:integration=off,without=mongo" if generation == "C" else generation  # C has no integration with Rocket.Chat any more
    return [pytest.param(lab, name, id=f"{generation}-{name}") for name in names if ALL or name in SELECTION.get(generation, [])]


def settle(lab, name):
    """Sets this fault in place of the one before, and spares the limiter of Rocket.Chat so many probes."""
    lab.run("fault", "--instead", name)
    spare_limiter(lab)


def spare_limiter(lab):
    with contextlib.suppress(OSError):  # the fault may be that nothing answers there
        if lab.status["rocketchat"]:
            lab.turn(limiter=False)


def assert_readable(report):
    jsonschema.validate(report, SCHEMA)
    for check in report["checks"]:
        for finding in check["findings"]:
            assert 10 < len(finding["summary"]) <= 320 and "(null)" not in json.dumps(finding), finding
    for cause in report["causes"]:
        assert cause["by_hand"], cause
        assert all(row["why"] for row in cause.get("refused", [])), cause


@pytest.mark.parametrize("lab,fault", [row for generation in GENERATIONS for row in rows(generation, EXPECTED[generation])], indirect=["lab"])
def test_a_fault_has_its_cause_and_its_remedy(lab, fault):
    expected, remedy, refused = EXPECTED[lab.status["generation"]][fault]
    settle(lab, fault)
    report = lab.report()
    assert_readable(report)
    assert [cause["code"] for cause in report["causes"]] == expected, report
    first = report["causes"][0]
    assert (first.get("remedy") or {}).get("name") == remedy, first
    assert set(refused) <= {row["remedy"] for row in first.get("refused", [])}, first

    plan = lab.ejmon("plan", first["code"])
    assert first["code"] in plan.stdout and plan.returncode == 1, plan
    if not remedy:
        assert "a person has to act" in plan.stdout, plan
    assert lab.report()["causes"][0]["code"] == first["code"], "plan changed something"

    heal = lab.ejmon("heal", "--yes", first["code"], timeout=300)
    if fault in REFUSED:
        assert f"{remedy}: refused" in heal.stdout and REFUSED[fault] in heal.stdout and heal.returncode == 2, heal
    elif remedy:
        assert f"{remedy}: kept" in heal.stdout, heal
        assert first["code"] not in [cause["code"] for cause in lab.report()["causes"]]
    else:
        assert "a person has to act" in heal.stdout and "apply:" not in heal.stdout, heal
        assert lab.report()["causes"][0]["code"] == first["code"], "heal changed something"


@pytest.mark.parametrize("lab,fault", [row for generation, names in NEIGHBOURS.items() for row in rows(generation, names)], indirect=["lab"])
def test_what_is_no_fault_raises_nothing(lab, fault):
    settle(lab, fault)
    report = lab.report()
    assert_readable(report)
    assert report["status"] == "pass" and report["causes"] == [], report
    assert lab.ejmon("heal", "--yes").returncode == 0


@pytest.mark.parametrize("lab", ["A", "B"] if ALL else ["A"], indirect=True)
def test_every_code_that_a_fault_raises_is_passed_in_health(lab):
    """Only a passed code closes an incident."""
    lab.mend()
    spare_limiter(lab)
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
