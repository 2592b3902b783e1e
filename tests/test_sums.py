"""Totals in SQL: the sum at its two ends, of what counts and of what may count."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.duck import Duck
from engine.program import compile_program
from engine.rete import Rete
from tests.licence import case, known_case, written

SUM = {"when": {"o": "offence"}, "where": ["o.fine > 10"], "then": "sum(n=total(o.fine))"}
WORTH = st.sampled_from([0, 10, 11, 20, [5, 20], {"at_least": 11, "at_most": 30}, {"at_least": 3}, None])


def program(least: int) -> Any:
    return compile_program(written(SUM, {"when": {"s": "sum"}, "where": [f"s.n >= {least}"], "then": "it()"}))


def summed(*cases: Any, least: int = 40) -> list[Any]:
    executor = Duck(program(least))
    return [found.facts for found in executor.run(cases)]


def sums(facts: Any) -> set[Any]:
    return {(ends, sure) for (name, ends), sure in facts.items() if name == "sum"}


@pytest.mark.parametrize(
    ("fines", "low", "high"),
    [
        ([], 0, 0),
        ([10], 0, 0),
        ([11, 20, 9], 31, 31),
        ([20, 20], 40, 40),
        ([{"at_least": 5, "at_most": 30}], 0, 30),
    ],
)
def test_what_counts_is_added_up(fines: list[Any], low: int, high: int) -> None:
    offences = [{"fine": fine, "done_on": f"2018-0{n + 1}-01"} for n, fine in enumerate(fines)]
    one = known_case(offences=offences)
    assert summed(one) == [dict(Rete(program(40)).run(one).summary())]
    found = str(sums(summed(one)[0]))
    assert f"{low}, {high}" in found


def test_each_case_has_a_sum_of_its_own() -> None:
    cases = [known_case(offences=[{"fine": fine}] * 1) for fine in (39, 40, 41)]
    assert ["it" in {name for name, _ in facts} for facts in summed(*cases)] == [False, True, True]


def test_a_list_that_is_not_complete_has_no_greatest_sum() -> None:
    one = known_case(offences={"complete": False, "items": [{"fine": 50}]})
    assert summed(one) == [dict(Rete(program(40)).run(one).summary())]


@given(st.lists(st.lists(WORTH, max_size=4), min_size=1, max_size=6), st.booleans(), st.integers(0, 90))
def test_a_sum_is_that_of_the_other_executor(lists: list[list[Any]], whole: bool, least: int) -> None:
    cases = [
        case(offences={"complete": whole, "items": [{"fine": fine, "place": "x"} for fine in fines]})
        for fines in lists
    ]
    rete = Rete(program(least))
    assert summed(*cases, least=least) == [dict(rete.run(one).summary()) for one in cases]
