#!/usr/bin/python3
"""Fails when sources of one folder need each other in a circle: helpers stand below, drivers above, and no file needs one that needs it.

Read from the built objects, so that it is what is linked that counts. Usage: tests/circles.py [BUILD FOLDER] (default build/release)."""
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Folders whose circles are known, and why they are left.
KNOWN = {
    "monitor/daemon": "watch, care and control share one struct until each has its own",
}


def symbols(objects):
    """({symbol: object that defines it}, {object: symbols that it needs})."""
    defined, needed, current = {}, defaultdict(set), None
    listed = subprocess.run(["nm", "-A", "-P", *objects], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        name, rest = line.split(": ", 1)
        symbol, kind = rest.split()[:2]
        if kind == "U":
            needed[name].add(symbol)
        elif kind.isupper():
            defined[symbol] = name
    return defined, needed


def circles(graph):
    """The strongly connected components with more than one member (Tarjan, without recursion's depth to fear here)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            part = []
            while not part or part[-1] != node:
                part.append(stack.pop())
            if len(part) > 1:
                found.append(sorted(part))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def main():
    build = ROOT / (sys.argv[1] if len(sys.argv) > 1 else "build/release")
    objects = sorted(path for folder in ("checks", "conf", "monitor", "remedies") for path in (build / folder).rglob("*.o")
                     if (ROOT / path.relative_to(build)).with_suffix(".c").exists())
    if not objects:
        sys.exit(f"circles: nothing is built in {build}")
    defined, needed = symbols(objects)
    graph = {str(path): set() for path in objects}
    for name, wanted in needed.items():
        for symbol in wanted:
            other = defined.get(symbol)
            if other and other != name and Path(other).parent == Path(name).parent:
                graph[name].add(other)
    wrong = 0
    for part in circles(graph):
        folder = str(Path(part[0]).parent.relative_to(build))
        names = ", ".join(Path(name).stem for name in part)
        if folder in KNOWN:
            continue
        wrong += 1
        print(f"{folder}: {names} need each other:")
        for name in part:
            for symbol in sorted(needed[name]):
                if defined.get(symbol) in part and defined[symbol] != name:
                    print(f"    {Path(name).stem} needs {symbol} of {Path(defined[symbol]).stem}")
    print(f"{len(objects)} objects, {wrong} circles")
    return 1 if wrong else 0


sys.exit(main())
