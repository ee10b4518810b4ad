"""Headless Chromium as judge of framing: serves pages with given headers on loopback, frames them, and tells which were shown.

Whether a page was shown is seen from outside, without scripts in it: it holds one empty frame, an error page holds none, and `window.length` may
be read across origins."""
import json
import threading

import browser

SIDE_BY_SIDE = 6  # frames at once; more do not go faster on two cores
FRAME_TIMEOUT = 4000  # milliseconds; a frame below an http page in an https page never says that it has loaded

TOP = """<!doctype html><body><script>
const cases = %s, next = %s, shown = {};
async function one([id, url, depth]) {
  const frame = document.createElement('iframe');
  const loaded = new Promise(done => { frame.onload = done; setTimeout(done, %d); });
  frame.src = url;
  document.body.appendChild(frame);
  await loaded;
  let page = frame.contentWindow;
  for (let i = 1; i < depth && page; i++) page = page[0];
  shown[id] = !!page && page.length === 1;
  frame.remove();
}
(async () => {
  const lane = async () => { for (let c; c = cases.shift();) await one(c); };
  await Promise.all(Array.from({length: %d}, lane));
  await fetch('/result', {method: 'POST', body: JSON.stringify(shown)});
  if (next) location = next;
})();
</script>"""


class Handler(browser.Handler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/result":  # the browser's own calls home are mapped to here, too
            self.server.stage.take(json.loads(body))
        self.reply(200, [], b"")

    def do_GET(self):
        self.reply(*self.server.stage.page(self.path.split("/")))

    def reply(self, status, headers, body):
        head = [("Content-Type", "text/html"), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"), *headers]
        text = f"HTTP/1.1 {status} x\r\n" + "".join(f"{name}: {value}\r\n" for name, value in head) + "\r\n"
        self.wfile.write(text.encode("latin-1") + body)


class Stage:
    """The pages: one top page per top origin, the ancestors between, the redirects and the pages themselves.

    A case is {"id", "ancestors": [nearest first], "hops": [{"url": "http://host/", "headers": [(name, value)]}]}."""

    def __init__(self, cases):
        self.cases = {case["id"]: case for case in cases}
        self.groups = {}
        for case in cases:
            self.groups.setdefault(case["ancestors"][-1], []).append(case)
        self.tops = list(self.groups)
        self.shown, self.waiting, self.done = {}, len(self.tops), threading.Event()

    def take(self, shown):
        self.shown.update(shown)
        self.waiting -= 1
        if self.waiting == 0:
            self.done.set()

    def inner(self, case, depth):
        """The address of what stands in a frame: an ancestor, or at depth 0 the first hop."""
        if depth == 0:
            return f"{case['hops'][0]['url']}hop/{case['id']}/0"
        return f"{case['ancestors'][depth - 1]}/nest/{case['id']}/{depth - 1}"

    def page(self, path):
        if path[1] == "top":
            return 200, [], self.top(int(path[2])).encode()
        if path[1] not in ("nest", "hop"):
            return 404, [], b""
        case, number = self.cases[path[2]], int(path[3])
        if path[1] == "nest":
            return 200, [], f"<iframe src='{self.inner(case, number)}'></iframe>".encode()
        hop = case["hops"][number]
        if number + 1 < len(case["hops"]):
            target = f"{case['hops'][number + 1]['url']}hop/{case['id']}/{number + 1}"
            return 302, [("Location", target), *hop["headers"]], b""
        return 200, hop["headers"], b"<iframe></iframe>"

    def top(self, number):
        cases = [[c["id"], self.inner(c, len(c["ancestors"]) - 1), len(c["ancestors"])] for c in self.groups[self.tops[number]]]
        following = f"{self.tops[number + 1]}/top/{number + 1}" if number + 1 < len(self.tops) else None
        return TOP % (json.dumps(cases), json.dumps(following), FRAME_TIMEOUT, SIDE_BY_SIDE)


def find_shown(cases, timeout):
    """{id: whether Chromium showed the page}. AssertionError when it did not get through all cases in time."""
    stage = Stage(cases)
    browser.lead(stage, Handler, f"{stage.tops[0]}/top/0", timeout)
    return stage.shown
