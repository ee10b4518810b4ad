"""What is judged of a fault besides the cause that one `ejmon check` names: the findings, what single checks see that have less to look at, and
what `plan` and `heal` do about it. Each function returns complaints; none where all is as the table (tests/lab/verdicts) says."""
import contextlib
import json
import re
import subprocess
import urllib.request

import jsonschema

from labkit import lifecycle
from labkit.state import HERE, Lab

SCHEMA = json.loads((HERE.parents[1] / "conf/report.schema.json").read_text())
LIMIT = 300  # seconds for one command of ejmon


class Ejmon:
    """ejmon on one lab."""

    def __init__(self, binary, directory):
        self.binary, self.dir = binary, directory

    def run(self, *words, **options):
        done = subprocess.run([self.binary, *words], capture_output=True, text=True, timeout=LIMIT, **options)
        if "Sanitizer" in done.stderr or "runtime error:" in done.stderr:
            raise RuntimeError(f"{' '.join(map(str, words))}: {done.stderr[-4000:]}")
        return done

    def on_lab(self, *words):
        return self.run(*words, "-c", self.dir / "ejmon.yaml")

    def report(self, *checks):
        return json.loads(self.on_lab("check", *checks, "--format", "json").stdout)

    def probe(self, kind, *words):
        """Without any configuration, and with no folder of the lab mounted here."""
        return json.loads(self.run("probe", kind, *words, "--format", "json", cwd="/").stdout)

    def status(self):
        return lifecycle.status(Lab(self.dir).need())

    def wanted_theme(self):
        """What EJ_THEME of the env file says at this moment."""
        lines = (self.dir / "config.env").read_text().splitlines()
        return next((line.partition("=")[2] for line in lines if line.startswith("EJ_THEME=")), "default")

    def spare_limiter(self):
        """Rocket.Chat's limiter, as strict as the real one, would speak of our own probes."""
        rocketchat = self.status()["rocketchat"]
        if not rocketchat:
            return
        with contextlib.suppress(OSError):  # the fault may be that nothing answers there
            request = urllib.request.Request(rocketchat + "/__lab__/knobs", b'{"limiter": false}', {"Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=20).close()


# --- findings ---------------------------------------------------------------------------------------------------------------------


def seen(report):
    """[{code: severity}] of each check."""
    return [{one["code"]: one["severity"] for one in check["findings"]} for check in report["checks"]]


def findings(report, expected):
    """All that is expected is found, and the checks that find it find nothing else."""
    saw = {code: severity for codes in seen(report) if codes.keys() & expected.keys() for code, severity in codes.items() if severity != "info"}
    return [] if saw == expected else [f"findings: expected {told(expected)}; found {told(saw)}"]


def told(codes):
    return ", ".join(f"{code} ({severity})" for code, severity in sorted(codes.items())) or "nothing"


def readable(report):
    """Under its schema, with a sentence for every finding, and with something to do for every cause."""
    found = []
    try:
        jsonschema.validate(report, SCHEMA)
    except jsonschema.ValidationError as error:
        found.append(f"the report is not under its schema: {error.message[:200]}")
    for finding in (one for check in report["checks"] for one in check["findings"]):
        if not 10 < len(finding["summary"]) <= 320 or "(null)" in json.dumps(finding):
            found.append(f"a finding reads badly: {json.dumps(finding)[:300]}")
    for cause in report["causes"]:
        if not cause["by_hand"] or not all(one["why"] for one in cause.get("refused", [])):
            found.append(f"{cause['code']} says nothing to do by hand, or refuses without a reason")
    return found


# --- looks of single checks ----------------------------------------------------------------------------------------------------------


def look_of_theme(*more):
    def look(ejmon):
        return ejmon.probe("theme", f"url={ejmon.status()['site']}", f"theme={ejmon.wanted_theme()}", *(word.format(**ejmon.status()) for word in more))
    return look


def look_of(kind, *words):
    return lambda ejmon: ejmon.probe(kind, *(word.format(**ejmon.status()) for word in words))


def signed_in(ejmon):
    status = ejmon.status()
    secret = ejmon.dir / "password-of-people"
    secret.write_text(status["people"]["password"])
    report = ejmon.probe("login", f"ej={status['site']}", f"rocketchat={status['rocketchat']}", f"user={status['people']['user']}", f"password_file={secret}")
    text = json.dumps(report)
    if status["people"]["password"] in text or "lab-token" in text or re.search(r"(sessionid|csrftoken)=[A-Za-z0-9]{8}", text):
        raise ValueError(f"a secret is shown: {text}")
    return report


INSIDE = ("host=127.0.0.1", "web_command={web_command}", "timeout=60s")
LOOKS = {
    "theme over http": look_of_theme(),
    "theme from inside": look_of_theme(*INSIDE),
    "theme from inside without a shadow collect": look_of_theme(*INSIDE, "shadow=false"),
    "django over http": look_of("django", "url={site}"),
    "django through nginx and directly": look_of("django", "url={site}", "web={web}"),
    "django under another name": look_of("django", "url={site}", "host=ej.example.org"),
    "nginx alone": look_of("nginx", "url={site}"),
    "login, signed in": signed_in,
    "frame alone": lambda ejmon: ejmon.report("frame"),
    "without logs and settings": lambda ejmon: ejmon.report("nginx", "django", "theme", "postgres", "frame"),
}


def look(ejmon, name, expected):
    """expected: the codes with their severities, then the causes in their order."""
    report = LOOKS[name](ejmon)
    saw = {code: severity for codes in seen(report) for code, severity in codes.items() if severity != "info"}, [cause["code"] for cause in report["causes"]]
    return [] if saw == tuple(expected) else [f"{name}: expected {told(expected[0])}, so {expected[1]}; found {told(saw[0])}, so {saw[1]}"]


# --- plan and heal -------------------------------------------------------------------------------------------------------------------


def acts(ejmon, cause, remedy, refusal):
    """`plan` changes nothing; `heal` heals what it may and leaves the rest. Refusal: the words by which the remedy says that it would fail."""
    found = []

    def first():
        return next((one["code"] for one in ejmon.report()["causes"]), None)

    def want(good, what, done):
        if not good:
            found.append(f"{what}: exit {done.returncode}, {(done.stdout + done.stderr)[-500:]!r}")

    ejmon.spare_limiter()
    plan = ejmon.on_lab("plan", cause)
    want(cause in plan.stdout and plan.returncode == 1 and (remedy or "a person has to act" in plan.stdout), "plan", plan)
    if first() != cause:
        found.append("plan changed something")
    heal = ejmon.on_lab("heal", "--yes", cause)
    if refusal:
        want(f"{remedy}: refused" in heal.stdout and refusal in heal.stdout and heal.returncode == 2, f"heal was to be refused with {refusal!r}", heal)
    elif remedy:
        want(f"{remedy}: kept" in heal.stdout, f"heal was to keep {remedy}", heal)
        if cause in [one["code"] for one in ejmon.report()["causes"]]:
            found.append(f"{cause} is there after it was healed")
    else:
        want("a person has to act" in heal.stdout and "apply:" not in heal.stdout, "heal was to leave it to a person", heal)
        if first() != cause:
            found.append("heal changed something")
    return found


def nothing_to_heal(ejmon):
    done = ejmon.on_lab("heal", "--yes")
    return [] if done.returncode == 0 else [f"heal of a stack that is well: exit {done.returncode}, {(done.stdout + done.stderr)[-500:]!r}"]
