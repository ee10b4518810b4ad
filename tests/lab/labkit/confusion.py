"""What a run of the matrix says: which rows are off the diagonal, precision and recall of each cause, who raises each code and which
neighbour does not. Pure: rows in, text out."""
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field


@dataclass
class Row:
    """One state of the lab and what one `ejmon check` made of it."""

    generation: str
    fault: str  # "healthy", a fault, or several joined by " + "
    expected: list  # causes in their order
    named: list
    kind: str = "fault"  # "healthy", "fault", "neighbour", "blind", "together", "replay"
    status: str = ""
    codes: dict = field(default_factory=dict)  # finding code: severity
    remedy: str = None
    expected_remedy: str = None
    missing_refusals: list = field(default_factory=list)
    more: list = field(default_factory=list)  # what else is not as the table says: findings, looks of one check, what plan and heal do
    passed: list = field(default_factory=list)  # codes
    seconds: float = 0.0
    error: str = ""  # the lab's or ejmon's own failure; nothing is known then
    first_look: list = field(default_factory=list)  # what was wrong at a first look, when there was a second one

    @property
    def name(self):
        return f"{self.generation} {self.fault}" + (" (recorded)" if self.kind == "replay" else "")

    @property
    def complaints(self):
        """Everything that is not as the table says; empty on the diagonal."""
        if self.error:
            return [self.error]
        found = []
        if self.named != self.expected:
            found.append(f"expected {', '.join(self.expected) or 'nothing'}; named {', '.join(self.named) or 'nothing'}")
        elif self.kind == "fault" and self.expected and self.remedy != self.expected_remedy:
            found.append(f"expected the remedy {self.expected_remedy}; chosen {self.remedy}")
        if self.missing_refusals:
            found.append(f"not refused: {', '.join(self.missing_refusals)}")
        found += self.more
        if not self.expected and self.status != ("unknown" if self.kind == "blind" else "pass"):
            found.append(f"status {self.status}: {', '.join(self.codes) or 'no finding'}")
        return found


@dataclass
class Score:
    hits: int = 0
    missed: int = 0
    false: int = 0

    def line(self):
        wanted, named = self.hits + self.missed, self.hits + self.false
        return f"{self.hits:5} of {wanted:<4} {percent(self.hits, wanted):>7}   {self.false:5} false {percent(self.hits, named):>7}"


def percent(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


def scores(rows):
    """{cause: Score} and the sum of all; rows that could not be looked at do not count."""
    table, total = defaultdict(Score), Score()
    for row in rows:
        if row.error:
            continue
        wanted, named = Counter(row.expected), Counter(row.named)
        for cause in wanted | named:
            for score in (table[cause], total):
                score.hits += min(wanted[cause], named[cause])
                score.missed += max(0, wanted[cause] - named[cause])
                score.false += max(0, named[cause] - wanted[cause])
    return dict(sorted(table.items())), total


def raisers(rows):
    """{code: [rows that raise it]}"""
    found = defaultdict(list)
    for row in rows:
        for code in row.codes:
            found[code].append(row)
    return found


def telling(row):
    """The codes that say something about the fault: not those that are only worth knowing."""
    return {code for code, severity in row.codes.items() if severity != "info"}


def nearest(code, rows):
    """The row that shares most codes with one that raises this code, and does not raise it itself. Where none shares any, health is one too."""
    with_it = [row for row in rows if code in row.codes]
    without = [row for row in rows if code not in row.codes and not row.error and row.kind not in ("together", "replay")]
    if not with_it or not without:
        return None

    def shared(row):
        return max((len(telling(row) & telling(one)) / len(telling(row) | telling(one)) if telling(row) | telling(one) else 0) for one in with_it)

    return max(without, key=lambda row: (shared(row), row.kind == "healthy"))


def unraised_complaints(codes, raised, reasons):
    """Codes that nothing raises and that have no reason; reasons for codes that are raised, or that do not exist."""
    return ([f"{code} is raised by no fault and has no reason in an UNRAISED of tests/lab/verdicts" for code in sorted(codes - raised - reasons.keys())]
            + [f"{code} is raised, yet stands in an UNRAISED of tests/lab/verdicts" for code in sorted(raised & reasons.keys())]
            + [f"{code} stands in an UNRAISED of tests/lab/verdicts and is no code" for code in sorted(reasons.keys() - codes)])


def cell(row):
    return f"{'  ' if not row.complaints else '! '}{row.name:44} {', '.join(row.named) or ('ERROR' if row.error else '-')}"


def text(rows, codes, complete, reasons, full=False):
    """The whole report; (text, whether everything is on the diagonal)."""
    off = [row for row in rows if row.complaints]
    lines = ["", "fault x cause" if full else "off the diagonal"]
    lines += [cell(row) for row in (rows if full else off)] or ["  none"]
    for row in off:
        lines.append(f"! {row.name}: {'; '.join(row.complaints)}" + (f"  [{', '.join(sorted(row.codes))}]" if row.codes else ""))
    table, total = scores(rows)
    lines += ["", f"{'cause':44} recall{'':16}precision"]
    lines += [f"  {cause:42} {score.line()}" for cause, score in table.items() if full or score.missed or score.false]
    lines.append(f"  {f'all {len(table)} causes':42} {total.line()}")
    lines += ["", *summary(rows)]
    found = raisers(rows)
    lines += ["", "code: faults that raise it; the nearest that does not"] if full else []
    for code in sorted(found) if full else []:
        neighbour = nearest(code, rows)
        lines.append(f"  {code}: {shortened([row.name for row in found[code]])}; not {neighbour.name if neighbour else 'known'}")
    findings = {code for code in codes if codes[code] == "finding"}
    lines.append(f"{len(found)} of {len(findings)} finding codes raised")
    wrong = unraised_complaints(findings, set(found), reasons) if complete else []
    alone = [code for code in found if not nearest(code, rows)] if complete else []
    wrong += [f"{code} is raised by every row: no neighbour tells what it means" for code in alone]
    lines += [f"! {line}" for line in wrong]
    return "\n".join(lines) + "\n", not off and not wrong


def summary(rows):
    lines = []
    for generation in sorted({row.generation for row in rows}):
        for kind, what in (("healthy", "healthy"), ("fault", "faults"), ("neighbour", "neighbours, which raise nothing"), ("blind", "that blind a check, which name nothing"),
                           ("together", "several at once"), ("replay", "recorded states of the real EJ")):
            some = [row for row in rows if row.generation == generation and row.kind == kind]
            if some:
                lines.append(f"{generation}: {sum(not row.complaints for row in some)} of {len(some)} {what} on the diagonal")
    return lines


def shortened(names, most=6):
    names = [re.sub(r"^A ", "", name) for name in names]
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")
