from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from engine import expressions as ex
from engine.execution import Conclusions, Firing
from engine.facts import Spot
from engine.program import bound_conditions, compile_program, lookup
from engine.proof import Explainer, Failure, Step, Worth
from engine.rete import Rete
from engine.rulebook import Rulebook
from engine.values import Domain
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
    assert age.parameters == (Worth("least_age", (18, 18), Domain("int")),)
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
            assert not row.certain or step.certain or any(one.rule.total for one in steps(tree))
            assert all(_holds(firing, rulebook, found) for firing in firings)
            for summand in found.summands[step.rule.key] if step.rule.total else ():
                assert all(_holds(firing, rulebook, found) for firing in summand.firings)
                summed = {found.fact_of(row) for row in summand.bindings.values() if not row.section}
                assert summed <= {below.fact for below in step.because}


def _holds(firing: Firing, rulebook: Rulebook, found: Conclusions) -> bool:
    """Whether the conditions hold whose variables are bound: for a total those of its date, or of a fact."""
    here = lookup(firing.bindings, found.given.parameters)
    _, conditions = bound_conditions(firing.rule, rulebook)
    bound = [condition for condition in conditions if ex.variables_of(condition) <= set(firing.bindings)]
    assert firing.rule.total or len(bound) == len(conditions)
    truths = [ex.truth_of(condition, here) for condition in bound]
    return all(may if firing.mode == "may" else must for must, may in truths)


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


SUM = {
    "rule": "sum",
    "when": {"o": "offence", "r": "request"},
    "where": ["o.done_on <= r.asked_on"],
    "then": "burden(amount=total(o.fine))",
}
HEAVY = {"rule": "heavy", "when": {"b": "burden"}, "where": ["b.amount > least"], "then": "it()"}
LEAST = {"least": [{"asked_on": "2000-01-01..", "value": 1000, "cite": "Law 1", "confidence": "V"}]}
FINES = [GRAVE | {"fine": fine} for fine in (400, 700)]


def test_a_total_rests_on_all_that_counts() -> None:
    executor = rete(SUM, HEAVY, parameters=LEAST)
    late = GRAVE | {"done_on": "2021-01-01"}
    found = executor.run(known_case(offences=[*FINES, late]))
    tree = Explainer(found, executor.program).proof(outcome_of(found))
    by_rule = {step.rule.id: step for step in steps(tree)}
    money = Domain("won")
    assert by_rule["sum"].parameters == (Worth("total", (1100, 1100), money),)
    assert by_rule["sum"].certain
    assert [str(p.spot) for p in by_rule["sum"].values if p.name == "o.fine"] == [
        "offences.fine",
        "offences[1].fine",
    ]
    assert by_rule["heavy"].parameters[1] == Worth("b.amount", (1100, 1100), money)
    assert by_rule["heavy"].because == (by_rule["sum"],)


def test_a_total_of_derived_facts_lists_their_steps() -> None:
    counted = {"rule": "counts", "when": {"o": "offence"}, "then": "counted(offence=o, value=o.fine)"}
    rule = {"rule": "sum", "when": {"c": "counted"}, "then": "burden(amount=total(c.value))"}
    executor = rete(counted, rule, HEAVY, parameters=LEAST)
    found = executor.run(known_case(offences={"complete": False, "items": FINES}))
    (step,) = [s for s in map(Explainer(found, executor.program).proof, found.rows) if s.rule.id == "sum"]
    assert [(below.rule.id, below.certain) for below in step.because] == [
        ("counts", True),
        ("counts", True),
        ("counts", False),
    ]
    assert step.certain
    assert step.parameters[0].value[0] == 1100


def test_why_a_total_is_too_small_or_missing() -> None:
    executor = rete(SUM | {"in_force": {"asked_on": "2010-01-01.."}}, HEAVY, parameters=LEAST)

    def why_not(some_case: Any) -> Failure:
        failure = Explainer(executor.run(some_case), executor.program).why_not("it", {})
        assert failure is not None
        return failure

    small = why_not(known_case(offences=FINES[:1]))
    assert (small.rule.id, small.condition) == ("heavy", 0)
    assert small.parameters[1] == Worth("b.amount", (400, 400), Domain("won"))
    early = why_not(known_case(request={"asked_on": "2009-12-31"}, offences=FINES))
    assert early.missing == "burden"
    assert early.deeper is not None
    assert (early.deeper.rule.id, early.deeper.condition) == ("sum", 1)
    assert [premise.name for premise in early.deeper.values] == ["r.asked_on"]


def test_a_total_with_nothing_to_add_up_is_explained() -> None:
    executor = rete(SUM, HEAVY | {"where": ["b.amount == 0"]}, parameters=LEAST)
    found = executor.run(known_case())
    tree = Explainer(found, executor.program).proof(outcome_of(found))
    (step,) = [step for step in steps(tree) if step.rule.id == "sum"]
    assert (step.parameters[0].value, step.because, step.values) == ((0, 0), (), ())
