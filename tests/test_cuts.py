"""Values are cut where some condition of the rulebook is settled another way."""

from typing import Any

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
