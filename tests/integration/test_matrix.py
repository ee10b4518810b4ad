"""The confusion matrix judges itself: what is off the diagonal, what is counted, and who is whose neighbour. Rows only; no lab."""
from labkit import confusion
from labkit.confusion import Row


def row(fault, expected, named, codes=(), **more):
    status = "fail" if named else "pass"
    return Row("A", fault, expected, named, **{"kind": "fault", "status": status, "codes": {code: "critical" for code in codes}, **more})


def test_a_row_is_on_the_diagonal_only_with_the_same_causes_in_their_order():
    assert not row("x", ["a", "b"], ["a", "b"]).complaints
    assert row("x", ["a", "b"], ["b", "a"]).complaints
    assert row("x", ["a"], ["a", "b"]).complaints
    assert row("x", ["a"], []).complaints


def test_the_right_cause_with_another_remedy_is_off_the_diagonal():
    assert row("x", ["a"], ["a"], expected_remedy="collect").complaints
    assert not row("x", ["a"], ["a"], expected_remedy="collect", remedy="collect").complaints
    assert row("x", ["a"], ["a"], missing_refusals=["restart web"]).complaints


def test_a_neighbour_that_only_warns_is_off_the_diagonal():
    assert not row("x", [], [], kind="neighbour").complaints
    assert row("x", [], [], kind="neighbour", status="warn").complaints
    assert not row("x", [], [], kind="blind", status="unknown").complaints


def test_a_lab_that_failed_is_off_the_diagonal_and_counts_for_no_cause():
    rows = [row("x", ["a"], [], error="no lab"), row("y", ["a"], ["a"])]
    table, total = confusion.scores(rows)
    assert rows[0].complaints and total.hits == 1 and total.missed == 0 and table["a"].hits == 1


def test_precision_and_recall_count_each_cause():
    table, total = confusion.scores([row("x", ["a"], ["b"]), row("y", ["a", "b"], ["a", "b"]), row("z", [], ["b"])])
    assert (table["a"].hits, table["a"].missed, table["a"].false) == (1, 1, 0)
    assert (table["b"].hits, table["b"].missed, table["b"].false) == (1, 0, 2)
    assert (total.hits, total.missed, total.false) == (2, 1, 2)


def test_the_nearest_neighbour_shares_codes_and_does_not_raise_this_one():
    rows = [row("x", ["a"], ["a"], ["one", "two"]), row("y", ["a"], ["a"], ["two"]), row("z", ["a"], ["a"], ["three"]), row("healthy", [], [], kind="healthy")]
    assert confusion.nearest("one", rows).fault == "y"
    assert confusion.nearest("three", rows).fault == "healthy"


def test_a_code_that_nothing_raises_needs_a_reason_and_a_reason_needs_such_a_code():
    complaints = confusion.unraised_complaints({"one", "two", "three"}, {"one", "two"}, {"two": "why", "four": "why"})
    assert [line.split()[0] for line in complaints] == ["three", "two", "four"]


def test_the_report_ends_well_only_on_the_diagonal():
    good, bad = row("x", ["a"], ["a"], ["one"]), row("y", ["a"], ["b"], ["one"])
    codes = {"one": "finding", "a": "cause"}
    assert confusion.text([good], codes, False, {})[1]
    text, well = confusion.text([good, bad], codes, False, {})
    assert not well and "! A y: expected a; named b" in text
