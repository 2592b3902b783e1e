"""Sums of what is known in full, in part, and not at all."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.execution import Conclusions, Summand, labels
from engine.program import compile_program
from engine.rete import Rete
from engine.totals import total
from engine.values import HIGHEST, LOWEST
from tests.licence import case, known_case, rete, written
from tests.reference import derive

FINES = {"rule": "sum", "when": {"o": "offence"}, "then": "burden(amount=total(o.fine))"}
HEAVY = {"when": {"b": "burden"}, "where": ["b.amount > 1000"], "then": "it()"}
TOY = rete(FINES, HEAVY)


def offences(*fines: Any, complete: bool = True) -> dict[str, Any]:
    items = [{"fine": fine, "done_on": "2019-01-01", "place": "x"} for fine in fines]
    return {"complete": complete, "items": items}


def burden(found: Conclusions) -> list[tuple[tuple[int, int], bool]]:
    return sorted((dict(fact[1])["amount"], row.certain) for fact, row in found.of("burden"))


@pytest.mark.parametrize(
    ("given_offences", "wanted", "answers"),
    [
        (offences(), (0, 0), {"no": True}),
        (offences(400, 600), (1000, 1000), {"no": True}),
        (offences(400, 601), (1001, 1001), {"yes": True}),
        (offences(500, 500, 1), (1001, 1001), {"yes": True}),
        (offences([400, 500], 600), (1000, 1100), {"no": False, "yes": False}),
        (offences({"at_least": 401}, 600), (1001, HIGHEST), {"yes": True}),
        (offences({"at_most": 300}, 600), (600, 900), {"no": True}),
        (offences(None), (0, HIGHEST), {"no": False, "yes": False}),
        (offences(complete=False), (0, HIGHEST), {"no": False, "yes": False}),
        (offences(1001, complete=False), (1001, HIGHEST), {"yes": True}),
        (offences(2**53, 2**53), (2**53, 2**53), {"yes": True}),
        (offences(2**53 - 1, 0), (2**53 - 1, 2**53 - 1), {"yes": True}),
    ],
)
def test_one_fact_for_the_case(given_offences: Any, wanted: Any, answers: Any) -> None:
    found = TOY.run(known_case(offences=given_offences))
    assert burden(found) == [(wanted, True)]
    assert labels(found, TOY.program.rulebook) == answers


def test_a_possible_binding_adds_nothing_or_its_high_end() -> None:
    executor = rete(FINES | {"where": ["o.place == p.place"], "when": {"o": "offence", "p": "pardon"}}, HEAVY)
    pardons = [{"place": "x", "given_on": "2019-01-01"}]
    items = [{"fine": 700, "place": "x"}, {"fine": 500}, {"fine": 90, "place": "y"}]
    assert burden(executor.run(case(offences=items, pardons=pardons))) == [((700, 1200), True)]


def test_each_binding_counts_once() -> None:
    either = FINES | {
        "when": {"o": "offence", "r": "request"},
        "where": ["o.fine > 1 or r.paid", "seen(place=o.place)"],
    }
    seen = {"when": {"o": "offence"}, "then": "seen(place=o.place, fine=o.fine)"}
    found = rete(either, seen, HEAVY).run(known_case(offences=offences(300, 300, 7)))
    assert burden(found) == [((607, 607), True)]
    pairs = FINES | {"when": {"o": "offence", "p": "pardon"}}
    pardons = [{"place": "x", "given_on": "2019-01-01"}] * 2
    found = rete(pairs, HEAVY).run(known_case(offences=offences(5, 6), pardons=pardons))
    assert burden(found) == [((22, 22), True)]


COUNTED = [
    {"when": {"o": "offence"}, "where": ["o.fine > 10"], "then": "counted(value=o.fine)"},
    {"rule": "sum", "when": {"c": "counted"}, "then": "burden(amount=total(c.value))"},
]
NAMED = [
    {"when": {"o": "offence"}, "where": ["o.fine > 10"], "then": "counted(offence=o, value=o.fine)"},
    COUNTED[1],
]


@pytest.mark.parametrize(
    ("rules", "given_offences", "wanted"),
    [
        (COUNTED, offences(20, 20, 5), (20, 20)),
        (NAMED, offences(20, 20, 5), (40, 40)),
        (NAMED, offences({"at_least": 5, "at_most": 30}, 20), (20, 50)),
        (COUNTED, offences({"at_least": 15, "at_most": 30}, 20), (20, 50)),
        (COUNTED, offences({"at_least": 15, "at_most": 18}, 20), (35, 38)),
        (COUNTED, offences(*[{"at_least": 15, "at_most": 18}] * 2), (15, 36)),
        (NAMED, offences(*[{"at_least": 15, "at_most": 18}] * 2), (30, 36)),
        (COUNTED, offences(20, 30, {"at_least": 5, "at_most": 40}), (50, 90)),
        (NAMED, offences(20, complete=False), (20, HIGHEST)),
    ],
)
def test_facts_that_may_turn_out_to_be_one(rules: Any, given_offences: Any, wanted: Any) -> None:
    assert burden(rete(*rules, HEAVY).run(known_case(offences=given_offences))) == [(wanted, True)]


def test_an_unknown_item_may_be_many() -> None:
    pairs = FINES | {"when": {"o": "offence", "p": "pardon"}}
    some_case = known_case(offences=offences(5), pardons={"complete": False, "items": []})
    assert burden(rete(pairs, HEAVY).run(some_case)) == [((0, HIGHEST), True)]


VERSIONS = [
    FINES | {"in_force": {"asked_on": "..2009-12-31"}},
    FINES | {"in_force": {"asked_on": "2010-01-01.."}, "where": ["o.fine > 100"]},
]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2009-12-31", [((550, 550), True)]),
        ("2010-01-01", [((500, 500), True)]),
        (None, [((500, 500), False), ((550, 550), False)]),
    ],
)
def test_the_version_in_force_adds_up(day: Any, wanted: Any) -> None:
    some_case = known_case(request={"asked_on": day}, offences=offences(50, 500))
    assert burden(rete(*VERSIONS, HEAVY).run(some_case)) == wanted
    assert burden(rete(VERSIONS[0], HEAVY).run(some_case)) == [
        entry for entry in wanted if entry[0] == (550, 550)
    ]


def test_a_total_of_unclear_law_is_possible_only() -> None:
    executor = rete(FINES | {"confidence": "U"}, HEAVY)
    found = executor.run(known_case(offences=offences(2000)))
    assert burden(found) == [((2000, 2000), False)]
    assert labels(found, executor.program.rulebook) == {"no": False, "yes": False}


def test_totals_of_totals_and_what_denies_them() -> None:
    rules: list[dict[str, Any]] = [
        FINES,
        {"when": {"b": "burden"}, "where": ["b.amount > 10"], "then": "share(value=b.amount - 10)"},
        {"rule": "whole", "when": {"s": "share", "o": "offence"}, "then": "rest(amount=total(s.value))"},
        {"when": {"r": "rest"}, "where": ["r.amount > 30"], "then": "much()"},
        {"unless": ["much()"], "then": "it()"},
    ]
    rulebook = written(*rules)
    executor = Rete(compile_program(rulebook))
    assert [rulebook.strata[name] for name in ("burden", "share", "rest", "much", "it")] == [0, 1, 2, 3, 4]
    for fines, answer in (((25, 5), "no"), ((20, 5), "yes"), ((), "yes")):
        found = executor.run(known_case(offences=offences(*fines)))
        assert labels(found, rulebook) == {answer: True}
        assert found.summary() == derive(rulebook, known_case(offences=offences(*fines))).summary


def test_a_sum_of_a_fact_that_a_case_has_once() -> None:
    executor = rete(FINES | {"when": {"p": "person"}, "then": "burden(amount=total(p.grade))"}, HEAVY)
    assert burden(executor.run(case(person={"grade": [-3, 5]}))) == [((-3, 5), True)]
    assert burden(executor.run(case())) == [((LOWEST, HIGHEST), True)]


ends = st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(lambda two: (min(two), max(two)))


@given(st.lists(st.tuples(ends, ends, st.booleans()), max_size=4, unique_by=lambda drawn: drawn[1]))
def test_the_sum_of_any_completion_lies_within(drawn: list[Any]) -> None:
    """Summands turn out at the ends of their marks; those that are possible may not count at all."""
    summands = [Summand({}, (), certain, worth, (mark,), 1) for worth, mark, certain in drawn]
    low, high = total(summands)
    for turned in product((0, 1), repeat=len(summands)):
        found: dict[int, int] = {}
        for one, up in zip(summands, turned, strict=True):
            if one.certain or up:
                found.setdefault(one.marks[0][up], one.worth[up])
        # where two turn out to be one, what they add is one value
        if all(
            one.worth[0] <= found[mark] <= one.worth[1]
            for one, up in zip(summands, turned, strict=True)
            if (mark := one.marks[0][up]) in found and (one.certain or up)
        ):
            assert low <= sum(found.values()) <= high
