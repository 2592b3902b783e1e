"""Every condition in SQL says what the engine says of it, for all that its values may be."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, get_args

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import expressions as ex
from engine.calendar import FIRST, LAST, MONTHS_TO_END, Unit, shift
from engine.duck import FUNCTIONS
from engine.sql import (
    ALWAYS,
    FALSE,
    PARAMETER,
    TRUE,
    Derived,
    Ends,
    Speller,
    Sql,
    Truth,
    all_of,
    column,
    compare,
    every,
    exactly,
    negation,
    number,
    one_of,
    some,
)
from engine.values import HIGHEST, LOWEST
from tests.test_expressions import NESTED, condition

INTERVALS = [(low, high) for low in range(-1, 4) for high in range(low, 4)]
LITTLE = [(-1, -1), (0, 2), (1, 1), (1, 3), (2, 3), (3, 3)]
OPERATORS: Sequence[ex.Operator] = get_args(ex.Operator)
DATABASE = duckdb.connect()
DATABASE.execute(FUNCTIONS)


def evaluated(
    columns: Mapping[str, str], rows: Iterable[Sequence[int]], parts: Iterable[Sql]
) -> list[tuple[Any, ...]]:
    """What the parts are worth in each of the rows."""
    heading = ", ".join(f"unnest(?)::{kind} AS {name}" for name, kind in columns.items())
    told = ", ".join(part.sql("duckdb") for part in parts)
    values = [list(values) for values in zip(*rows, strict=True)]
    return DATABASE.execute(f"SELECT {told} FROM (SELECT {heading})", values).fetchall()


def ends(name: str) -> Ends:
    return Ends(column(f"{name}_lo"), column(f"{name}_hi"))


def ended(*names: str, kind: str = "BIGINT") -> dict[str, str]:
    return {f"{name}_{end}": kind for name in names for end in ("lo", "hi")}


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_comparison_of_ranges(operator: ex.Operator) -> None:
    pairs = [*product(INTERVALS, INTERVALS)]
    truth = compare(operator, ends("a"), ends("b"))
    found = evaluated(ended("a", "b"), [(*a, *b) for a, b in pairs], [truth.must, truth.may])
    assert found == [ex.compare(operator, a, b) for a, b in pairs]


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("constant", [-1, 0, 2])
def test_a_comparison_with_a_constant(operator: ex.Operator, constant: int) -> None:
    one = compare(operator, ends("a"), exactly(constant))
    other = compare(operator, exactly(constant), ends("a"))
    found = evaluated(ended("a"), INTERVALS, [one.must, one.may, other.must, other.may])
    here = (constant, constant)
    assert found == [(*ex.compare(operator, a, here), *ex.compare(operator, here, a)) for a in INTERVALS]


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_comparison_of_exact_values_is_one_comparison(operator: ex.Operator) -> None:
    a, b = column("a_lo"), column("b_lo")
    truth = compare(operator, Ends(a, a), Ends(b, b))
    assert truth.must == truth.may
    rows = [*product(range(3), range(3))]
    found = evaluated({"a_lo": "BIGINT", "b_lo": "BIGINT"}, rows, [truth.must])
    assert found == [(ex.compare(operator, (one, one), (two, two))[0],) for one, two in rows]


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_comparison_of_constants_is_settled(operator: ex.Operator) -> None:
    for one, two in product(range(3), range(3)):
        must, _ = ex.compare(operator, (one, one), (two, two))
        settled = TRUE if must else FALSE
        assert compare(operator, exactly(one), exactly(two)) == Truth(settled, settled)


def fact(*names: str) -> Derived:
    return Derived(ALWAYS, {name: ends(name) for name in names}, number(1))


FACTS = {"p": fact("grade", "emancipated"), "o": fact("fine"), PARAMETER: fact("least")}


@given(NESTED)
def test_a_condition_holds_as_the_engine_says(text: str) -> None:
    parsed = condition(text)
    truth = Speller(FACTS).truth(parsed)
    rows = [*product(LITTLE, LITTLE, [(0, 0), (0, 1), (1, 1)], [(1, 1), (1, 3)])]
    found = evaluated(
        ended("grade", "fine", "emancipated", "least"),
        [[end for interval in row for end in interval] for row in rows],
        [truth.must, truth.may],
    )

    def wanted(grade: Any, fine: Any, free: Any, least: Any) -> ex.Truth:
        worth = {"grade": grade, "fine": fine, "emancipated": free}
        return ex.truth_of(
            parsed, ex.Lookup(lambda _, name: worth[name], lambda *_: None, {"least": least}.__getitem__)
        )

    assert found == [wanted(*row) for row in rows]


@pytest.mark.parametrize("negated", [False, True])
@pytest.mark.parametrize("numbers", [{0}, {-1, 0}, {1, 3}, {-1, 0, 1, 2, 3}, {9}])
def test_one_of_some_values_in_a_range(numbers: set[int], negated: bool) -> None:
    member = ex.Member(ex.Field("p", "grade", ex.NUMBER), frozenset(numbers), negated)
    truth = Speller(FACTS).truth(member)
    found = evaluated(ended("grade"), INTERVALS, [truth.must, truth.may])
    assert found == [
        ex.truth_of(member, ex.Lookup(lambda *_, here=here: here, lambda *_: None, {}.__getitem__))
        for here in INTERVALS
    ]


def test_one_of_some_values_in_the_widest_and_in_a_small_column() -> None:
    member = ex.Member(ex.Field("p", "grade", ex.NUMBER), frozenset({1, 99}))
    truth = Speller(FACTS).truth(member)
    wide = evaluated(ended("grade"), [(LOWEST, HIGHEST), (99, 99)], [truth.must, truth.may])
    small = evaluated(ended("grade", kind="TINYINT"), [(-100, 99), (2, 98)], [truth.must, truth.may])
    assert wide == [(False, True), (True, True)]
    assert small == [(False, True), (False, False)]


def test_truths_are_joined_and_denied() -> None:
    a, b = (Truth(column(f"{name}_lo"), column(f"{name}_hi")) for name in "ab")
    truths = [all_of([a, b]), one_of([a, b]), a.denied, all_of([a, one_of([a, b]).denied])]
    rows = [*product([(False, False), (False, True), (True, True)], repeat=2)]
    found = evaluated(
        ended("a", "b", kind="BOOLEAN"),
        [(*one, *two) for one, two in rows],
        [part for truth in truths for part in (truth.must, truth.may)],
    )
    for ((a_must, a_may), (b_must, b_may)), told in zip(rows, found, strict=True):
        assert told[:2] == (a_must and b_must, a_may and b_may)
        assert told[2:4] == (a_must or b_must, a_may or b_may)
        assert told[4:6] == (not a_may, not a_must)
        assert told[6:] == (a_must and not (a_may or b_may), a_may and not (a_must or b_must))


def test_what_is_settled_is_left_out() -> None:
    here = column("here")
    assert every([]) == some([TRUE, here]) == negation(FALSE) == TRUE
    assert some([]) == every([FALSE, here]) == negation(TRUE) == FALSE
    assert every([TRUE, here]) == some([here, FALSE]) == here


MONTH_ENDS = [
    shift(shift(1, "years", 1999), "months", month) + by for month in range(26) for by in (-2, -1, 0)
]
YEARS = [shift(1, "years", year) + by for year in (3, 99, 399, 1899, 1999, 2099) for by in (58, 59, 60)]
EDGES = [*range(FIRST, FIRST + 63), *range(LAST - 63, LAST + 1)]
DAYS = [*EDGES, *MONTH_ENDS, *YEARS]
AMOUNTS = [
    -(2**31),
    -200_000,
    -9_999,
    -1_200,
    -49,
    -12,
    -2,
    -1,
    0,
    1,
    2,
    3,
    11,
    12,
    13,
    25,
    48,
    9_998,
    2**31 - 1,
]
UNITS: Sequence[Unit] = get_args(Unit)
CALENDAR = [unit for unit in UNITS if unit != "number"]


def shifted(unit: Unit, amount: ex.Constant | ex.Parameter, sign: int = 1) -> Ends:
    term = ex.Shift(ex.Field("p", "grade", ex.NUMBER), unit, sign, amount)
    return Speller(FACTS).ends(term)


def forward(unit: Unit) -> bool:
    return unit in MONTHS_TO_END or unit.startswith("full")


@pytest.mark.parametrize("unit", CALENDAR)
def test_a_day_moves_by_a_constant(unit: Unit) -> None:
    for amount, sign in product(AMOUNTS, (1,) if forward(unit) else (1, -1)):
        moved = shifted(unit, ex.Constant(amount, ex.NUMBER), sign).low
        found = evaluated(ended("grade", kind="INTEGER"), [(day, day) for day in DAYS], [moved])
        assert found == [(shift(day, unit, sign * amount),) for day in DAYS], (amount, sign)


@pytest.mark.parametrize("unit", CALENDAR)
@given(st.data())
def test_any_day_moves_by_what_a_parameter_may_be(unit: Unit, data: Any) -> None:
    days = data.draw(st.lists(st.integers(FIRST, LAST), min_size=30, max_size=30))
    near, any_number = st.integers(-200, 200), st.integers(LOWEST, HIGHEST)
    amounts = data.draw(st.lists(near | any_number, min_size=30, max_size=30))
    sign = 1 if forward(unit) else data.draw(st.sampled_from([1, -1]))
    worth = shifted(unit, ex.Parameter("least", ex.NUMBER), sign)
    columns = ended("grade", kind="INTEGER") | ended("least")
    rows = [sorted(days[n : n + 2]) + sorted(amounts[n : n + 2]) for n in range(29)]
    for row, found in zip(rows, evaluated(columns, rows, [worth.low, worth.high]), strict=True):
        first, last = sorted(sign * end for end in row[2:])
        assert found == (shift(row[0], unit, first), shift(row[1], unit, last)), row


@pytest.mark.parametrize("kind", ["TINYINT", "SMALLINT", "INTEGER", "BIGINT"])
@pytest.mark.parametrize("amount", [0, 1, 99, 127, 40_000, 2**31 - 1, 2**53])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_moves_out_of_the_type_of_its_column(kind: str, amount: int, sign: int) -> None:
    worth = shifted("number", ex.Constant(amount, ex.NUMBER), sign)
    rows = [(-100, 99), (1, 1), (0, 127)]
    found = evaluated(ended("grade", kind=kind), rows, [worth.low, worth.high])
    assert found == [(low + sign * amount, high + sign * amount) for low, high in rows]


def test_the_ends_of_a_parameter_that_is_taken_away_change_places() -> None:
    worth = shifted("number", ex.Parameter("least", ex.NUMBER), -1)
    found = evaluated(ended("grade", "least"), [(10, 20, 1, 3)], [worth.low, worth.high])
    assert found == [(7, 19)]
