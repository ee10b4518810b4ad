#!/usr/bin/python3
"""The English texts of codes: reads the rooms' files *.texts and writes them for the build.

    texts.py c FILE...      one table in C (checks/explanation.h), sorted by code
    texts.py pot FILE...    gettext's template of the same: a part's key ("theme/not-set title") is its msgctxt

A file holds blocks, one a code; lines that begin with # are remarks, empty lines part nothing but blocks:

    [theme/not-set]
    title: EJ_THEME is set to nothing               one line, without a full stop
    meaning: What it means for visitors; a long text
      goes on in lines that begin with blanks.
    looks: ...     why: ...     heals: ...     heals-not: ...     summary: ... (of a cause: one sentence for pages)
    not collect: why this remedy or action is refused (as often as needed; quoted where it has a colon: not "a: b": why)
    by-hand:
      commands, one a line, as they are typed; what follows "# " is for people and translated
    refs: ej F05, guide "Troubleshooting"

Every mistake is told with its file and line."""
import re
import sys
from pathlib import Path

PARTS = ["summary", "title", "meaning", "looks", "why", "heals", "heals-not"]
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*")
REFUSED = re.compile(r'not (?:"([^"]+)"|([^":]+)): *(.*)')


class Mistake(Exception):
    pass


def read(path):
    """The blocks of a file: {code: {"parts": {name: text}, "refused": [(remedy, why)], "by-hand": [line], "refs": [ref]}}."""
    blocks, block, add = {}, None, None
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").split("\n"), 1):
        where = f"{path}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            if add is None:
                raise Mistake(f"{where}: this line goes on with nothing")
            add(line.strip())
            continue
        if line.startswith("["):
            code = line.strip("[]")
            if not CODE.fullmatch(code) or code in blocks:
                raise Mistake(f"{where}: {line} is no code, or stands here twice")
            block, add = blocks.setdefault(code, {"parts": {}, "refused": [], "by-hand": [], "refs": []}), None
            continue
        if block is None:
            raise Mistake(f"{where}: a [group/name] must come first")
        add = begin(block, line, where)
    for code, block in blocks.items():
        if "title" not in block["parts"]:
            raise Mistake(f"{path}: [{code}] has no title")
    return blocks


def begin(block, line, where):
    """Takes in the first line of a part; returns what takes in those that follow."""
    refused = REFUSED.fullmatch(line)
    if refused:
        rows = block["refused"]
        rows.append((refused[1] or refused[2], refused[3]))

        def add_why(more):
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {more}".strip())
        return add_why
    key, colon, text = line.partition(":")
    text = text.strip()
    if not colon or key in block["parts"] or (key in ("by-hand", "refs") and block[key]):
        raise Mistake(f"{where}: wants `key: text`, each key once")
    if key == "by-hand":
        if text:
            raise Mistake(f"{where}: commands stand in lines of their own")
        return block["by-hand"].append
    if key == "refs":
        def add_refs(more):
            block["refs"] += [ref.strip() for ref in more.split(",") if ref.strip()]
        add_refs(text)
        return add_refs
    if key not in PARTS:
        raise Mistake(f"{where}: {key} is none of {', '.join(PARTS)}, not, by-hand, refs")
    parts = block["parts"]
    parts[key] = text

    def add_text(more):
        parts[key] = f"{parts[key]} {more}".strip()
    return add_text


def literal(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def strings(items):
    return "(const char *const[]){" + ", ".join(map(literal, items)) + ", NULL}"


def write_c(blocks):
    print('#include "checks/explanation.h"\n\nconst struct explanation explanations[] = {')
    for code in sorted(blocks):
        block = blocks[code]
        print(f"    {{.code = {literal(code)},\n     .parts = {{")
        for part, text in block["parts"].items():
            print(f"         [PART_{part.upper().replace('-', '_')}] = {literal(text)},")
        print("     },")
        if block["refused"]:
            rows = ", ".join(f"{{{literal(remedy)}, {literal(why)}}}" for remedy, why in block["refused"])
            print(f"     .refused = (const struct refusal[]){{{rows}, {{NULL, NULL}}}},")
        for key, member in (("by-hand", "by_hand"), ("refs", "refs")):
            if block[key]:
                print(f"     .{member} = {strings(block[key])},")
        print("    },")
    print(f"}};\nconst size_t explanation_count = {len(blocks)};")


def comment(command):
    """What of a line of commands is for people, as lang_comment() of monitor/base/lang.h has it."""
    if command.startswith("# "):
        return command[2:]
    return command.partition("  # ")[2] or None


def write_pot(blocks, path):
    seen = set()

    def entry(text, context=None):
        if context or text not in seen:
            print(f"\n#: {path}")
            print(f"msgctxt {literal(context)}\nmsgid {literal(text)}\nmsgstr \"\"" if context else f"msgid {literal(text)}\nmsgstr \"\"")
        if not context:
            seen.add(text)

    print('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"')
    for code, block in blocks.items():
        for part, text in block["parts"].items():
            entry(text, f"{code} {part}")
        for remedy, why in block["refused"]:
            if " " in remedy:  # one word is a name
                entry(remedy)
            entry(why)
        for note in filter(None, map(comment, block["by-hand"])):
            entry(note)


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("c", "pot"):
        sys.exit("usage: texts.py c|pot FILE...")
    blocks = {}
    try:
        for path in sys.argv[2:]:
            for code, block in read(path).items():
                if code in blocks:
                    raise Mistake(f"{path}: [{code}] stands in another file too")
                blocks[code] = block
    except (Mistake, OSError, UnicodeDecodeError) as mistake:
        sys.exit(str(mistake))
    write_c(blocks) if sys.argv[1] == "c" else write_pot(blocks, sys.argv[2])


if __name__ == "__main__":
    main()
