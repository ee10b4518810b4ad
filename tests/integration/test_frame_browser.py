"""The framing oracle against a real browser: what headless Chromium shows or refuses is right, and the oracle has to say the same.

EJMON_FRAME_SEED and EJMON_FRAME_COUNT try other random cases, and more of them; a disagreement belongs into tests/unit/test_frame.c."""
import itertools
import json
import os
import random
import subprocess
from pathlib import Path

import pytest
from browser import MISSING
from frame_browser import find_shown

ROOT = Path(__file__).resolve().parents[2]
SEED, COUNT = int(os.environ.get("EJMON_FRAME_SEED", "1")), int(os.environ.get("EJMON_FRAME_COUNT", "120"))
SECONDS = 120 + COUNT // 5  # of patience; it takes 20 on an idle machine

CSP, XFO = "Content-Security-Policy", "X-Frame-Options"
EJ, EJS, LOCAL, OTHER = "http://ej.test/", "https://ej.test/", "http://ej.localhost/", "http://other.test/"
CHAT, CHATS, CHAT3000, CHATS8443 = "http://chat.test", "https://chat.test", "http://chat.test:3000", "https://chat.test:8443"

SOURCES = """chat.test chat.test:3000 chat.test:80 chat.test:443 chat.test:* http://chat.test https://chat.test http://chat.test:80
http://chat.test:3000 https://chat.test:80 https://chat.test:8443 * *:* *:3000 https://* http: https: ws: *.test *.chat.test http://*.test:*
'self' 'none' chat.test/ chat.test/x chat.test/?x chat.test/%2f chat.test?x CHAT.TEST chat.test. chat.test: chat.test:080 chat.test:99999999999
chat_test ://chat.test http:/chat.test http://u@chat.test [::1] café.test "chat.test" 'chat.test' 'nonce-a' chat.test:3000/""".split()

POLICIES = ["", "frame-ancestors", "FRAME-ANCESTORS Chat.Test", "default-src 'none'", "default-src *; frame-ancestors chat.test",
            "frame-ancestors chat.test; frame-ancestors 'none'", "frame-ancestors 'none'; frame-ancestors chat.test",
            "frame-ancestors chat.test, frame-ancestors 'none'", ", ,frame-ancestors chat.test", "frame-ancestors *, default-src 'self'",
            "frame-ancestorschat.test", "frame-ancestors;chat.test", "frame-ancestors \"a, frame-ancestors 'none'\"", ";;frame-ancestors\tchat.test;",
            "frame-ancestors é.test chat.test", "frame-ancestors chat.test é; frame-ancestors *", "default-src é; frame-ancestors 'none'",
            "frame-ancestors\x0b'none'", "frame-ancestors chat.test\x0cx.test", "frame-ancestors chat.test\x0bx.test", "a! b; frame-ancestors 'none'",
            "frame-ancestors 'none' chat.test", "frame-ancestors 'none' 'none'", "frame-ancestors self none chat.test", "sandbox; frame-ancestors chat.test"]

OPTIONS = ["DENY", "SAMEORIGIN", " deny ", "ALLOWALL", "ALLOW-FROM http://chat.test", "allow-from http://x.test, DENY", "foo", "", "DENY, DENY",
           "DENY, SAMEORIGIN", "SAMEORIGIN,", ", DENY", "foo, bar", "foo, ALLOWALL", '"DENY"', "DENY; x", '"DENY, SAMEORIGIN', 'a"b, DENY', "DENY SAMEORIGIN"]


def hop(url, *headers):
    return {"url": url, "headers": list(headers)}


def case(ancestors, *hops):
    return {"ancestors": [ancestors] if isinstance(ancestors, str) else list(ancestors), "hops": list(hops)}


def source_cases():
    """Every source expression against pairs of page and embedder that differ in scheme and port."""
    pairs = [(EJ, CHAT), (EJ, CHAT3000), (EJS, CHATS), (EJS, CHAT), (LOCAL, "https://chat.test:3000")]
    return [case(embedder, hop(page, (CSP, f"frame-ancestors {source}"))) for source in SOURCES for page, embedder in pairs]


def header_cases():
    """Policies and X-Frame-Options as they are cut into values, alone and together."""
    for policy in POLICIES:
        yield case(CHAT, hop(EJ, (CSP, policy)))
        yield case(CHAT, hop(EJ, (CSP, policy), (XFO, "DENY")))
        yield case(CHAT, hop(EJ, (CSP + "-Report-Only", policy)))
    for options in OPTIONS:
        yield case(CHAT, hop(EJ, (XFO, options)))
        yield case("http://ej.test", hop(EJ, (XFO, options)))
    for first, second in itertools.product(["DENY", "SAMEORIGIN", "foo", ""], repeat=2):
        yield case("http://ej.test", hop(EJ, (XFO, first), (XFO, second)))
    for first, second in itertools.product(["frame-ancestors chat.test", "frame-ancestors 'none'", "img-src *"], repeat=2):
        yield case(CHAT, hop(EJ, (CSP.lower(), first), (CSP, second), (XFO, "DENY")))


def address_cases():
    """Redirects, mixed content and frames in frames."""
    before = [(), ((XFO, "DENY"),), ((CSP, "frame-ancestors 'none'"),)]
    after = [(), ((CSP, "frame-ancestors chat.test/x"),), ((CSP, "frame-ancestors 'self'"),), ((XFO, "SAMEORIGIN"),)]
    for first, last, page in itertools.product(before, after, (EJ, OTHER)):
        yield case(CHAT, hop(EJ, *first), hop(page, *last))
    chains = [(EJS, EJ), (EJ, EJS), (EJ,), (EJS,), (LOCAL, EJS), ("http://127.0.0.1/",), ("http://127.9.9.9/",), ("http://[::1]/",),
              ("http://localhost:8000/",), ("http://128.0.0.1/",), ("http://localhost./",)]
    for chain, embedder in itertools.product(chains, (CHATS, CHAT)):
        yield case(embedder, *[hop(url, (CSP, "frame-ancestors http: https:")) for url in chain])
    nests = [(CHAT, "http://top.test"), ("http://top.test", CHAT), (CHATS, "https://top.test:8443"), (CHATS, CHAT), ("http://ej.test", CHAT),
             (CHAT, "http://ej.test"), (CHAT, CHAT3000, "http://top.test")]
    lists = ["chat.test", "chat.test top.test", "*.test:*", "'self' chat.test:3000 chat.test", "*"]
    for nest, page in itertools.product(nests, (EJ, EJS)):
        for sources in lists:
            yield case(nest, hop(page, (CSP, f"frame-ancestors {sources}")))
        yield case(nest, hop(page, (XFO, "SAMEORIGIN")))
    yield case((CHAT, CHATS), hop(EJS))  # an http page inside an https page: not even the embedder is shown


def random_cases(seed, count):
    """Everything mixed: several headers, policies and directives, redirects and nests."""
    dice = random.Random(seed)
    origins = [CHAT, CHATS, CHAT3000, CHATS8443, "http://sub.chat.test", "http://ej.test", "https://ej.test", "http://top.test"]
    pages = [EJ, EJS, LOCAL, "http://ej.test:8000/", "https://ej.test:8443/"]

    def directive():
        if dice.random() < 0.25:
            return dice.choice(["default-src 'self'", "img-src *", "", "upgrade-insecure-requests", "script-src 'none'"])
        return "frame-ancestors " + " ".join(dice.choice(SOURCES) for _ in range(dice.choice([0, 1, 1, 2, 3])))

    def headers():
        made = []
        for _ in range(dice.choice([0, 1, 1, 2])):
            policies = ["; ".join(directive() for _ in range(dice.choice([1, 1, 2]))) for _ in range(dice.choice([1, 1, 2]))]
            made.append((dice.choice([CSP, CSP, CSP.lower(), CSP + "-Report-Only"]), ", ".join(policies)))
        for _ in range(dice.choice([0, 0, 1, 2])):
            made.append((XFO, ", ".join(dice.choice(OPTIONS) for _ in range(dice.choice([1, 1, 2])))))
        dice.shuffle(made)
        return made

    while count > 0:
        ancestors = [dice.choice(origins) for _ in range(dice.choice([1, 1, 1, 2, 3]))]
        if any(a.startswith("http:") and b.startswith("https:") for a, b in itertools.combinations(ancestors, 2)):
            continue  # slow: such an embedder is itself never shown
        hops = [hop(dice.choice(pages), *headers()) for _ in range(dice.choice([1, 1, 1, 2]))]
        secure = any(a.startswith("https:") for a in ancestors)
        if secure and dice.random() < 0.95 and any(h["url"].startswith("http:") and h["url"] != LOCAL for h in hops):
            continue  # most of the cases shall not be decided by mixed content alone
        count -= 1
        yield case(ancestors, *hops)


def ask_oracle(binary, cases):
    """{id: [allowed or refused, reason]}."""
    lines = []
    for one in cases:
        lines += [f"case {one['id']}", *(f"ancestor {origin}" for origin in one["ancestors"])]
        for step in one["hops"]:
            lines += [f"hop {step['url']}", *(f"header {name}: {value}" for name, value in step["headers"])]
        lines.append("end")
    text = ("\n".join(lines) + "\n").encode("latin-1")
    answer = subprocess.run([binary], input=text, capture_output=True, check=True, timeout=60).stdout.decode()
    return {words[0]: words[1:] for words in map(str.split, answer.splitlines())}


@pytest.fixture(scope="module")
def oracle(tmp_path_factory):
    """The oracle as a program of its own: pure code, so four files are enough."""
    binary = tmp_path_factory.mktemp("frame") / "frame_verdicts"
    sources = ["tests/integration/frame_verdicts.c", "checks/browser/csp.c", "checks/browser/frame_ancestors.c", "monitor/base/text.c"]
    subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-D_GNU_SOURCE", "-O1", "-I.", "-o", binary, *sources, "-lcrypto"], cwd=ROOT, check=True)
    return binary


@pytest.mark.skipif(bool(MISSING), reason=MISSING or "")
def test_the_oracle_and_chromium_agree_on_every_case(oracle):
    cases = [*source_cases(), *header_cases(), *address_cases(), *random_cases(SEED, COUNT)]
    for number, one in enumerate(cases):
        one["id"] = str(number)
    shown, verdicts = find_shown(cases, SECONDS), ask_oracle(oracle, cases)
    assert set(shown) == set(verdicts) == {one["id"] for one in cases}
    wrong = [f"Chromium {'shows' if shown[one['id']] else 'refuses'}, the oracle says {verdicts[one['id']]}: {json.dumps(one)}"
             for one in cases if shown[one["id"]] != (verdicts[one["id"]][0] == "allowed")]
    assert not wrong, f"{len(wrong)} of {len(cases)}:\n" + "\n".join(wrong[:20])
    assert 0.2 < sum(shown.values()) / len(cases) < 0.8, "the cases no longer try both verdicts"
