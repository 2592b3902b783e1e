"""What keeps a case from being decided, in the order in which it is met."""

from typing import Any

from engine.blame import Blame
from engine.blame import blame as blame_of
from engine.facts import Spot
from engine.program import compile_program
from engine.rete import Rete
from engine.worlds import world
from tests import licence
from tests.licence import HEAVY, SUM, case, known_case, rete

TOY = Rete(compile_program(licence.licensing()))


def blame(executor: Rete, some_case: Any) -> Blame:
    return blame_of(world(executor, some_case), executor.program)


def test_the_values_that_outcomes_rest_on_in_the_order_of_outcomes() -> None:
    found = blame(TOY, known_case(person={"born_on": None}, request={"kind": None}))
    assert [*found.spots] == [Spot("person", 0, "born_on"), Spot("request", 0, "kind")]


def test_what_is_decided_rests_on_nothing() -> None:
    found = blame(TOY, known_case(person={"grade": None}))
    assert (found.spots, found.rules, found.steps) == ({}, {}, {})


def test_each_fact_is_looked_at_once_with_the_conditions_that_are_not_sure() -> None:
    executor = rete(
        {"when": {"p": "person"}, "where": ["p.grade > 3", "p.emancipated"], "then": "free()"},
        {"where": ["free()"], "then": "it()"},
    )
    found = blame(executor, known_case(person={"grade": None, "emancipated": True}))
    steps = {fact[0]: steps for fact, steps in found.steps.items() if fact[0] in {"free", "it"}}
    assert [step.firing.rule.id for step in steps["free"]] == ["r0"]
    assert [len(step.unsure) for step in steps["free"]] == [1]
    assert [len(step.unsure) for step in steps["it"]] == [0]
    denying = [denied.fact[0] for steps in found.steps.values() for step in steps for denied in step.denied]
    assert denying == ["it"]


def test_a_list_that_is_not_complete_and_unclear_law() -> None:
    found = blame(TOY, known_case(request={"kind": "odd"}, offences={"complete": False, "items": []}))
    assert Spot("offences") in found.spots
    assert [rule.id for rule in found.rules.values()] == ["barred.unclear"]


def test_what_is_added_up() -> None:
    found = blame(rete(SUM, HEAVY), case(offences=[{"fine": 1}, {}]))
    assert [*found.spots] == [Spot("offences", 1, "fine")]
