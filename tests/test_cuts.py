"""Values are cut where some condition of the rulebook is settled another way."""

from typing import Any

import pytest

from engine import worlds as module
from engine.cuts import Cuts
from engine.facts import CaseModel, Spot
from engine.program import compile_program
from engine.rete import Rete
from engine.values import Known, between, exactly, one_of
from engine.worlds import Answer
from tests import licence
from tests.licence import case, known_case, rete

TOY = Rete(compile_program(licence.licensing()))


def answer(executor: Rete, some_case: CaseModel, runs: int = 40) -> Answer:
    return module.answer(executor, some_case, runs)


def test_a_range_is_cut_by_the_thresholds() -> None:
    executor = rete(
        {"when": {"p": "person"}, "where": ["p.grade <= 5"], "then": "it()"},
        {"when": {"p": "person"}, "where": ["p.grade > 5"], "then": "it()"},
    )
    found = answer(executor, case())
    assert found.outcome == "yes"
    assert [world.assumptions[0][1] for world in found.worlds] == [between(None, 5), between(6, None)]


def test_texts_that_are_not_known_may_all_differ() -> None:
    same = {"when": {"a": "offence", "b": "offence"}, "where": ["a.fine < b.fine", "a.place == b.place"]}
    executor = rete(same | {"then": "it()"})
    found = answer(executor, case(offences=[{"fine": 1, "place": "x"}, {"fine": 2}, {"fine": 3}]))
    assert found.outcomes == ("no", "yes")
    other = [{"fine": n, "place": place} for n, place in enumerate("xyz")]
    assert answer(executor, case(offences=other)).outcome == "no"


def test_options_that_no_rule_tells_apart_stand_together() -> None:
    found = answer(TOY, known_case(person={"born_on": "2010-01-01", "emancipated": True, "service": None}))
    shown = {world.assumptions[0][1] for world in found.worlds}
    assert shown == {one_of("army", "navy"), exactly("none")}


def test_cells_share_out_what_a_value_may_be() -> None:
    world = answer(TOY, known_case(request={"asked_on": None}), runs=1).base
    cells = Cuts.of(TOY.program).cells(world, Spot("request", 0, "asked_on"))
    ends = [shown for _, shown in cells]
    assert ends[0].low is None
    assert ends[-1].high is None
    assert all(
        b.low.toordinal() == a.high.toordinal() + 1
        for a, b in zip(map(_ends, ends), map(_ends, ends[1:]), strict=False)
    )


def _ends(known: Known[Any]) -> Known[Any]:
    return Known((), known.options[0], known.options[0]) if known.options else known


def test_a_day_is_cut_where_the_end_of_its_quarter_turns() -> None:
    executor = rete(
        {"when": {"r": "request"}, "where": ["r.asked_on + quarter_ends(2) > '2020-06-30'"], "then": "it()"}
    )
    found = answer(executor, case(request={"asked_on": {"at_least": "2019-01-01", "at_most": "2021-12-31"}}))
    assert [str(world.assumptions[0][1].high) for world in found.worlds] == ["2020-03-31", "2021-12-31"]
    assert [world.outcomes for world in found.worlds] == [("no",), ("yes",)]


def test_cells_leave_out_days_that_another_date_rules_out() -> None:
    executor = rete(
        {"when": {"p": "person"}, "where": ["p.born_on == '2001-01-01'"], "then": "it()"},
        orders=[["person.born_on", "request.asked_on"]],
    )
    born = ["2001-01-01", "2001-01-02", "2003-01-01"]
    some_case = case(person={"born_on": born}, request={"asked_on": "2002"})
    world = answer(executor, some_case, runs=1).base
    cells = Cuts.of(executor.program).cells(world, Spot("person", 0, "born_on"))
    assert [str(shown.options[0]) for _, shown in cells] == ["2001-01-01", "2001-01-02"]
    assert answer(executor, case(person={"born_on": born[1:]}, request={"asked_on": "2002"})).outcome == "no"


SUM = {"rule": "sum", "when": {"o": "offence"}, "then": "burden(amount=total(o.fine))"}
HEAVY = {"when": {"b": "burden"}, "where": ["b.amount >= 1000"], "then": "it()"}
COUNTED = [
    {"when": {"o": "offence"}, "then": "counted(offence=o, value=o.fine + 50)"},
    SUM | {"when": {"c": "counted"}, "then": "burden(amount=total(c.value))"},
]
TWICE = [SUM, {"rule": "more", "when": {"b": "burden"}, "then": "sum(amount=total(b.amount))"}]


def cells(executor: Rete, some_case: CaseModel, spot: Spot) -> list[Any]:
    world = answer(executor, some_case, runs=1).base
    return [(shown.low, shown.high) if not shown.options else shown.options[0]
            for _, shown in Cuts.of(executor.program).cells(world, spot)]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "fines", "wanted"),
    [
        ([SUM, HEAVY], [None, 300], [(None, 699), (700, None)]),
        ([SUM, HEAVY], [None, {"at_least": 100, "at_most": 300}], [(None, 699), (700, 899), (900, None)]),
        ([SUM, HEAVY], [None, None], [(None, 999), (1000, None)]),
        ([SUM, HEAVY], [{"at_least": 800, "at_most": 900}, 300], [(800, 900)]),
        ([*COUNTED, HEAVY], [None, 300], [(None, 599), (600, None)]),
        ([*TWICE, HEAVY | {"when": {"b": "sum"}}], [None, 300], [(None, 699), (700, None)]),
        ([SUM | {"where": ["o.fine > 10"]}, HEAVY], [None, 300], [(None, 10), (11, 699), (700, None)]),
        (
            [SUM | {"when": {"o": "offence", "d": "pardon"}}, HEAVY],
            [None, 0],
            [(None, 499), (500, None)],
        ),
    ],
)
def test_a_summed_value_is_cut_where_the_total_turns(rules: Any, fines: list[Any], wanted: Any) -> None:
    some_case = case(offences=[{"fine": fine} for fine in fines], pardons=[{}, {}])
    assert cells(rete(*rules), some_case, Spot("offences", 0, "fine")) == wanted


def test_a_total_that_is_settled_in_each_part_is_decided_in_few_runs() -> None:
    executor = rete(SUM, HEAVY, {"when": {"b": "burden"}, "where": ["b.amount < 1000"], "then": "it()"})
    found = answer(executor, case(offences=[{"fine": None}, {"fine": 300}]))
    assert (found.outcome, found.runs) == ("yes", 3)


def test_what_a_field_is_compared_with_may_be_a_total() -> None:
    executor = rete(
        SUM, {"when": {"b": "burden", "p": "person"}, "where": ["p.grade < b.amount"], "then": "it()"}
    )
    assert cells(executor, case(offences=[{"fine": 7}]), Spot("person", 0, "grade")) == [(None, 6), (7, None)]


def test_a_value_is_cut_by_a_total_once_where_other_values_stay_open() -> None:
    fines = [{"at_least": 0, "at_most": 800}] * 2
    found = answer(rete(SUM, HEAVY), case(offences=[{"fine": fine} for fine in fines]), runs=200)
    assert (found.outcomes, len(found.questions), found.runs) == (("no", "yes"), 2, 6)
    options = {"fine": [100, 200, 300]}
    found = answer(rete(SUM, HEAVY), case(offences=[options, {"fine": None}]))
    assert {str(shown.low) for world in found.worlds for _, shown in world.assumptions if shown.low} >= {
        "700",
        "800",
        "900",
    }
