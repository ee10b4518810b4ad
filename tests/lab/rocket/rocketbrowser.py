"""A headless Chromium for tests of the stand-in's page: opens tabs by its HTTP interface; it looks into none of them."""
import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.parse

from rocketlab import skip_loudly, stop, until

# Loopback only: no name resolves, and what Chromium does of its own accord is off.
OPTIONS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-default-browser-check",
           "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps",
           "--disable-extensions", "--metrics-recording-only", "--disable-background-timer-throttling",
           "--disable-renderer-backgrounding", "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
           "--remote-debugging-port=0", "about:blank"]


class Browser:
    """Tabs by address; close() closes those opened."""

    def __init__(self, port):
        self.port, self.tabs = port, []

    def _ask(self, method, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            body = response.read().decode()
            assert response.status == 200, body
            return body
        finally:
            connection.close()

    def open(self, url):
        import json
        self.tabs.append(json.loads(self._ask("PUT", "/json/new?" + urllib.parse.quote(url, safe="")))["id"])

    def close(self):
        for tab in self.tabs:
            self._ask("GET", "/json/close/" + tab)
        self.tabs = []


@contextlib.contextmanager
def browser():
    """A Browser with a profile of its own, or a loud skip."""
    path = os.environ.get("EJMON_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        skip_loudly("no chromium on PATH or in EJMON_TEST_CHROMIUM: the page is not tried in a real browser")
    with tempfile.TemporaryDirectory(prefix="ejmon-chromium-", ignore_cleanup_errors=True) as folder:
        said = os.path.join(folder, "log")
        with open(said, "wb") as log:
            process = subprocess.Popen([path, "--user-data-dir=" + folder] + OPTIONS, stdout=log, stderr=log, start_new_session=True)
        try:
            active = os.path.join(folder, "DevToolsActivePort")
            until(lambda: process.poll() is not None or (os.path.exists(active) and open(active, encoding="ascii").readline().strip()),
                  "chromium listens", 60)
            if process.poll() is not None:
                with open(said, encoding="utf-8", errors="replace") as log:
                    skip_loudly("chromium does not start here: " + log.read().strip()[-300:])
            with open(active, encoding="ascii") as lines:
                yield Browser(int(lines.readline()))
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            stop(process)
