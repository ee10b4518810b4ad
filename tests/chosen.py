"""What bears a name, for `make check T=NAME`: unit tests, fuzzers, faults of the lab, integration tests. It runs nothing.

A name is that of a file without its test_ or fuzz_, of a test function, of a fault, or a shell pattern of them."""
import difflib
import fnmatch
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class Found:
    unit: list = field(default_factory=list)
    fuzz: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    integration: list = field(default_factory=list)  # pytest's words

    def goals(self):
        """What make has to build for it."""
        fuzzers = [f"build/fuzz/tests/fuzz/fuzz_{name}" for name in self.fuzz]
        tests = [f"build/asan/tests/unit/test_{name}" for name in self.unit]
        binary = ["build/asan/ejmon"] if self.faults or self.integration else []
        return ["V=fuzz", *fuzzers] if fuzzers else ["V=asan", *tests, *binary]


def unit_tests():
    return sorted(path.stem[len("test_"):] for path in (ROOT / "tests/unit").glob("test_*.c"))


def fuzzers():
    return sorted(path.stem[len("fuzz_"):] for path in (ROOT / "tests/fuzz").glob("fuzz_*.c"))


def fault_rows():
    """Every name that tests/lab/matrix.py takes."""
    sys.path.insert(0, str(ROOT / "tests/lab"))
    import verdicts
    return sorted({fault for table in (verdicts.EXPECTED, verdicts.NEIGHBOURS, verdicts.BLIND) for part in table.values() for fault in part} | {"healthy"})


def functions():
    """{test function: file}"""
    return {name: str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").glob("*/test_*.py"))
            for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.M)}


def by_name(name):
    """LookupError when nothing is called so."""
    if "::" in name or name.endswith(".py"):
        return Found(integration=[name if name.startswith("tests/") else f"tests/integration/{name}"])
    bare = re.sub(r"^(test|fuzz)_|\.c$", "", name)

    def fitting(names):
        return [one for one in names if fnmatch.fnmatch(one, bare)]

    if name.startswith("fuzz_"):
        found = Found(fuzz=fitting(fuzzers()))
    else:
        places = functions()
        files = fitting(sorted({Path(path).stem[len("test_"):] for path in places.values()}))
        tests = [one for one in places if fnmatch.fnmatch(one, f"test_{bare}")] if not files else []
        words = [path for path in sorted(set(places.values())) if Path(path).stem[len("test_"):] in files] + [f"{places[one]}::{one}" for one in tests]
        found = Found(fitting(unit_tests()), [], [bare] if fitting(fault_rows()) else [], words)
        if found == Found():
            found.integration = [f"{path}::{one}" for one, path in places.items() if bare in one]
    if found == Found():
        known = [*unit_tests(), *fault_rows(), *functions(), *(f"fuzz_{one}" for one in fuzzers())]
        near = difflib.get_close_matches(name, known, 3) or ["make check T=theme, T=fuzz_url, T=theme-switched, T=twenty_probes"]
        raise LookupError(f"no test and no fault is called {name}; did you mean {', '.join(near)}?")
    return found
