"""Whether the lab is still the one that was held against the recordings of the real EJ, by a stamp in the tree.

    python3 tests/integration/held.py     holds it against them in full and, if it agrees in everything, writes the stamp

Nothing else writes it. Without it, or with another, or with EJMON_FIDELITY=full, test_lab_fidelity.py tries every row."""
import hashlib
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

LAB = Path(__file__).resolve().parents[1] / "lab"
STAMP = LAB / "observed/held"
TEST = Path(__file__).with_name("test_lab_fidelity.py")
COMMAND = "python3 tests/integration/held.py"
ASIDE = {"confusion.py"}  # of labkit, but of the matrix: it sets nothing


def versions():
    """Of what serves in the lab, without the corrections that Debian makes to them."""
    nginx = subprocess.run(["/usr/sbin/nginx", "-v"], capture_output=True, text=True).stderr.strip().rpartition("/")[2]
    found = {"nginx": nginx, **{name: metadata.version(name) for name in ("Django", "gunicorn")}}
    return ", ".join(f"{name} {'.'.join(version.split('.')[:2])}" for name, version in found.items())


def files():
    """Everything that decides what the lab answers, and what it is compared with."""
    places = [path for folder in ("ej", "labkit", "observed") for path in (LAB / folder).rglob("*")]
    return sorted(path for path in [*places, LAB / "lab", LAB / "fault", TEST]
                  if path.is_file() and path != STAMP and path.suffix != ".pyc" and path.name not in ASIDE)


def stamp():
    digest = hashlib.sha256()
    for path in files():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(LAB.parent)} {len(content)}\n".encode() + content)
    return f"{digest.hexdigest()} {versions()}\n"


def unchanged():
    return os.environ.get("EJMON_FIDELITY") != "full" and STAMP.exists() and STAMP.read_text() == stamp()


class Outcome:
    """Counts what pytest reports."""

    def __init__(self):
        self.tried, self.passed = 0, 0

    def pytest_collection_finish(self, session):
        self.tried = len(session.items)

    def pytest_runtest_logreport(self, report):
        self.passed += report.when == "call" and report.passed


def main():
    import pytest

    os.environ["EJMON_FIDELITY"] = "full"
    before, outcome = stamp(), Outcome()
    code = pytest.main(["-q", "-rs", "-p", "no:cacheprovider", str(TEST)], plugins=[outcome])
    if code or not outcome.tried or outcome.passed != outcome.tried:
        return f"{outcome.passed} of {outcome.tried} rows agree; the stamp stays as it is"
    if stamp() != before:
        return "the lab was changed meanwhile; the stamp stays as it is"
    STAMP.write_text(before)
    print(f"{STAMP.relative_to(LAB.parents[1])}: {before}", end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
