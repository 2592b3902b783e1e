"""All completions at once: what they come to, and what tells them apart."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import completions as module
from engine.completions import Axis, Completed, Value, completed
from engine.execution import labels
from engine.facts import CaseModel
from engine.program import compile_program
from engine.rete import Rete
from engine.values import exactly
from engine.worlds import world
from tests import generated, licence
from tests.generated import in_order
from tests.licence import HEAVY, SUM, case, known_case, rete
from tests.reference import choices, completions, open_spots

TOY = Rete(compile_program(licence.licensing()))
fewer = settings(max_examples=max(1, settings().max_examples // 2))


def told(executor: Rete, some_case: CaseModel) -> Completed:
    return completed(world(executor, some_case), executor.program)


def of(executor: Rete, some_case: CaseModel) -> tuple[tuple[str, ...], set[str]]:
    """The outcomes, and the spots asked for."""
    found = told(executor, some_case)
    return found.outcomes, set(map(str, found.questions))


@fewer
@given(
    generated.documents(total=True),
    st.lists(generated.cases(), min_size=3, max_size=3),
    st.sampled_from([1, 4, 1 << 12]),
)
def test_no_completion_is_left_out_and_nothing_that_tells_two_apart(
    files: Any, cases: list[Any], most: int
) -> None:
    executor = Rete(compile_program(generated.loaded(files)))
    rulebook = executor.program.rulebook
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MOST", most)
        for some_case in cases:
            found = told(executor, some_case)
            for whole in islice(completions(some_case, generated.LIKELY), 12):
                if not in_order(rulebook, whole):
                    continue
                here = set(labels(executor.run(whole), rulebook))
                assert here <= set(found.outcomes)
                for spot, domain in open_spots(some_case):
                    for value in choices(some_case.value(spot), domain, generated.LIKELY):
                        other = whole.with_value(spot, exactly(value))
                        if spot not in found.questions and in_order(rulebook, other):
                            assert set(labels(executor.run(other), rulebook)) == here


def test_alternatives_that_come_to_the_same_are_decided() -> None:
    executor = rete(
        {"when": {"p": "person"}, "where": ["p.grade == 6"], "then": "it()"},
        {"when": {"p": "person"}, "where": ["p.grade == 7"], "then": "it()"},
    )
    assert of(executor, case(person={"grade": [6, 7]})) == (("yes",), set())
    assert of(executor, case(person={"grade": [6, 8]})) == (("no", "yes"), {"person.grade"})


def test_what_makes_no_difference_is_not_asked() -> None:
    either = [
        {"when": {"p": "person", "r": "request"}, "where": ["p.emancipated", "r.paid"], "then": "it()"},
        {"when": {"p": "person", "r": "request"}, "where": ["not p.emancipated", "r.paid"], "then": "it()"},
    ]
    assert of(rete(*either), case()) == (("no", "yes"), {"request.paid"})


def test_a_fact_denies_where_it_must_be_and_only_there() -> None:
    executor = rete(
        {"when": {"p": "person"}, "where": ["p.emancipated"], "then": "free()"},
        {"when": {"r": "request"}, "where": ["r.paid"], "unless": ["free()"], "then": "it()"},
    )
    assert of(executor, case()) == (("no", "yes"), {"person.emancipated", "request.paid"})
    assert of(executor, case(person={"emancipated": True})) == (("no",), set())


def test_what_matters_through_an_unknown_item_alone_is_asked() -> None:
    executor = rete(
        {"when": {"p": "person", "o": "offence"}, "where": ["p.emancipated", "o.fine > 5"], "then": "it()"},
        {"when": {"r": "request", "o": "offence"}, "where": ["r.paid", "o.fine > 9"], "then": "it()"},
    )
    some_case = case(request={"paid": True}, offences={"complete": False, "items": []})
    assert of(executor, some_case) == (("no", "yes"), {"person.emancipated", "offences.complete"})


def test_what_matters_for_one_item_alone_is_asked_beside_items_that_are_not_known() -> None:
    executor = rete(
        {"when": {"o": "offence", "p": "pardon"}, "then": "pardoned(offence=o, pardon=p)"},
        {
            "when": {"o": "offence"},
            "where": ["o.fine > 9"],
            "unless": ["pardoned()"],
            "then": "grave(offence=o)",
        },
        {"where": ["grave()"], "then": "it()"},
    )
    more = {"complete": False, "items": []}
    found = of(executor, case(offences=more | {"items": [{"fine": [5, 12]}]}, pardons=more))
    assert found == (("no", "yes"), {"offences.fine", "offences.complete", "pardons.complete"})


def test_what_matters_for_one_of_two_firings_that_need_the_same_is_asked() -> None:
    executor = rete(
        {"when": {"o": "offence"}, "then": "grave(offence=o)"},
        {"when": {"p": "person"}, "where": ["p.emancipated", "grave()"], "then": "it()"},
        {"when": {"d": "pardon"}, "where": ["grave()"], "then": "it()"},
    )
    more = {"complete": False, "items": []}
    found = of(executor, case(offences=more, pardons=more))
    assert found == (("no", "yes"), {"person.emancipated", "offences.complete", "pardons.complete"})


def test_two_texts_that_are_not_known_may_be_the_same() -> None:
    same = {"when": {"o": "offence", "d": "pardon"}, "where": ["o.place == d.place"], "then": "it()"}
    found = of(rete(same), case(offences=[{}], pardons=[{}]))
    assert found == (("no", "yes"), {"offences.place", "pardons.place"})


HANDED_ON = (
    {"when": {"o": "offence"}, "then": "burden(amount=o.fine + 500)"},
    {"when": {"b": "burden"}, "where": ["b.amount > 1000"], "then": "it()"},
    {"when": {"b": "burden"}, "where": ["b.amount <= 1000"], "then": "it()"},
)


def test_a_value_handed_on_by_one_firing_is_followed() -> None:
    assert of(rete(*HANDED_ON), case(offences=[{"fine": [200, 800]}])) == (("yes",), set())
    more = of(rete(*HANDED_ON[:2]), case(offences=[{"fine": [200, 800]}]))
    assert more == (("no", "yes"), {"offences.fine"})


def test_a_value_handed_on_by_several_firings_is_told_with_caution() -> None:
    found = told(rete(*HANDED_ON), case(offences=[{"fine": [200, 800]}] * 2))
    assert found.outcomes == ("no", "yes")
    assert set(map(str, found.questions)) == {"offences.fine", "offences[1].fine"}
    assert not found.exact
    assert told(rete(*HANDED_ON), case(offences=[{"fine": [200, 800]}])).exact


def test_a_total_is_told_with_caution() -> None:
    paid = SUM | {"when": {"o": "offence", "r": "request"}, "where": ["r.paid"]}
    found = told(rete(paid, HEAVY), case(offences=[{}, {"fine": 1}]))
    assert found.outcomes == ("no", "yes")
    assert set(map(str, found.questions)) == {"offences.fine", "request.paid"}
    assert not found.exact


def test_the_day_that_puts_a_total_in_force_is_asked() -> None:
    executor = rete(SUM | {"in_force": {"asked_on": "2010-01-01.."}}, HEAVY)
    turn = {"at_least": "2009-12-31", "at_most": "2010-01-01"}
    found = of(executor, case(offences=[{}], request={"asked_on": turn}))
    assert found == (("no", "yes"), {"offences.fine", "request.asked_on"})


def test_facts_that_rest_on_one_another() -> None:
    executor = rete(
        {"when": {"o": "offence"}, "where": ["o.fine > 1000"], "then": "grave(offence=o)"},
        {
            "when": {"a": "offence", "b": "offence"},
            "where": ["grave(offence=a)", "a.place == b.place"],
            "then": "grave(offence=b)",
        },
        {
            "when": {"o": "offence"},
            "where": ["grave(offence=o)", "o.done_on == '2020-01-01'"],
            "then": "it()",
        },
    )
    chain = [
        {"fine": 0, "place": "x", "done_on": "2020-01-01"},
        {"fine": 0, "place": ["x", "y"], "done_on": "2019-01-01"},
        {"place": "y", "fine": [1, 2000], "done_on": "2019-01-01"},
    ]
    assert of(executor, case(offences=chain)) == (("no",), set())
    chain[1] = chain[1] | {"place": "x"}
    chain[2] = chain[2] | {"place": ["x", "y"]}
    assert of(executor, case(offences=chain)) == (("no", "yes"), {"offences[2].place", "offences[2].fine"})


def test_a_parameter_is_worth_what_its_date_says() -> None:
    least = [
        {"asked_on": "..2009-12-31", "value": 7, "cite": "Law 1", "confidence": "V"},
        {"asked_on": "2010-01-01..", "value": 5, "cite": "Law 2", "confidence": "V"},
    ]
    executor = rete(
        {"when": {"p": "person"}, "where": ["p.grade >= least"], "then": "it()"}, parameters={"least": least}
    )
    turn = {"asked_on": {"at_least": "2009-12-31", "at_most": "2010-01-01"}}
    assert of(executor, case(person={"grade": [6, 7]}, request=turn)) == (
        ("no", "yes"),
        {"person.grade", "request.asked_on"},
    )
    assert of(executor, case(person={"grade": 6}, request=turn)) == (("no", "yes"), {"request.asked_on"})


def test_days_out_of_order_do_not_count() -> None:
    between = {"orders": [("person.born_on", "request.asked_on")]}
    late = {"when": {"p": "person"}, "where": ["p.born_on >= '2010-01-01'"], "then": "late()"}
    early = {"when": {"r": "request"}, "where": ["late()", "r.asked_on < '2010-01-01'"], "then": "it()"}
    some_case = case(
        person={"born_on": {"at_least": "2005-01-01", "at_most": "2015-01-01"}},
        request={"asked_on": {"at_least": "2007-01-01", "at_most": "2018-01-01"}},
    )
    assert of(rete(late, early), some_case)[0] == ("no", "yes")
    assert of(rete(late, early, **between), some_case) == (("no",), set())


def test_unclear_law_is_named_where_it_leaves_something_open() -> None:
    found = told(TOY, case(request={"kind": ["plain", "odd"]}, person=known_case().person.model_dump()))
    assert [rule.id for rule in found.unclear] == ["barred.unclear"]
    plain = told(TOY, case(person=known_case().person.model_dump(), request={"kind": "plain"}))
    assert plain.unclear == ()


@pytest.mark.parametrize("most", [1, 2, 3, 8, 64])
def test_too_many_completions_are_told_with_caution(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    some_case = case(offences=[{"place": "x"}, {}], pardons=[{}])
    outcomes, questions = of(TOY, some_case)
    monkeypatch.setattr(module, "MOST", most)
    fewer_outcomes, fewer_questions = of(TOY, some_case)
    assert set(fewer_outcomes) >= set(outcomes)
    assert fewer_questions >= questions


def test_what_is_partly_known_comes_before_what_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    executor = rete(
        {"when": {"p": "person"}, "where": ["p.grade == 6"], "then": "it()"},
        {"when": {"p": "person"}, "where": ["p.grade >= 7"], "then": "it()"},
        {"when": {"r": "request"}, "where": ["r.paid"], "then": "it()"},
    )
    monkeypatch.setattr(module, "MOST", 3)
    assert of(executor, case(person={"grade": [6, 7, 8]})) == (("yes",), set())


def axis(stride: int, count: int, size: int) -> Axis:
    values = [Value((n, n), module._every(stride, n, count, size)) for n in range(count)]
    return Axis((1, "grade"), stride, values)


@pytest.mark.parametrize(("place", "bits"), [(0, "001001001001"), (1, "010010010010"), (2, "100100100100")])
def test_the_completions_of_a_value(place: int, bits: str) -> None:
    assert module._every(1, place, 3, 12) == int(bits, 2)


@pytest.mark.parametrize(
    ("bits", "apart"),
    [
        ("000000", {}),
        ("111111", {}),
        ("000111", {3: True}),
        ("010010", {1: True}),
        ("100100", {1: True}),
        ("001000", {1: True, 3: True}),
    ],
)
def test_which_value_tells_completions_apart(bits: str, apart: Mapping[int, bool]) -> None:
    for stride, count in ((1, 3), (3, 2)):
        found = axis(stride, count, 6).tells_apart([0, int(bits, 2)], real=0b111111)
        assert found is apart.get(stride, False)


def test_what_is_not_real_tells_nothing_apart() -> None:
    assert not axis(1, 3, 3).tells_apart([0b100], real=0b011)
    assert axis(1, 3, 3).tells_apart([0b010], real=0b011)
