"""The login's oracles against a real browser: what headless Chromium does with requests, cookies and messages is right, and they have to say the same.

EJMON_LOGIN_SEED and EJMON_LOGIN_COUNT try other random cases, and more of them; a disagreement belongs into the tables of login_cases.py."""
import json
import os
import subprocess
from pathlib import Path

import pytest
from browser import MISSING
from login_browser import LoginStage, try_in_browser
from login_cases import fixed_requests, random_requests, redirected_requests
from login_cookies import fixed_cookies, messages, place_cookies, random_cookies, third_party_cookies
from login_visits import VisitStage, random_visits

ROOT = Path(__file__).resolve().parents[2]
SEED, COUNT = int(os.environ.get("EJMON_LOGIN_SEED", "1")), int(os.environ.get("EJMON_LOGIN_COUNT", "300"))
SECONDS = 120 + COUNT // 5  # of patience
WRONG_LIMIT = 25  # disagreements that are shown
SOURCES = ["tests/integration/login_verdicts.c", *(f"checks/{name}.c" for name in (
    "browser/csp", "browser/cors", "browser/cookie", "browser/site", "browser/frame_ancestors", "login/cookie_judge", "login/login_answer",
    "login/login_browser", "rocketchat/rocket_info")), "monitor/base/text.c", "monitor/base/http_url.c"]

needs_browser = pytest.mark.skipif(bool(MISSING), reason=MISSING or "")


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    """The oracles as a program of their own; what it does not use needs no library."""
    binary = tmp_path_factory.mktemp("login") / "login_verdicts"
    subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-D_GNU_SOURCE", "-O1", "-ffunction-sections", "-Wl,--gc-sections", "-I.", "-o", binary, *SOURCES, "-lcurl", "-lidn2", "-lpsl", "-ljansson", "-lcrypto"],
                   cwd=ROOT, check=True)
    return binary


def ask_oracle(binary, lines):
    """{id: the words of the verdict}."""
    text = ("\n".join(lines) + "\n").encode()
    answer = subprocess.run([binary], input=text, capture_output=True, check=True, timeout=60).stdout.decode()
    return {words[0]: words[1:] for words in map(str.split, answer.splitlines())}


def number(cases):
    cases = list(cases)
    for index, case in enumerate(cases):
        case["id"] = f"c{index}"
    return cases


def group(cases, key):
    groups = {}
    for case in cases:
        groups.setdefault(key(case), []).append(case)
    return list(groups.items())


def cors_lines(case):
    lines = [f"cors {case['id']}", f"client {case['client']}", f"origin {case['origin']}", f"method {case['method']}"]
    for index, step in enumerate(case["hops"]):
        lines += [f"hop {step['url']}", f"status {step['status']}", *(f"header {name}: {value}" for name, value in step["headers"])]
        if index + 1 < len(case["hops"]):
            lines.append(f"header Location: {case['hops'][index + 1]['url']}")
        elif step["headers"] and not any(name in ("Content-Type", "X-No-Type") for name, _ in step["headers"]):
            lines.append("header Content-Type: text/html")
        if step["preflight"]:
            lines += [f"preflight {step['preflight']['status']}", *(f"header {name}: {value}" for name, value in step["preflight"]["headers"])]
    return [*lines, f"body {case['body'].hex()}", "end"]


def cors_complaint(case, verdict, seen, sent):
    """What the oracle has wrong about a request, or None."""
    says_seen, reason, hop, body, *plan = verdict
    hop = int(hop)
    if (seen is not None) != (says_seen == "seen"):
        return f"Chromium {'shows' if seen else 'refuses'}, the oracle says {says_seen}: {reason}"
    if seen and seen["status"] != case["hops"][hop]["status"]:
        return f"Chromium shows {seen['status']}"
    bare = case["hops"][hop]["status"] == 204 or (plan and plan[-1].startswith("HEAD"))
    if seen and not bare and (seen["token"] is not None) != (body == "login-token"):
        return f"Chromium reads the token {seen['token']}, the oracle says {body}"
    for index, step in enumerate(plan if reason != "method-forbidden" else []):
        method, origin, json_word, preflight = step.split(",")
        asked = [entry for entry in sent if entry[0] == index]
        if index < hop or says_seen == "seen" or (reason.startswith(("origin", "credentials")) and asked and asked[-1][1] == "request"):
            want = [(index, "request", method, None if origin == "-" else origin, "application/json" if json_word == "json" else None)]
            if preflight == "preflight":
                want.insert(0, (index, "preflight", method, origin, "content-type" if json_word == "json" else None))
            if origin == "-":  # what is sent within one origin is not the oracle's matter
                asked = [(*entry[:3], None, entry[4]) for entry in asked]
            if asked != want:
                return f"Chromium sent {asked}, the oracle planned {want}"
    return None


@needs_browser
def test_the_oracle_and_chromium_agree_on_every_request(oracle):
    cases = number([*fixed_requests(), *redirected_requests(), *random_requests(SEED, COUNT)])
    stage = LoginStage(group(cases, lambda case: case["origin"]))
    try_in_browser(stage, SECONDS)
    verdicts = ask_oracle(oracle, [line for case in cases for line in cors_lines(case)])
    wrong = []
    for case in cases:
        complaint = cors_complaint(case, verdicts[case["id"]], stage.seen[case["id"]], stage.sent.get(case["id"], []))
        if complaint:
            wrong.append(f"{complaint}: {json.dumps(case, default=repr)}")
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong[:WRONG_LIMIT])
    assert 0.2 < sum(seen is not None for seen in stage.seen.values()) / len(cases) < 0.8, "the cases no longer try both verdicts"


def cookie_lines(tour, case):
    lines = [f"cookie {case['id']}", f"line {case['line'].encode('latin-1').hex()}", f"set {case['url']} {'-' if case['how'] == 'top' else tour['top']}"]
    for _, how, there in seen_asks(tour):
        top = tour["top"] if how in ("fetch", "frame") else "-"
        start = tour["top"] if how in ("top", "post") else "-"
        lines.append(f"ask {there} {top} {start} {'post' if how == 'post' else 'get'}")
    return [*lines, "end"]


def seen_asks(tour):
    """[(key in LoginStage.sent, how, url)]: a page at the top has led on to itself."""
    for index, (how, there) in enumerate(tour["asks"]):
        yield index, how, there
        if how == "top":
            yield (index, "self"), "self", there


THIRD_PARTY, LAX_POST = 1, 2  # cookie.h; the second is sent for two minutes, and this test is faster


def compare_cookies(oracle, groups, third_party):
    """([what the oracle has wrong], how many were sent, how many were asked for). A browser that blocks third-party cookies drops what is warned of."""
    stage = LoginStage(groups)
    try_in_browser(stage, SECONDS, third_party)
    tours = [tour for _, (tour,) in groups]
    verdicts = ask_oracle(oracle, [line for tour in tours for case in tour["members"] for line in cookie_lines(tour, case)])
    wrong, sent_count, total = [], 0, 0
    for tour in tours:
        headers = stage.sent.get(tour["id"], {})
        for case in tour["members"]:
            stored, set_warnings, *sends = verdicts[case["id"]]
            differs = []
            for (key, how, there), send in zip(seen_asks(tour), sends):
                yes, why, warnings = send.split(",")
                sends_it, says_it = case["mark"] in headers[key], stored == "fine" and (yes == "yes" or int(warnings) & LAX_POST != 0)
                if not third_party and (int(warnings) | int(set_warnings)) & THIRD_PARTY:
                    says_it = False
                sent_count, total = sent_count + sends_it, total + 1
                if sends_it != says_it:
                    differs.append(f"{'sends' if sends_it else 'does not send'} at {how} {there} ({why}, {warnings})")
            if differs:
                wrong.append(f"{case['line'][:150]!r} (set by {case['how']} {case['url']} below {tour['top']}; the oracle: {stored}, {set_warnings}): Chromium {'; '.join(differs)}")
    return wrong, sent_count, total


@needs_browser
def test_the_oracle_and_chromium_agree_on_every_cookie(oracle):
    wrong, sent_count, total = compare_cookies(oracle, place_cookies([*fixed_cookies(), *random_cookies(SEED, COUNT)]), third_party=True)
    assert not wrong, f"{len(wrong)} of {total}:\n" + "\n".join(wrong[:WRONG_LIMIT])
    assert 0.1 < sent_count / total < 0.8, "the cases no longer try both verdicts"


@needs_browser
def test_a_browser_that_blocks_third_party_cookies_drops_those_that_are_warned_of(oracle):
    wrong, sent_count, total = compare_cookies(oracle, place_cookies(third_party_cookies()), third_party=False)
    assert not wrong, f"{len(wrong)} of {total}:\n" + "\n".join(wrong[:WRONG_LIMIT])
    assert 0.1 < sent_count / total < 0.8, "the cases no longer try both verdicts"


@needs_browser
def test_the_oracle_and_chromium_agree_on_every_message(oracle):
    cases = number(messages())
    stage = LoginStage(group(cases, lambda case: case["top"]))
    try_in_browser(stage, SECONDS)
    lines = [line for case in cases for line in (f"message {case['id']}", f"origin {case['top']}", f"target {case['target'].encode().hex()}", "end")]
    verdicts = ask_oracle(oracle, lines)
    wrong = [f"Chromium {'delivers' if stage.seen[case['id']] else 'drops'}, the oracle says {verdicts[case['id']][0]}: {case['target']!r} to {case['top']}"
             for case in cases if stage.seen[case["id"]] != (verdicts[case["id"]][0] == "arrives")]
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong[:WRONG_LIMIT])


def visit_lines(case):
    lines = [f"visit {case['id']}", f"client {case['client']}", f"origin {case['top']}", f"method {case['method']}"]
    for made in (case["first"], case["then"]):
        lines += [f"hop {case['site']}/talks/api-login/", f"status {made['status']}", *(f"header {name}: {value}" for name, value in made["headers"]),
                  f"preflight {case['preflight']['status']}", *(f"header {name}: {value}" for name, value in case["preflight"]["headers"])]
    lines += [f"page {case['site']}/talks/login/", *(f"frame {name}: {value}" for name, value in case["framing"])]
    return [*lines, f"body {case['body'].hex()}", f"line {case['session'].encode().hex()}", f"set {case['site']}/login/ -", f"target {case['target'].encode().hex()}", "end"]


@needs_browser
def test_the_oracle_and_chromium_agree_on_what_a_visitor_sees(oracle):
    cases = list(random_visits(SEED, COUNT // 3))
    stage = VisitStage(group(cases, lambda case: case["top"]))
    try_in_browser(stage, SECONDS)
    verdicts = ask_oracle(oracle, [line for case in cases for line in visit_lines(case)])
    wrong = [f"Chromium: {stage.seen[case['id']]}, the oracle: {verdicts[case['id']]}: {json.dumps(case, default=repr)}"
             for case in cases if stage.seen[case["id"]] != verdicts[case["id"]][:2]]
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong[:WRONG_LIMIT])
    assert {then for _, then in stage.seen.values()} == {"signed-in", "own-form", "nothing", "loop", "stuck"}, "the cases no longer try every end"
