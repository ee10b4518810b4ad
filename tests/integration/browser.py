"""Headless Chromium on loopback: one sniffing server (http and TLS on one port) plays every host and port, since the browser maps all names to it.

https is real: every name has a certificate of an authority of the test's own, which this browser alone trusts, by the NSS database of a home folder
that goes with it."""
import http.server
import json
import os
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import tempfile
import threading
from pathlib import Path

from foreign import Authority

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CERTUTIL = shutil.which("certutil")
MISSING = next((f"NOT TRIED AGAINST A BROWSER: no {program} on PATH (apt-get install {package})"
                for program, package, found in (("chromium", "chromium", CHROMIUM), ("certutil", "libnss3-tools", CERTUTIL)) if not found), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-extensions", "--disable-logging",
         # one process per site and rules about local networks cost time and are not what is tried here
         "--disable-site-isolation-trials", "--renderer-process-limit=2",
         "--disable-features=IsolateOrigins,site-per-process,HttpsUpgrades,LocalNetworkAccessChecks"]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        if self.request.recv(1, socket.MSG_PEEK) == b"\x16":  # a TLS handshake
            self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.request.settimeout(30)
        super().setup()

    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, stage, handler, authority):
        self.stage, self.authority = stage, authority
        self.lock, self.contexts = threading.Lock(), {}
        self.tls = self.context_of("IP:127.0.0.1,IP:::1")  # an address is asked for without its name
        self.tls.sni_callback = self.choose
        super().__init__(("127.0.0.1", 0), handler)

    def context_of(self, name):
        with self.lock:
            if name not in self.contexts:
                self.contexts[name] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self.contexts[name].load_cert_chain(*self.authority.issue(name))
            return self.contexts[name]

    def choose(self, connection, name, _):
        if name:
            connection.context = self.context_of(f"DNS:{name}")

    def handle_error(self, request, client_address):
        pass  # a browser closes connections whenever it likes


def lead(stage, handler, start, timeout, flags=(), preferences=None):
    """Leads Chromium from the page `start` on, until stage.done is set. AssertionError when that took too long."""
    directory = Path(tempfile.mkdtemp(prefix="ejmon-browser-"))
    (directory / "profile/Default").mkdir(parents=True)
    (directory / "profile/Default/Preferences").write_text(json.dumps(preferences or {}))
    authority = Authority(directory / "authority")
    database = directory / ".pki/nssdb"
    database.mkdir(parents=True)
    for words in (["-N", "--empty-password"], ["-A", "-n", "own", "-t", "C,,", "-i", authority.certificate]):
        subprocess.run([CERTUTIL, "-d", f"sql:{database}", *words], check=True, capture_output=True)
    server = Server(stage, handler, authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    browser = subprocess.Popen([CHROMIUM, *FLAGS, *flags, f"--host-resolver-rules=MAP * 127.0.0.1:{server.server_address[1]}",
                                f"--user-data-dir={directory}/profile", start], env={**os.environ, "HOME": str(directory)},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        assert stage.done.wait(timeout), f"Chromium has not got through it in {timeout} s: {stage.waiting} pages are left"
    finally:
        os.killpg(browser.pid, signal.SIGKILL)  # its own group: the browser and its helpers
        browser.wait()
        server.shutdown()
        server.server_close()
        shutil.rmtree(directory, ignore_errors=True)
