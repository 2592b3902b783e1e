"""What follows in the worlds of a case, told apart or together."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from engine.execution import Fact
from engine.expressions import Interval
from rules.items import following
from tests.licence import licensing

World = Mapping[Interval, bool]
intervals = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda ends: (min(ends), max(ends)))
worlds = st.lists(st.dictionaries(intervals, st.booleans(), max_size=5), min_size=1, max_size=3)


def fact(until: Interval) -> Fact:
    return "valid", (("kind", (0, 0)), ("until", until))


def told(*worlds: World) -> list[tuple[bool, Interval]]:
    """Whether each item is certain, and its days."""
    facts = [{fact(until): certain for until, certain in world.items()} for world in worlds]
    found = following(licensing(), facts, ["valid"])["valid"]
    assert all(item.kind == "paid" for item in found)
    return [(item.certain, item.ends["until"]) for item in found]


def test_what_each_world_has_once_is_one_item() -> None:
    assert told({(1, 1): True}, {(5, 6): True}) == [(True, (1, 6))]
    assert told({(1, 1): True}, {(5, 6): False}) == [(False, (1, 6))]
    assert told({(1, 1): True}, {}) == [(False, (1, 1))]


def test_certain_facts_are_told_apart() -> None:
    some = {(1, 9): True, (3, 3): True, (4, 4): False}
    assert told(some) == [(True, (1, 9)), (True, (3, 3)), (False, (4, 4))]
    assert told(some, some) == told(some)


def test_possible_facts_of_several_worlds_are_told_apart_by_their_days_alone() -> None:
    assert told({(1, 1): False, (3, 3): False}, {}) == [(False, (1, 1)), (False, (3, 3))]
    assert told({(1, 4): False, (8, 9): False}, {(3, 6): False}) == [(False, (8, 9)), (False, (1, 6))]
    assert told({(1, 2): False, (4, 5): False}, {(2, 4): False}) == [(False, (1, 5))]
    assert told({(1, 4): False, (3, 6): False}) == [(False, (1, 4)), (False, (3, 6))]


@given(worlds)
def test_the_order_of_facts_and_worlds_never_matters(some: list[World]) -> None:
    turned = [dict(reversed(world.items())) for world in reversed(some)]
    assert sorted(told(*turned)) == sorted(told(*some))


@given(worlds)
def test_no_fact_is_left_out(some: list[World]) -> None:
    items = told(*some)
    for until in (until for world in some for until in world):
        assert any(low <= until[0] and until[1] <= high for _, (low, high) in items)
