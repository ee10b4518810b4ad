"""Running `ejmon run` for tests: a configuration with short intervals, the log line by line, a pager that keeps what it gets."""
import json
import re
import signal
import subprocess
import threading
import time

PATIENCE = 240  # seconds for what takes one or two on an idle machine: a test that waits for longer has failed
SETTINGS = """
defaults: {{ interval: 1s, suspect: 300ms, down: 500ms, timeout: 8s, rise: 2, fall: 3 }}
remedies:
  collect: {{ cool_down: 1s, attempts_per_hour: 10 }}
  clear-collect: {{ cool_down: 1s, attempts_per_hour: 10 }}
sinks:
  log: {{ kind: log }}
  pager: {{ kind: command, command: [flock, "{pager}", sh, -c, "cat >>{pager}; echo >>{pager}"] }}
{more}
"""


def configure(lab, tmp_path, more=""):
    """The lab's configuration with short intervals and a state folder of its own; returns the file."""
    base = "".join(line for line in (lab.dir / "ejmon.yaml").read_text().splitlines(True) if not line.startswith("state:"))
    path = tmp_path / "ejmon.yaml"
    path.write_text(base + f"state: {tmp_path}/state\n" + SETTINGS.format(pager=tmp_path / "pager.jsonl", more=more))
    return path


class Daemon:
    def __init__(self, ejmon, config, *options):
        self.ejmon, self.config, self.lines = ejmon, config, []
        self.asking = config.with_name("asking.yaml")  # tests spoil the daemon's own file
        self.asking.write_text(config.read_text())
        self.process = subprocess.Popen([ejmon, "-c", config, "run", *options], stderr=subprocess.PIPE, text=True, errors="replace")
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        self.wait(r"watches \d+ checks")

    def read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip())

    def wait(self, pattern, seconds=PATIENCE, since=0):
        """The first log line from `since` on that matches; fails with the log otherwise."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            for line in self.lines[since:]:
                if re.search(pattern, line):
                    return line
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n" + "\n".join(self.lines)
            time.sleep(0.02)
        raise AssertionError(f"not in the log within {seconds} s: {pattern}\n" + "\n".join(self.lines))

    def logged(self, pattern, since=0):
        return [line for line in self.lines[since:] if re.search(pattern, line)]

    def ask(self, *words):
        return subprocess.run([self.ejmon, "-c", self.asking, *words], capture_output=True, text=True, timeout=30)

    def status(self):
        return json.loads(self.ask("status", "--format", "json").stdout)

    def wait_status(self, judge, seconds=PATIENCE):
        limit = time.monotonic() + seconds
        while True:
            status = self.status()
            if judge(status):
                return status
            assert time.monotonic() < limit, json.dumps(status, indent=1) + "\n".join(self.lines)
            time.sleep(0.1)

    def look_on(self, times=2):
        """Waits until every check has been made that often again: what was to happen after the last look has happened."""
        before = {check["name"]: check["probes"] for check in self.status()["checks"]}
        self.wait_status(lambda status: all(check["probes"] >= before[check["name"]] + times for check in status["checks"]))

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.reader.join(timeout=10)
        return code

    def notices(self):
        path = self.config.parent / "pager.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines() if line] if path.exists() else []
