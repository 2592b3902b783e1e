from typing import Any

import pytest

from engine.errors import InputError
from tests.licence import written


@pytest.mark.parametrize("number", [1, 2, 5])
def test_a_loop_through_unless(number: int) -> None:
    chain: list[dict[str, Any]] = [{"where": [f"s{n}()"], "then": f"s{n + 1}()"} for n in range(number)]
    with pytest.raises(InputError) as error:
        written({"unless": [f"s{number}()"], "then": "s0()"}, *chain, {"then": "it()"})
    (problem,) = error.value.problems
    assert problem.message.endswith(" -> ".join(["s0", *(f"s{n}" for n in range(number, -1, -1))]))
    assert "Take one step out" in problem.remedy
    assert problem.place.path == "rules.0"
    assert problem.place.line > 0


def test_recursion_without_unless_is_allowed() -> None:
    rulebook = written(
        {"where": ["b()"], "then": "a()"},
        {"where": ["a()"], "then": "b()"},
        {"unless": ["a()"], "then": "it()"},
    )
    assert rulebook.strata == {"a": 0, "b": 0, "it": 1, "outcome": 2}


def test_a_predicate_that_rests_on_itself_alone_is_refused() -> None:
    with pytest.raises(InputError, match=r"There are no facts 'loop'"):
        written({"when": {"l": "loop"}, "then": "loop(n=l.n)"}, {"then": "it()"})


SUM = {"when": {"o": "offence"}, "where": ["a()"], "then": "burden(amount=total(o.fine))"}


def test_a_total_lies_above_what_it_adds_up_and_below_what_reads_it() -> None:
    rules = [
        {"then": "a()"},
        SUM,
        {"when": {"b": "burden"}, "then": "c()"},
        {"where": ["c()"], "then": "it()"},
    ]
    assert written(*rules).strata == {"a": 0, "burden": 1, "c": 2, "it": 2, "outcome": 3}


@pytest.mark.parametrize("key", ["when", "where"])
def test_a_loop_through_a_total(key: str) -> None:
    reads: dict[str, Any] = {"when": {"b": "burden"}} if key == "when" else {"where": ["burden(amount=3)"]}
    with pytest.raises(InputError) as error:
        written(SUM, reads | {"then": "c()"}, {"where": ["c()"], "then": "a()"}, {"then": "it()"})
    (problem,) = error.value.problems
    assert problem.message == "This rule adds up what rests on itself: burden -> a -> c -> burden"
    assert "Take one step out" in problem.remedy
    assert problem.place.path == "rules.0"


def test_a_total_that_adds_itself_up() -> None:
    base = {"rule": "sum", "in_force": {"asked_on": "..2009-12-31"}}
    own = {"rule": "sum", "in_force": {"asked_on": "2010-01-01.."}, "when": {"b": "burden"}}
    with pytest.raises(InputError, match="adds up what rests on itself: burden -> burden"):
        written(
            SUM | base, {"then": "a()"}, own | {"then": "burden(amount=total(b.amount))"}, {"then": "it()"}
        )
