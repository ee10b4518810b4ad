"""Headless Chromium as judge of the login: sends Rocket.Chat's API requests, takes and sends cookies, delivers messages, and tells what happened.

The server and the browser are browser.py's. Pages come in groups, one group an origin in the address bar; each works off its cases
and leads on to the next. What the browser sent is seen on the server's side, what a script got to see on the page's."""
import json
import threading
from urllib.parse import parse_qs, urlsplit

import browser

SIDE_BY_SIDE = 8  # cases at once on a page
STEP_TIMEOUT = 5000  # milliseconds for a page that says that it has loaded

# What the clients of Rocket.Chat do (contract section 5): how they ask, and how they find the token in the answer.
CLIENTS = """
function ask(client, method, url) {
  if (client === 'A') return new Promise(done => {
    const xhr = new XMLHttpRequest();
    try {
      xhr.open(method.toUpperCase(), url);
      xhr.withCredentials = true;
      xhr.onload = () => {
        let type = ';', data = null;
        for (const line of xhr.getAllResponseHeaders().split(/\\r?\\n/)) {
          const m = /^(.*?):(?:\\s+)(.*)$/.exec(line);
          if (m && m[1].toLowerCase() === 'content-type') type = m[2];
        }
        if (['application/json', 'text/javascript', 'application/javascript', 'application/x-javascript'].includes(type.split(';')[0]))
          try { data = JSON.parse(xhr.responseText); } catch (e) { }
        done({status: xhr.status, token: data && typeof data === 'object' && data.loginToken || null});
      };
      xhr.onerror = () => done(null);
      xhr.send();
    } catch (e) { done(null); }
  });
  const headers = client === 'D' ? undefined : {'Content-Type': 'application/json'};
  return fetch(url, {method, headers, credentials: 'include'}).then(async answer => {
    let data = null;
    try { data = await answer.json(); } catch (e) { }
    return {status: answer.status, token: data && typeof data === 'object' && data.loginToken || null};
  }, () => null);
}
"""

TOP = """<!doctype html><body><script>
const cases = %s, next = %s, seen = {}, heard = {};
addEventListener('message', e => { const f = heard[e.data]; if (f) f(); });
""" + CLIENTS + """
const hear = key => new Promise(done => { heard[key] = () => done(true); setTimeout(() => done(false), %d); });
async function framed(url, key) {
  const frame = document.createElement('iframe'), loaded = hear(key);
  frame.src = url;
  document.body.appendChild(frame);
  const result = await loaded;
  frame.remove();
  return result;
}
async function opened(url, key, post) {
  const loaded = hear(key);
  let page;
  if (post) {
    const form = document.createElement('form');
    page = open('about:blank', 'w' + key);
    Object.assign(form, {method: 'POST', action: url, target: 'w' + key});
    document.body.appendChild(form);
    form.submit();
    form.remove();
  } else {
    page = open(url);
  }
  const result = await loaded;
  page.close();
  return result;
}
const visit = {
  fetch: (url, key) => fetch(url, {credentials: 'include', mode: 'no-cors'}).then(() => true, () => false),
  frame: (url, key) => framed(url, key),
  top: (url, key) => opened(url, key, false),
  post: (url, key) => opened(url, key, true),
};
const kinds = {
  cors: one => ask(one.client, one.method, one.url),
  cookie: async one => { const went = []; for (const [how, url, key] of one.steps) went.push(await visit[how](url, key)); return went; },
  message: async one => { const arrived = hear(one.id); let yes = false; arrived.then(came => { yes = came; }); await framed(one.url, one.id + '/sent'); return yes; },
};
%s
(async () => {
  const lane = async () => { for (let c; c = cases.shift();) seen[c.id] = await kinds[c.kind](c); };
  await Promise.all(Array.from({length: %d}, lane));
  await fetch('/result', {method: 'POST', body: JSON.stringify(seen)});
  if (next) location = next;
})();
</script>"""

# A page that a visitor comes to: says that it has loaded, or leads on.
VISITED = """<!doctype html><script>(opener || parent).postMessage(%s, '*');</script>"""
ONWARDS = """<!doctype html><script>location.replace(%s);</script>"""
# Says afterwards, to anybody, that it has sent its message: the two arrive in that order.
SENDER = """<!doctype html><script>try { parent.postMessage(%s, %s); } catch (e) { } parent.postMessage(%s, '*');</script>"""


class LoginHandler(browser.Handler):
    """Any method; the page's script decides."""

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path)
        if path.path == "/result":
            self.server.stage.take(json.loads(body))
            return self.reply(200, [], b"")
        words = {key: values[0] for key, values in parse_qs(path.query).items()}
        self.reply(*self.server.stage.serve(self.command, path.path, words, self.headers))

    do_GET = do_POST = answer

    def reply(self, status, headers, body):
        bare = status == 204 or status == 304 or self.command == "HEAD"
        head = [] if status == 204 else [("Content-Length", str(len(body)))]
        if not any(name.lower() in ("content-type", "x-no-type") for name, _ in headers):
            head.append(("Content-Type", "text/html"))
        text = f"HTTP/1.1 {status} x\r\n" + "".join(f"{name}: {value}\r\n" for name, value in [*head, ("Cache-Control", "no-store"), *headers])
        self.wfile.write(text.encode("latin-1") + b"\r\n" + (b"" if bare else body))


def with_query(url, query):
    return f"{url}{'&' if '?' in url else '?'}{query}"


class LoginStage:
    """Groups are [(origin of the page at the top, its cases)]; a case is a dict with "id" and "kind".

    cors: client, method, hops: [{url, status, headers, preflight: {status, headers} or None}], body (bytes)
    cookie: sets: [(how, url, lines of Set-Cookie)], asks: [(how, url)]; how is fetch, frame, post, or top, whose page leads on to itself
    message: url, target"""

    more = ""  # other kinds of cases: script

    def __init__(self, groups):
        self.groups = groups
        self.cases = {case["id"]: case for _, cases in groups for case in cases}
        self.seen, self.sent, self.waiting, self.done = {}, {}, len(groups), threading.Event()

    def take(self, seen):
        self.seen.update(seen)
        self.waiting -= 1
        if self.waiting == 0:
            self.done.set()

    def brief(self, case):
        """What the page at the top has to know of a case."""
        if case["kind"] == "cors":
            return {**{key: case[key] for key in ("id", "kind", "client", "method")}, "url": with_query(case["hops"][0]["url"], f"case={case['id']}&hop=0")}
        if case["kind"] == "message":
            return {"id": case["id"], "kind": "message", "url": with_query(case["url"], f"case={case['id']}")}
        steps = [[how, with_query(url, f"case={case['id']}&step={number}"), f"{case['id']}/{number}"]
                 for number, (how, url, *_) in enumerate([*case["sets"], *case["asks"]])]
        return {"id": case["id"], "kind": "cookie", "steps": steps}

    def top(self, number):
        cases = [self.brief(case) for case in self.groups[number][1]]
        following = f"{self.groups[number + 1][0]}/top?number={number + 1}" if number + 1 < len(self.groups) else None
        return TOP % (json.dumps(cases), json.dumps(following), STEP_TIMEOUT, self.more, SIDE_BY_SIDE)

    def serve(self, method, path, words, headers):
        if path == "/top":
            return 200, [], self.top(int(words["number"])).encode()
        case = self.cases.get(words.get("case"))
        if not case:
            return 404, [], b""  # the browser's own calls home
        return getattr(self, "serve_" + case["kind"])(case, method, path, words, headers)

    def serve_cors(self, case, method, path, words, headers):
        number = int(words["hop"])
        hop = case["hops"][number]
        log = self.sent.setdefault(case["id"], [])
        if method == "OPTIONS" and "Access-Control-Request-Method" in headers:
            log.append((number, "preflight", headers["Access-Control-Request-Method"], headers["Origin"], headers.get("Access-Control-Request-Headers")))
            answer = hop["preflight"] or {"status": 404, "headers": []}
            return answer["status"], answer["headers"], b""
        log.append((number, "request", method, headers.get("Origin"), headers.get("Content-Type")))
        made = list(hop["headers"])
        if number + 1 < len(case["hops"]):
            made.append(("Location", with_query(case["hops"][number + 1]["url"], f"case={case['id']}&hop={number + 1}")))
        return hop["status"], made, case["body"]

    def serve_cookie(self, case, method, path, words, headers):
        """sent[case][ask] is the Cookie header; for a page at the top there is one more under (ask, "self")."""
        number = int(words["step"])
        page = VISITED % json.dumps(f"{case['id']}/{number}")
        if number < len(case["sets"]):
            return 200, [("Set-Cookie", line) for line in case["sets"][number][2]], page.encode()
        ask = number - len(case["sets"])
        key = (ask, "self") if "onwards" in words else ask
        self.sent.setdefault(case["id"], {})[key] = "; ".join(headers.get_all("Cookie") or [])
        if case["asks"][ask][0] == "top" and "onwards" not in words:
            page = ONWARDS % json.dumps(f"?case={case['id']}&step={number}&onwards=1")
        return 200, [], page.encode()

    def serve_message(self, case, method, path, words, headers):
        return 200, [], (SENDER % tuple(json.dumps(text) for text in (case["id"], case["target"], case["id"] + "/sent"))).encode()


def try_in_browser(stage, timeout, third_party=True):
    """Leads Chromium through the stage's groups. AssertionError when it did not get through all of them in time."""
    # Third-party cookies: Debian's default is to block them, upstream's is not.
    preferences = {"profile": {"block_third_party_cookies": not third_party, "cookie_controls_mode": 0 if third_party else 1}}
    browser.lead(stage, LoginHandler, f"{stage.groups[0][0]}/top?number=0", timeout, ["--disable-quic", "--disable-popup-blocking"], preferences)
