"""Whole visits for the oracle and the browser: Rocket.Chat's page as one of its clients, EJ's login page in the frame, the session cookie, the message.

The client's page is a model made from the contract (section 5, the table of clients); requests, frames, cookies and messages are the browser's own."""
import json
import random

from login_cases import HEADERS, allow, answer, origin_values
from login_browser import LoginStage, with_query

# What the page of Rocket.Chat does. EJ's page says to its parent where the visitor stands: at the form, or signed in.
VISIT = """
kinds.visit = async one => {
  const onscreen = {A: {fail: 'frame', error: 'frame', none: 'frame'}, B: {fail: 'own-form', error: 'frame', none: 'own-form'},
                    C: {fail: 'own-form', error: 'own-form', none: 'own-form'}, D: {fail: 'frame', error: 'frame', none: 'own-form'}}[one.client];
  const outcome = a => !a ? 'fail' : (one.client === 'A' ? a.status >= 400 : a.status < 200 || a.status > 299) ? 'error' : a.token ? 'token' : 'none';
  const result = outcome(await ask(one.client, one.method, one.url));
  if (result === 'token') return ['signed-in', 'signed-in'];
  if (onscreen[result] !== 'frame') return [onscreen[result], onscreen[result]];
  const frame = document.createElement('iframe');
  const first = key => new Promise(done => { heard[one.id + key] = () => done(key); });
  const either = (...keys) => Promise.race([...keys.map(first), new Promise(done => setTimeout(done, %d))]);
  const blank = new Promise(done => { frame.onload = () => setTimeout(done, %d); });
  const shown = Promise.race([either('/form', '/in'), blank]);
  frame.src = one.frame;
  document.body.appendChild(frame);
  if (!await shown) { frame.remove(); return ['nothing', 'nothing']; }
  const next = either('/form', '/in'), message = either('/try-iframe-login');
  frame.contentWindow.postMessage('sign in', '*');
  let then = 'loop';
  if (await next === '/in') {
    const came = await Promise.race([message, new Promise(done => setTimeout(done, %d))]);
    then = came && outcome(await ask(one.client, one.method, one.url)) === 'token' ? 'signed-in' : 'stuck';
  }
  frame.remove();
  return ['frame', then];
};
""" % (5000, 300, 300)

FORM = """<!doctype html><form method="POST" action=%s></form><script>
onmessage = () => document.forms[0].submit();
parent.postMessage(%s, '*');
</script>"""
SIGNED = """<!doctype html><script>parent.postMessage(%s, '*'); parent.postMessage(%s, %s);</script>"""

PAIRS = [("https://chat.v{k}.test", "https://ej.v{k}.test"), ("http://chat.v{k}.test", "http://ej.v{k}.test"), ("http://chat.v{k}.test:3000", "http://ej.v{k}.test:8000"), ("https://chat.v{k}.test", "https://ej.w{k}.test"),
         ("http://chat.v{k}.test", "https://ej.v{k}.test"), ("http://chat.v{k}.localhost:3000", "http://ej.v{k}.localhost:8000"), ("https://chat.v{k}.test", "http://ej.v{k}.test")]
SESSIONS = ["{n}=1; HttpOnly; Path=/; SameSite=Lax"] * 4 + ["{n}=1; Path=/", "{n}=1; Path=/; SameSite=None; Secure", "{n}=1; Path=/; SameSite=None", "{n}=1; Path=/; Secure", "{n}=1; Path=/; SameSite=Strict",
                                                           "{n}=1; Path=/talks/login/; SameSite=Lax", "{n}=1; SameSite=Lax", "__Host-{n}=1; Path=/; Secure", "{n}=1; Domain={host}; Path=/", "{n}=1; Max-Age=0; Path=/"]
EACH = 30  # cases of one site: far below the browser's limit of cookies


def random_visits(seed, count):
    dice = random.Random(seed)
    for index in range(count):
        top, site = (text.format(k=index // EACH) for text in dice.choice(PAIRS[:-1] * 4 + PAIRS[-1:]))
        client, right = dice.choice("AABDDC"), dice.choice([0.6, 0.9, 1, 1])
        host = top.split("://")[1]

        def pick(good, others):
            return good if dice.random() < right else dice.choice(others)

        headers = allow(pick(top, origin_values(top)))
        listed = [(HEADERS, "content-type")] if dice.random() < 0.8 else []
        body = pick(b'{"loginToken": "t0ken"}', [b"{}", b'{"token": "t0ken"}', b"<html>"])
        yield {"kind": "visit", "id": f"v{index}", "top": top, "site": site, "client": client, "method": pick("POST", ["GET", "post"]), "body": body,
               "first": answer(pick(401, [200, 403, 404, 500]), headers), "then": answer(pick(200, [401, 500]), [*headers, ("Content-Type", pick("application/json", ["text/html"]))]),
               "preflight": answer(pick(204, [401]), [*headers, *listed]),
               "framing": pick([("Content-Security-Policy", f"frame-ancestors {top}")], [[], [("Content-Security-Policy", "frame-ancestors 'self'")], [("X-Frame-Options", "DENY")], [("X-Frame-Options", f"allow-from {top}")]]),
               "session": dice.choice(SESSIONS).format(n=f"s{index}", host=site.split("://")[1].split(":")[0]), "name": f"s{index}",
               "target": pick(top, [top + "/", "*", "http://localhost:3000", host, "https://other.test", ""])}


class VisitStage(LoginStage):
    more = VISIT

    def brief(self, case):
        return {"id": case["id"], "kind": "visit", "client": case["client"], "method": case["method"], "url": with_query(case["site"] + "/talks/api-login/", f"case={case['id']}"),
                "frame": with_query(case["site"] + "/talks/login/", f"case={case['id']}")}

    def serve_visit(self, case, method, path, words, headers):
        signed_in = f"{case['name']}=1" in "; ".join(headers.get_all("Cookie") or [])
        if path == "/talks/api-login/":
            if method == "OPTIONS":
                return case["preflight"]["status"], case["preflight"]["headers"], b""
            made = case["then" if signed_in else "first"]
            return made["status"], made["headers"], case["body"] if signed_in else b""
        again = f"/talks/login/?case={case['id']}"
        if path == "/login/":
            return 302, [("Location", again), ("Set-Cookie", case["session"]), *case["framing"]], b""
        if signed_in:
            page = SIGNED % tuple(json.dumps(text) for text in (f"{case['id']}/in", f"{case['id']}/try-iframe-login", case["target"]))
        else:
            page = FORM % tuple(json.dumps(text) for text in (f"/login/?case={case['id']}", f"{case['id']}/form"))
        return 200, case["framing"], page.encode()
