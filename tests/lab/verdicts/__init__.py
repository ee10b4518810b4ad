"""What ejmon must say of each fault of the lab: every module of this folder has a part of the table.

    A = {"fault": (["the/cause", ...in their order], "remedy" or None, ["act that must be refused with a reason", ...])}; B, C likewise
    NEIGHBOURS = {"A": ["fault"], ...}  what looks like a fault and is none, by the contract or its corrections, or what nothing that ejmon
                                        sees tells from health: whoever teaches a check to see one of the latter moves its row
    FINDS = {"A": {"fault": {"group/code": severity}}}  what is found, and by the checks that find it nothing else
    LOOKS = {"A": {"fault": {"look": ({"group/code": severity}, ["the/cause"])}}}  what a look with less to go by sees (columns.py)
    ACTS = {"A": ["fault", ...]}        `plan` and `heal` are tried on it in every run, on all others with --full
    REFUSED = {"fault": "words"}        the remedy looks first, sees that it would fail, and says why with these words
    BLIND = {"A": ["fault"], ...}       takes a check's sight away: unknown, and no cause
    APART = {"fault": "reason"}         a fault of the lab that has no row, because no lab of these tests can set it
    UNRAISED = {"group/code": "reason"} a finding code that no fault of the lab raises, and where it is tested instead

A row's remedy is the one that is chosen for the first cause; None: a person acts. A fault stands in one place for each generation.

EXPECTED, NEIGHBOURS, BLIND, FINDS, LOOKS, ACTS, REFUSED, APART and UNRAISED here are all modules' together."""
import importlib
import pkgutil

GENERATIONS = ("A", "B", "C")
ROWS, COLUMNS = ("EXPECTED", "NEIGHBOURS", "BLIND"), ("FINDS", "LOOKS", "ACTS")


def gather():
    """The parts of all modules together; a fault or a code that two of them speak of is an error."""
    by_generation = {name: {generation: {} for generation in GENERATIONS} for name in (*ROWS, *COLUMNS)}
    whole, owner = {"REFUSED": {}, "APART": {}, "UNRAISED": {}}, {}

    def own(key, module):
        if key in owner:
            raise ValueError(f"{' '.join(key)} stands in verdicts/{owner[key]}.py and again in verdicts/{module}.py")
        owner[key] = module

    for found in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        module = importlib.import_module(f"{__name__}.{found.name}")
        for generation in GENERATIONS:
            parts = {"EXPECTED": getattr(module, generation, {})}
            parts.update({name: dict.fromkeys(getattr(module, name, {}).get(generation, [])) for name in ("NEIGHBOURS", "BLIND")})
            for name, part in parts.items():
                for fault in part:
                    own((generation, fault), found.name)
                by_generation[name][generation].update(part)
            for name in COLUMNS:
                part = getattr(module, name, {}).get(generation, {})
                by_generation[name][generation].update(part if isinstance(part, dict) else dict.fromkeys(part))
        for name, together in whole.items():
            for key in getattr(module, name, {}):
                own((name, key), found.name)
            together.update(getattr(module, name, {}))
    check_columns(by_generation)
    return {**by_generation, **whole}


def check_columns(tables):
    for generation in GENERATIONS:
        rows = {fault for name in ROWS for fault in tables[name][generation]}
        for name in COLUMNS:
            if tables[name][generation].keys() - rows:
                raise ValueError(f"{name} of {generation} speaks of faults without a row: {sorted(tables[name][generation].keys() - rows)}")


TABLES = gather()
EXPECTED, NEIGHBOURS, BLIND = TABLES["EXPECTED"], TABLES["NEIGHBOURS"], TABLES["BLIND"]
FINDS, LOOKS, ACTS = TABLES["FINDS"], TABLES["LOOKS"], TABLES["ACTS"]
REFUSED, APART, UNRAISED = TABLES["REFUSED"], TABLES["APART"], TABLES["UNRAISED"]
