from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import expressions as ex
from engine.errors import InputError, Place
from engine.expressions import Atom, Compare, Lookup, Member, Scope, parse_atom, parse_condition, parse_head
from engine.facts import Fact
from engine.program import lookup
from engine.rows import Row
from engine.values import Domain
from tests.generated import TYPES
from tests.licence import Offence, Person, Request

PLACE = Place("law.yaml", 7, 3, "rules.0.where.0")
KINDS: dict[str, type[Fact]] = {"p": Person, "r": Request, "o": Offence, "t": TYPES["root"]}
SCOPE = Scope(
    {name: (kind.type_name(), kind.domains()) for name, kind in KINDS.items()}
    | {"g": ("grave", {"offence": Domain("ref", name="offence"), "fine": Domain("won")})},
    {"least": Domain("int")},
    {"adult": {}, "grave": {"offence": Domain("ref", name="offence"), "fine": Domain("won")}},
    PLACE,
)


def condition(text: str) -> Any:
    return parse_condition(text, SCOPE)


def shown(item: Any) -> str:
    """A parsed condition in a plain form."""
    match item:
        case Compare():
            return f"{shown(item.left)} {item.operator} {shown(item.right)}"
        case Member():
            return f"{shown(item.term)} {'not ' * item.negated}in {sorted(item.numbers)}"
        case ex.All() | ex.Any_():
            return "(" + (" & " if isinstance(item, ex.All) else " | ").join(map(shown, item.parts)) + ")"
        case ex.Shift():
            return f"{shown(item.base)} {'+' if item.sign > 0 else '-'} {item.unit}({shown(item.amount)})"
        case ex.Field():
            return f"{item.variable}.{item.name}"
        case ex.Constant():
            return str(item.number)
    return str(item.name)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("p.grade <= 4", "p.grade <= 4"),
        ("4 >= p.grade", "p.grade <= 4"),
        ("1 < p.grade <= 4", "(p.grade > 1 & p.grade <= 4)"),
        ("not 1 < p.grade <= 4", "(p.grade <= 1 | p.grade > 4)"),
        ("p.emancipated", "p.emancipated == 1"),
        ("not p.emancipated", "p.emancipated == 0"),
        ("p.emancipated == false", "p.emancipated == 0"),
        ("p.service == 'navy'", "p.service == 2"),
        ("'navy' != p.service", "p.service != 2"),
        ("t.colour >= 'green'", "t.colour >= 1"),
        ("p.service in ['navy', 'army']", "p.service in [1, 2]"),
        ("not p.grade in [1, 2]", "p.grade not in [1, 2]"),
        ("not p.grade not in [1, 2]", "p.grade in [1, 2]"),
        ("p.grade == 1 and r.paid or p.grade > 2", "((p.grade == 1 & r.paid == 1) | p.grade > 2)"),
        ("not (p.grade == 1 and r.paid)", "(p.grade != 1 | r.paid == 0)"),
        ("r.asked_on >= p.born_on + years(least)", "r.asked_on >= p.born_on + years(least)"),
        ("r.asked_on - days(3) < '2020-01-01'", "r.asked_on - days(3) < 737425"),
        ("p.grade + 1 - least == o.fine", "p.grade + number(1) - number(least) == o.fine"),
        ("o.fine >= 1_000_000_000", "o.fine >= 1000000000"),
        ("g.fine > o.fine", "g.fine > o.fine"),
        ("o.place == o.place", "o.place == o.place"),
    ],
)
def test_what_is_read(text: str, wanted: str) -> None:
    assert shown(condition(text)) == wanted


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("p.grad > 1", "person has no field 'grad'", "'grade'"),
        ("q.grade > 1", "'q' is not bound", "Bind it in `when`"),
        ("p.grade > leest", "'leest' is not known", "'least'"),
        ("p.grade > 'x'", "'x' is not a whole number", "digits"),
        ("p.grade > 1.5", "1.5 is not a whole number", "digits"),
        ("p.grade == None", "not an exact value", "Write it out"),
        ("p.grade > r.asked_on", "'r.asked_on' is date, not int", "Compare like with like"),
        ("p.service == r.kind", "'r.kind' is enum Kind, not enum Service", "Compare like"),
        ("p.service == 'nvy'", "'nvy' is not known", "'navy'"),
        ("p.service < 'navy'", "has no order", "== or !="),
        ("o.place < o.place", "has no order", "== or !="),
        ("p.emancipated > false", "has no order", "== or !="),
        ("r.asked_on > '2025-02-30'", "2025-02-30 is not a day", "Check"),
        ("r.asked_on > '2025-02'", "not an exact value of date", "Write it out"),
        ("r.asked_on > 2025", "not an exact value of date", "Write it out"),
        ("r.asked_on + 3 > '2025-01-01'", "A day is moved by", "years(3)"),
        ("r.asked_on + weeks(3) > '2025-01-01'", "'weeks' is not a duration", "days with one number"),
        ("r.asked_on + years(1, 2) > '2025-01-01'", "not a duration", "days with one number"),
        ("r.asked_on + years(p.grade) > '2025-01-01'", "not a number or a parameter", "whole number"),
        ("r.asked_on - year_ends(1) > '2025-01-01'", "counts forward only", "years, months or days"),
        ("r.asked_on + quarter_ends(0) > '2025-01-01'", "quarter_ends counts from 1", "Write 1"),
        ("p.service + 1 == 2", "cannot be added to", "numbers and days"),
        ("p.grade * 2 > 1", "not part of the language", "docs/rule-language.md"),
        ("p.grade > max(1, 2)", "not part of the language", "docs/rule-language.md"),
        ("p.grade is 1", "not part of the language", "=="),
        ("p.grade", "not a condition", "Compare it"),
        ("p.grade in []", "not a plain value", "List plain values"),
        ("p.grade in [1, 1]", "not a plain value", "List plain values"),
        ("p.grade in [1, least]", "not a plain value", "List plain values"),
        ("p.grade + 1 in [1]", "needs a field and a list", "o.grade in"),
        ("p.grade in 5", "needs a field and a list", "o.grade in"),
        ("not adult()", "stands inside a condition", "item of its own"),
        ("adult() or p.grade > 1", "stands inside a condition", "item of its own"),
        ("adlt()", "No rule derives 'adlt'", "'adult'"),
        ("grave(offense=o)", "no argument 'offense'", "'offence'"),
        ("grave(o)", "has no name", "Name each one"),
        ("grave(offence=p)", "'p' is ref person, not ref offence", "Compare like"),
        ("grave(offence=3)", "3 is not a fact", "bound variable"),
        ("grave(offence=g)", "'g' is a derived fact", "arguments"),
        ("p.grade >", "not an expression", "comparison"),
        ("p.grade = 4", "not an expression", "comparison"),
        ("", "not an expression", "comparison"),
        ("(" * 300 + "p.grade" + ")" * 300 + " > 1", "not an expression", "comparison"),
        ("o == o", "not", ""),
        ("lambda: 1", "not part of the language", "docs"),
        ("p.__class__ == 1", "no field '__class__'", "Write one of"),
        ("p.grade.real > 1", "not part of the language", "docs"),
        ("p['grade'] > 1", "not part of the language", "docs"),
        ("__import__('os')", "has no name", "Name each one"),
    ],
)
def test_what_is_refused(text: str, message: str, remedy: str) -> None:
    with pytest.raises(InputError) as error:
        condition(text)
    (problem,) = error.value.problems
    assert problem.place == PLACE
    assert message in problem.message
    assert remedy in problem.remedy


@pytest.mark.parametrize("number", [100, 700, 5_000])
@pytest.mark.parametrize("text", ["p.grade{} > 1", "{}p.emancipated"])
def test_an_expression_that_is_nested_too_deeply_is_refused(text: str, number: int) -> None:
    with pytest.raises(InputError, match=r"law\.yaml:7"):
        condition(text.format((" + 1" if text.startswith("p") else "not ") * number))


def test_atoms() -> None:
    found = condition("grave(offence=o, fine=o.fine)")
    assert isinstance(found, Atom)
    assert [name for name, _ in found.arguments] == ["fine", "offence"]
    assert parse_atom("adult()", SCOPE) == Atom("adult", ())
    with pytest.raises(InputError, match="not an atom"):
        parse_atom("p.grade > 1", SCOPE)


def test_heads() -> None:
    name, arguments = parse_head("new(kind='x', on=r.asked_on + days(1), o=o, n=3)", SCOPE)
    assert (name, arguments["kind"]) == ("new", "x")
    assert isinstance(arguments["o"], ex.Reference)
    assert arguments["n"] == ex.Constant(3, ex.NUMBER)
    with pytest.raises(InputError, match="not an atom"):
        parse_head("new", SCOPE)
    grade = ex.Field("p", "grade", Domain("int"))
    assert parse_head("new(kind='x', n=total(p.grade), m=3)", SCOPE)[1]["n"] == ex.Total(grade)


INTERVALS = st.tuples(st.integers(-3, 8), st.integers(-3, 8)).map(lambda ends: (min(ends), max(ends)))
OPERATIONS: dict[str, Any] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def within(interval: tuple[int, int]) -> range:
    return range(interval[0], interval[1] + 1)


@given(INTERVALS, INTERVALS, st.sampled_from(list(OPERATIONS)))
def test_a_comparison_of_independent_values_is_exact(left: Any, right: Any, operator: Any) -> None:
    truths = [OPERATIONS[operator](a, b) for a, b in product(within(left), within(right))]
    assert ex.compare(operator, left, right) == (all(truths), any(truths))


@given(INTERVALS, st.frozensets(st.integers(-3, 8), min_size=1), st.booleans(), st.booleans())
def test_membership_is_exact(interval: Any, numbers: frozenset[int], negated: bool, several: bool) -> None:
    options = frozenset({interval[0], interval[1]}) if several else None
    here = Lookup(lambda *_: interval, lambda *_: options, {}.__getitem__)
    truths = [(value in numbers) != negated for value in options or within(interval)]
    found = ex.truth_of(Member(ex.Field("p", "grade", ex.NUMBER), numbers, negated), here)
    assert found == (all(truths), any(truths))


ATOMIC = st.sampled_from(
    [
        "p.grade > 2",
        "p.grade + 1 < least",
        "p.grade in [1, 3]",
        "o.fine >= 3",
        "p.grade == o.fine",
        "p.emancipated",
        "p.grade != o.fine",
        "o.fine - least < p.grade",
        "o.fine not in [2]",
    ]
)
NESTED = st.recursive(
    ATOMIC,
    lambda inner: st.one_of(
        inner.map(lambda text: f"not ({text})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: "({}) {} ({})".format(*parts)
        ),
    ),
    max_leaves=5,
)


@given(NESTED, *[INTERVALS] * 2, st.sampled_from([(0, 0), (0, 1), (1, 1)]), st.sampled_from([(1, 1), (1, 3)]))
def test_truth_over_intervals_is_sound(text: str, grade: Any, fine: Any, free: Any, least: Any) -> None:
    parsed = condition(text)

    def truth(grade: Any, fine: Any, free: Any, least: Any) -> Any:
        rows = {
            "p": Row(1, "person", True, {"grade": grade, "emancipated": free}),
            "o": Row(2, "offence", True, {"fine": fine}),
        }
        return ex.truth_of(parsed, lookup(rows, {"least": least}))

    must, may = truth(grade, fine, free, least)
    truths = {
        truth(*((number, number) for number in numbers))
        for numbers in product(within(grade), within(fine), within(free), within(least))
    }
    assert truths <= {(True, True), (False, False)}
    assert must <= may
    assert not must or truths == {(True, True)}
    assert may or truths == {(False, False)}


@given(
    st.integers(700_000, 740_000),
    st.integers(0, 400),
    st.sampled_from(["years", "months", "days"]),
    INTERVALS,
)
def test_a_shift_keeps_its_ends(low: int, length: int, unit: Any, amount: Any) -> None:
    field = ex.Field("r", "asked_on", Domain("date"))
    term = ex.Shift(field, unit, -1, ex.Parameter("least", ex.NUMBER))

    def value(day: Any, least: Any) -> Any:
        return ex.value_of(term, Lookup(lambda *_: day, lambda *_: None, {"least": least}.__getitem__))

    first, last = value((low, low + length), amount)
    for day, least in product((low, low + length // 2, low + length), within(amount)):
        (one, _) = value((day, day), (least, least))
        assert first <= one <= last


def test_what_an_expression_names() -> None:
    found = condition("r.asked_on >= p.born_on + years(least) or o.fine in [1]")
    assert ex.variables_of(found) == {"r", "p", "o"}
    assert [name for term in ex.terms_of(found) for name in ex.parameters_of(term)] == ["least"]
