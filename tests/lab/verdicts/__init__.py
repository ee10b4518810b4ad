"""What ejmon must say of each fault of the lab: every module of this folder has a part of the table.

    A = {"fault": (["the/cause", ...in their order], "remedy" or None, ["act that must be refused with a reason", ...])}; B, C likewise
    NEIGHBOURS = {"A": ["fault"], ...}  what looks like a fault and is none, by the contract or its corrections, or what nothing that ejmon
                                        sees tells from health: whoever teaches a check to see one of the latter moves its row
    REFUSED = {"fault": "words"}        the remedy looks first, sees that it would fail, and says why with these words
    APART = {"fault": "reason"}         a fault of the lab that has no row, because no lab of these tests can set it or nothing is to be named

A row's remedy is the one that is chosen for the first cause; None: a person acts. A fault stands in one place for each generation.

EXPECTED, NEIGHBOURS, REFUSED and APART here are all modules' together."""
import importlib
import pkgutil

GENERATIONS = ("A", "B", "C")


def gather():
    expected, neighbours = ({generation: {} for generation in GENERATIONS} for _ in range(2))
    refused, apart, owner = {}, {}, {}
    for found in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        module = importlib.import_module(f"{__name__}.{found.name}")
        refused |= getattr(module, "REFUSED", {})
        apart |= getattr(module, "APART", {})
        for generation in GENERATIONS:
            rows = getattr(module, generation, {})
            beside = getattr(module, "NEIGHBOURS", {}).get(generation, [])
            for fault in [*rows, *beside]:
                if (generation, fault) in owner:
                    raise ValueError(f"{fault} of generation {generation} stands in {owner[generation, fault]} and again in {found.name}")
                owner[generation, fault] = found.name
            expected[generation] |= rows
            neighbours[generation] |= dict.fromkeys(beside)
    return expected, {generation: list(names) for generation, names in neighbours.items()}, refused, apart


EXPECTED, NEIGHBOURS, REFUSED, APART = gather()
