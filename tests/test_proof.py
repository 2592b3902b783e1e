from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from engine import expressions as ex
from engine.execution import Conclusions
from engine.facts import Spot
from engine.program import bound_conditions, compile_program, lookup
from engine.proof import Explainer, Failure, Step
from engine.rete import Rete
from tests import generated
from tests.licence import case, known_case, licensing, rete

TOY = Rete(compile_program(licensing()))
LABELS = licensing().predicates["outcome"]["kind"].options
GRAVE = {"done_on": "2019-01-01", "fine": 2000, "place": "x"}


def steps(step: Step) -> Iterator[Step]:
    """A step and all steps below it."""
    yield step
    for below in step.because:
        yield from steps(below)


def explained(some_case: Any) -> tuple[Explainer, Conclusions]:
    found = TOY.run(some_case)
    return Explainer(found, TOY.program), found


def why_not(some_case: Any, label: str) -> Failure:
    failure = explained(some_case)[0].why_not("outcome", {"kind": LABELS.index(label)})
    assert failure is not None
    return failure


def outcome_of(found: Conclusions) -> Any:
    return next(fact for fact, _ in found.of("outcome"))


def test_a_proof_goes_from_the_outcome_to_the_facts() -> None:
    chained = GRAVE | {"done_on": "2001-01-01", "fine": 600}
    explainer, found = explained(known_case(offences=[chained, GRAVE]))
    tree = explainer.proof(outcome_of(found))
    assert [step.rule.id for step in steps(tree)] == [
        "outcome.barred",
        "adult.by-age",
        "barred.unpardoned",
        "offence.recent",
        "offence.recent",
    ] or tree.certain
    by_rule = {step.rule.id: step for step in steps(tree)}
    age = by_rule["adult.by-age"]
    assert [premise.name for premise in age.values] == ["r.asked_on", "p.born_on"]
    assert age.values[1].spot == Spot("person", 0, "born_on")
    assert age.parameters == (("least_age", (18, 18)),)
    assert by_rule["barred.unpardoned"].absent == ("pardoned",)
    assert by_rule["offence.recent"].values[0].spot == Spot("offences", 1, "done_on")


@given(generated.documents(total=True), generated.cases(items=3))
def test_every_step_of_every_proof_holds(files: Any, some_case: Any) -> None:
    rulebook = generated.loaded(files)
    executor = Rete(compile_program(rulebook))
    found = executor.run(some_case)
    explainer = Explainer(found, executor.program)
    for fact, row in found.rows.items():
        tree = explainer.proof(fact)
        assert tree.fact == fact
        for step in steps(tree):
            firings = [f for f in found.firings[step.fact] if f.rule is step.rule]
            assert firings
            assert step.certain == found.rows[step.fact].certain
            assert not row.certain or step.certain
            for firing in firings:
                here = lookup(firing.bindings, found.given.parameters)
                truths = [ex.truth_of(c, here) for c in bound_conditions(step.rule, rulebook)[1]]
                assert all(may if firing.mode == "may" else must for must, may in truths)


@given(generated.documents(total=True), generated.cases(items=3))
def test_whatever_does_not_hold_has_a_reason(files: Any, some_case: Any) -> None:
    rulebook = generated.loaded(files)
    executor = Rete(compile_program(rulebook))
    found = executor.run(some_case)
    explainer = Explainer(found, executor.program)
    for predicate in rulebook.predicates:
        failure = explainer.why_not(predicate, {})
        if not list(found.of(predicate)):
            assert failure is not None
            assert failure.rule.head.predicate == predicate
            assert [failure.condition is not None, bool(failure.missing), failure.barred is not None].count(
                True
            ) == 1


@pytest.mark.parametrize(
    ("some_case", "label", "rule"),
    [
        (known_case(), "too_young", "outcome.too-young"),
        (known_case(offences=[GRAVE]), "granted", "outcome.granted"),
        (known_case(person={"born_on": "2010-01-01"}), "granted", "outcome.granted"),
        (known_case(), "barred", "outcome.barred"),
    ],
)
def test_the_nearest_rule_that_failed(some_case: Any, label: str, rule: str) -> None:
    assert why_not(some_case, label).rule.id == rule


def test_what_a_failed_rule_lacks() -> None:
    barred = why_not(known_case(offences=[GRAVE]), "granted").barred
    assert barred is not None
    assert barred.rule.id == "barred.unpardoned"
    young = why_not(known_case(person={"born_on": "2010-01-01"}), "granted")
    assert young.missing == "adult"
    assert young.deeper is not None
    assert (young.deeper.rule.id, young.deeper.condition) == ("adult.by-age", 0)


@pytest.mark.parametrize("number", [3, 20])
def test_a_recursive_rule_that_failed_is_explained_in_time(number: int) -> None:
    old = GRAVE | {"done_on": "2001-01-01"}
    failure = why_not(known_case(offences=[old] * number), "barred")
    assert failure.missing == "barred"
    assert failure.deeper is not None


def test_a_proof_never_rests_on_itself() -> None:
    executor = rete(
        {"where": ["b()"], "then": "a()"},
        {"where": ["a()"], "then": "b()"},
        {"when": {"p": "person"}, "where": ["p.grade > 3"], "then": "b()"},
        {"where": ["a()"], "then": "it()"},
    )
    found = executor.run(case(person={"grade": 5}))
    tree = Explainer(found, executor.program).proof(outcome_of(found))
    assert [step.fact[0] for step in steps(tree)] == ["outcome", "it", "a", "b"]
    assert list(steps(tree))[-1].values[0].name == "p.grade"


def test_a_certain_derivation_is_preferred() -> None:
    executor = rete(
        {"rule": "sure", "when": {"p": "person"}, "where": ["p.grade > 3"], "then": "it()"},
        {"rule": "maybe", "when": {"r": "request"}, "where": ["r.paid"], "then": "it()"},
    )
    found = executor.run(case(person={"grade": 5}))
    tree = Explainer(found, executor.program).proof(outcome_of(found))
    assert [step.rule.id for step in steps(tree)] == ["yes", "sure"]


def test_a_known_text_is_shown() -> None:
    explainer, found = explained(known_case(offences=[GRAVE | {"done_on": "2001-01-01"}, GRAVE]))
    grave = [explainer.proof(fact) for fact, _ in found.of("grave")]
    texts = {
        premise.text
        for tree in grave
        for step in steps(tree)
        for premise in step.values
        if premise.name == "b.place"
    }
    assert texts == {"x"}
