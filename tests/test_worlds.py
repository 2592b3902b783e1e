"""Answers for cases that are not fully known: never wrong, never forgetful, never turning over."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import worlds as module
from engine.execution import labels
from engine.facts import CaseModel, Spot
from engine.program import compile_program
from engine.rete import Rete
from engine.values import UNKNOWN, Known, exactly
from engine.worlds import Answer
from tests import generated, licence
from tests.generated import in_order
from tests.licence import HEAVY, SUM, case, known_case, rete
from tests.reference import choices, completions, open_spots, spots

TOY = Rete(compile_program(licence.licensing()))
LIKELY = generated.LIKELY
loose_cases = st.lists(generated.cases(complete=True), min_size=3, max_size=3)
fewer = settings(max_examples=max(1, settings().max_examples // 2))
JOINED = {"when": {"o": "offence", "d": "pardon"}, "where": ["d.given_on >= o.done_on"], "then": "it()"}


def answer(executor: Rete, some_case: CaseModel, runs: int = 40) -> Answer:
    return module.answer(executor, some_case, runs)


def made(files: Any) -> Rete:
    return Rete(compile_program(generated.loaded(files)))


def within_order(executor: Rete, cases: Iterable[Any]) -> Iterator[Any]:
    return (one for one in cases if in_order(executor.program.rulebook, one))


def outcomes(executor: Rete, some_case: CaseModel) -> set[str]:
    return set(labels(executor.run(some_case), executor.program.rulebook))


@fewer
@given(generated.documents(total=True), loose_cases)
def test_the_outcome_of_every_completion_is_among_the_outcomes(files: Any, cases: list[Any]) -> None:
    executor = made(files)
    for some_case in cases:
        found = answer(executor, some_case)
        for whole in islice(within_order(executor, completions(some_case, LIKELY)), 40):
            assert outcomes(executor, whole) <= set(found.outcomes)


@fewer
@given(generated.documents(total=True), generated.cases(complete=False, items=1), st.data())
def test_a_list_that_is_not_complete_may_have_further_items(files: Any, some_case: Any, data: Any) -> None:
    executor = made(files)
    things = data.draw(st.lists(generated.facts(generated.Thing, 0), max_size=2))
    links = data.draw(st.lists(generated.facts(generated.Link, 0), max_size=2))
    whole = next(within_order(executor, completions(some_case, LIKELY)), None)
    assume(whole is not None)
    longer = generated.MadeCase(
        root=whole.root,
        things=[*whole.things.items, *map(generated.Thing.model_validate, things)],
        links=[*whole.links.items, *map(generated.Link.model_validate, links)],
    )
    assert outcomes(executor, longer) <= set(answer(executor, some_case).outcomes)


@fewer
@given(generated.documents(total=True), loose_cases, st.data())
def test_more_knowledge_never_turns_an_answer(files: Any, cases: list[Any], data: Any) -> None:
    executor = made(files)
    for some_case in within_order(executor, cases):
        before = answer(executor, some_case)
        spot, domain = data.draw(st.sampled_from(list(spots(some_case))))
        narrower = some_case
        if options := choices(some_case.value(spot), domain, LIKELY):
            narrower = some_case.with_value(spot, exactly(data.draw(st.sampled_from(options))))
        assume(in_order(executor.program.rulebook, narrower))
        after = answer(executor, narrower)
        assert after.outcome in {None, before.outcome} or before.outcome is None
        wider = answer(executor, some_case.with_value(spot, UNKNOWN))
        assert wider.outcome in {None, before.outcome}


@fewer
@given(generated.documents(total=True), loose_cases)
def test_no_open_question_is_forgotten(files: Any, cases: list[Any]) -> None:
    """Where two completions differ in one value alone and in the outcome, that value is asked for."""
    executor = made(files)
    for some_case in cases:
        found = answer(executor, some_case)
        for spot, domain in open_spots(some_case) if len(found.outcomes) > 1 else ():
            values = choices(some_case.value(spot), domain, LIKELY)
            for whole in islice(completions(some_case.with_value(spot, exactly(values[0])), LIKELY), 20):
                turned = {
                    frozenset(outcomes(executor, one))
                    for one in within_order(executor, (whole.with_value(spot, exactly(v)) for v in values))
                }
                assert len(turned) < 2 or spot in found.questions


@fewer
@given(generated.documents(total=True), generated.cases(items=3))
def test_order_never_matters(files: Any, some_case: Any) -> None:
    rulebook = generated.loaded(files)
    turned = {name: dict(reversed(content.items())) for name, content in reversed(files.items())}
    for name in ("one", "two"):
        turned[name] = turned[name] | {"rules": turned[name]["rules"][::-1]}
    other = generated.loaded(turned)
    assert other.digest == rulebook.digest
    back = some_case.model_copy(
        update={
            part: getattr(some_case, part).model_copy(update={"items": getattr(some_case, part).items[::-1]})
            for part in ("things", "links")
        }
    )
    one, two = Rete(compile_program(rulebook)), Rete(compile_program(other))
    assert two.run(some_case).summary() == one.run(some_case).summary()
    assert labels(one.run(back), rulebook) == labels(one.run(some_case), rulebook)
    found, again = answer(one, some_case), answer(two, some_case)
    assert (again.outcomes, set(again.questions)) == (found.outcomes, set(found.questions))


def test_alternatives_that_come_to_the_same_are_decided() -> None:
    executor = rete(
        {"when": {"p": "person"}, "where": ["p.grade == 6"], "then": "it()"},
        {"when": {"p": "person"}, "where": ["p.grade == 7"], "then": "it()"},
    )
    assert answer(executor, case(person={"grade": [6, 7]})).outcome == "yes"
    assert answer(executor, case(person={"grade": [6, 8]})).outcomes == ("no", "yes")


def test_a_value_that_moves_the_threshold_of_another_is_asked_for() -> None:
    late = {"at_least": "2020-01-01", "at_most": "2020-01-09"}
    for one, other in (
        ({"done_on": ["2020-01-03", "2020-01-05"]}, {"given_on": late}),
        ({"done_on": late}, {"given_on": ["2020-01-03", "2020-01-05"]}),
    ):
        found = answer(rete(JOINED), case(offences=[one], pardons=[other]))
        assert set(map(str, found.questions)) == {"offences.done_on", "pardons.given_on"}


def test_what_a_denied_or_wanted_fact_may_equal_is_asked_for() -> None:
    spotted = {"when": {"d": "pardon"}, "then": "spot(place=d.place)"}
    for key in ("unless", "where"):
        executor = rete(spotted, {"when": {"o": "offence"}, key: ["spot(place=o.place)"], "then": "it()"})
        for one, other, asked in (
            ({"place": "x"}, {}, "pardons.place"),
            ({}, {"place": "x"}, "offences.place"),
        ):
            found = answer(executor, case(offences=[one], pardons=[other]))
            assert (found.outcomes, [str(spot) for spot in found.questions]) == (("no", "yes"), [asked])


def test_a_range_half_outside_a_parameter_is_not_decided_by_the_other_half() -> None:
    look_back = {"look_back": [{"asked_on": "2000-01-01..", "value": 5, "cite": "Law 1", "confidence": "V"}]}
    rule = {"when": {"o": "offence", "r": "request"}, "where": ["o.done_on >= r.asked_on - years(look_back)"]}
    executor = rete(rule | {"then": "it()"}, parameters=look_back)
    offences = [{"done_on": "1999-01-01", "fine": 1, "place": "x"}]

    def asked(day: Any) -> tuple[str, ...]:
        return answer(executor, known_case(offences=offences, request={"asked_on": day})).outcomes

    assert asked("2000-01-01") == ("yes",)
    assert asked("1999-12-31") == ("no", "yes")
    assert asked({"at_least": "1999-12-31", "at_most": "2000-01-01"}) == ("no", "yes")


def test_a_list_that_is_not_complete_leaves_the_answer_open() -> None:
    some_case = known_case(offences={"complete": False, "items": []})
    found = answer(TOY, some_case)
    assert found.outcomes == ("barred", "granted")
    assert Spot("offences") in found.questions
    assert answer(TOY, some_case.with_value(Spot("offences"), Known())).outcome == "granted"


def test_recursion_over_an_unknown_item_ends() -> None:
    executor = rete(
        {"when": {"o": "offence"}, "where": ["o.fine > 3"], "then": "at(place=o.place, fine=o.fine)"},
        {
            "when": {"a": "at", "o": "offence"},
            "where": ["a.fine < o.fine"],
            "then": "at(place=a.place, fine=o.fine)",
        },
        {"when": {"a": "at"}, "where": ["a.fine > 9"], "then": "it()"},
    )
    found = answer(executor, case(offences={"complete": False, "items": [{"place": "x"}]}))
    assert found.outcomes == ("no", "yes")
    assert Spot("offences") in found.questions
    assert Spot("offences", 0, "fine") in found.questions


def test_unclear_law_is_named() -> None:
    found = answer(TOY, known_case(request={"kind": "odd"}))
    assert found.outcomes == ("barred", "granted")
    assert [rule.id for rule in found.unclear] == ["barred.unclear"]
    assert found.questions == ()


def test_a_decided_answer_asks_nothing() -> None:
    found = answer(TOY, known_case(person={"grade": None}))
    assert (found.outcome, found.questions) == ("granted", ())


@pytest.mark.parametrize("runs", [1, 2, 5, 20])
def test_a_small_budget_is_cautious_not_wrong(runs: int) -> None:
    whole = answer(TOY, case(request={"kind": ["plain", "odd"]}), runs=1_000)
    found = answer(TOY, case(request={"kind": ["plain", "odd"]}), runs=runs)
    assert found.runs <= runs
    assert set(found.outcomes) >= set(whole.outcomes)
    assert set(found.questions) >= set(whole.questions)


def test_a_world_with_much_in_it_counts_as_several() -> None:
    def looked_at(each: int, runs: int) -> tuple[int, int]:
        offences = [{"done_on": ["2020-01-03", "2020-01-05"]} for _ in range(each)]
        found = answer(rete(JOINED), case(offences=offences, pardons=[{} for _ in range(each)]), runs)
        return len(found.worlds), found.runs

    assert looked_at(2, runs=9) == (6, 9)
    few, weighed = looked_at(32, runs=9)
    assert few < 6
    assert few < weighed <= 9


def asked(found: Answer) -> list[str]:
    return [str(spot) for spot in found.questions]


def test_an_open_total_asks_for_what_it_adds_up() -> None:
    executor = rete(SUM | {"where": ["o.place != 'x'", "o.fine < 2000"][1:]}, HEAVY)
    found = answer(executor, case(offences=[{"fine": {"at_most": 800}}, {"fine": 100}, {"fine": [150, 300]}]))
    assert (found.outcomes, asked(found)) == (("no", "yes"), ["offences.fine", "offences[2].fine"])
    assert answer(executor, case(offences=[{"fine": {"at_most": 800}}, {"fine": 100}])).outcome == "no"


def test_an_open_total_asks_whether_a_fact_counts() -> None:
    executor = rete(SUM | {"when": {"o": "offence", "r": "request"}, "where": ["r.paid"]}, HEAVY)
    found = answer(executor, case(offences=[{"fine": 1000}]))
    assert (found.outcomes, asked(found)) == (("no", "yes"), ["request.paid"])


def test_an_open_total_asks_whether_a_list_is_complete() -> None:
    executor = rete(SUM, HEAVY)
    found = answer(executor, case(offences={"complete": False, "items": [{"fine": 500}]}))
    assert (found.outcomes, asked(found)) == (("no", "yes"), ["offences.complete"])
    assert answer(executor, case(offences={"complete": False, "items": [{"fine": 1000}]})).outcome == "yes"


def test_an_open_total_asks_for_the_date_that_picks_its_version() -> None:
    executor = rete(SUM | {"in_force": {"asked_on": "2010-01-01.."}}, HEAVY)
    found = answer(executor, case(offences=[{"fine": 1000}]))
    assert (found.outcomes, asked(found)) == (("no", "yes"), ["request.asked_on"])
    assert [len(world.assumptions) for world in found.worlds] == [1, 1]


def test_a_total_of_unclear_law_is_named() -> None:
    found = answer(
        rete(SUM | {"confidence": "U"}, HEAVY), known_case(offences=[{"fine": 2000, "place": "x"}])
    )
    assert (found.outcomes, [rule.id for rule in found.unclear]) == (("no", "yes"), ["sum"])


def test_an_open_total_asks_what_tells_its_facts_apart() -> None:
    counted = {"when": {"o": "offence"}, "then": "counted(place=o.place, value=500)"}
    executor = rete(counted, SUM | {"when": {"o": "counted"}, "then": "burden(amount=total(o.value))"}, HEAVY)
    found = answer(executor, case(offences=[{"place": "x"}, {}]))
    assert (found.outcomes, asked(found)) == (("no", "yes"), ["offences[1].place"])


@pytest.mark.parametrize("kind", [None, ["plain", "odd"]])
def test_in_brief_an_open_case_is_left_whole(kind: Any) -> None:
    some_case = case(request={"kind": kind}, offences=[{}])
    found, whole = module.brief(TOY, some_case), answer(TOY, some_case)
    assert [world.assumptions for world in found.worlds] == [()]
    assert len(whole.worlds) > 1
    assert (found.outcomes, found.questions, found.unclear) == (
        whole.outcomes,
        whole.questions,
        whole.unclear,
    )


def test_in_brief_a_case_is_split_where_that_decides_it() -> None:
    executor = rete(
        {"when": {"p": "person"}, "where": ["p.grade == 6"], "then": "it()"},
        {"when": {"p": "person"}, "where": ["p.grade == 7"], "then": "it()"},
    )
    found = module.brief(executor, case(person={"grade": [6, 7]}))
    assert (found.outcome, len(found.worlds)) == ("yes", 2)


def test_in_brief_a_case_is_split_where_its_completions_do_not_tell() -> None:
    found = module.brief(rete(SUM, HEAVY), case(offences=[{"fine": {"at_most": 800}}, {"fine": [150, 300]}]))
    assert (found.outcomes, asked(found)) == (("no", "yes"), ["offences.fine", "offences[1].fine"])
    assert len(found.worlds) > 1
