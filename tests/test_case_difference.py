from datetime import date

import pytest

from cases.difference import Standing, differences, fired, standings
from cases.files import AnyCase, parse_case
from engine.difference import Conclusion
from engine.worlds import answer
from rules.compare import law_on
from rules.law import Law, employment

BEFORE, AFTER = date(2025, 12, 31), date(2026, 1, 1)
FACTS = """
case: builder
official: {retired_on: 2025-06-30, service: general, grade: 4, senior_civil_service: false, fixed_term: false,
  asset_discloser: false, body: other}
engagement: {start_on: 2026-03-02, role: other, duty: ordinary, occupation: professional,
  handles_or_advises: true, paid: true, periodic: true, own_business: false}
employer: {kind: construction, listed: true, succession: none}
postings: []
directions: []
subordinations: []
works: []
"""


def builder(kind: str = "construction", retired_on: str = "2025-06-30") -> AnyCase:
    """Somebody who joins a construction firm, which only the law from 2026 on covers."""
    return parse_case(FACTS.replace("construction", kind).replace("2025-06-30", retired_on))


@pytest.fixture(scope="module")
def years() -> tuple[Law, Law]:
    return law_on(employment(), BEFORE), law_on(employment(), AFTER)


def test_a_case_that_both_laws_answer_alike_is_not_named(years: tuple[Law, Law]) -> None:
    assert differences(*years, [builder(kind="company")]) == ([], [], 1)


def test_another_law_another_answer(years: tuple[Law, Law]) -> None:
    ((found,), problems, _) = differences(*years, [builder()])
    assert problems == []
    assert found.outcomes == ("employer_not_covered", "no_close_relevance")
    assert Conclusion("outcome", "employer_not_covered") in found.lost
    assert {Conclusion("covered"), Conclusion("duty", "confirmation_or_approval")} <= set(found.gained)


def test_the_rules_that_make_the_difference_stand_nearest_to_the_outcome_first(
    years: tuple[Law, Law],
) -> None:
    ((found,), _, _) = differences(*years, [builder()])
    told = [(reason.law, reason.rule.id) for reason in found.reasons]
    assert told[:2] == [("old", "outcome.employer-not-covered"), ("new", "outcome.no-close-relevance")]
    assert told.index(("new", "covered.construction")) < told.index(("new", "filing.duty"))
    assert {reason.rule.id for reason in found.reasons if reason.changed} >= {"covered.construction"}
    assert not next(reason for reason in found.reasons if reason.rule.id == "filing.duty").changed


def test_the_other_way_round_gains_are_losses(years: tuple[Law, Law]) -> None:
    ((there,), _, _) = differences(*years, [builder()])
    ((back,), _, _) = differences(years[1], years[0], [builder()])
    assert (back.outcomes, back.gained, back.lost) == (there.outcomes[::-1], there.lost, there.gained)
    assert {"new": "old", "old": "new"}[back.reasons[0].law] in {reason.law for reason in there.reasons}


def test_a_case_that_contradicts_itself_is_a_problem_at_its_place(years: tuple[Law, Law]) -> None:
    found, problems, ran = differences(*years, [builder(retired_on="2027-01-01"), builder()])
    assert (len(found), ran) == (1, 1)
    assert (problems[0].place.file, problems[0].place.path) == ("case", "engagement.start_on")


def test_values_are_part_of_what_follows() -> None:
    found = answer(employment().executor, builder(kind="company").facts)
    told = standings(found, employment().rulebook)
    assert told[Conclusion("outcome", "no_close_relevance")] == Standing(True, frozenset({()}))
    ((by_on, (low, high)),) = next(iter(told[Conclusion("duty", "confirmation_or_approval")].values))
    assert (by_on, date.fromordinal(low), high) == ("by_on", date(2026, 1, 31), low)
    assert fired(found)["outcome.no-close-relevance"] is True


def test_what_follows_in_some_worlds_alone_is_not_certain() -> None:
    found = answer(employment().executor, builder(kind="[construction, company]").facts)
    told = standings(found, employment().rulebook)
    assert len(found.worlds) == 2
    assert not told[Conclusion("duty", "confirmation_or_approval")].certain
    assert not fired(found)["outcome.no-close-relevance"]
