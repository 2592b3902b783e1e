from datetime import date, timedelta

import pytest

from cases.simulation import (
    DAYS,
    FIRST,
    SERVICES,
    THREE_YEARS,
    THRESHOLDS,
    Effect,
    Simulation,
    simulate,
    steps,
)
from engine.difference import compare
from rules.compare import law_on
from rules.law import employment

REVIEWED = {2013: 12, 2015: 12}


@pytest.fixture(scope="module")
def ticks() -> list[int]:
    return []


@pytest.fixture(scope="module")
def found(ticks: list[int]) -> Simulation:
    return simulate(employment(), REVIEWED, lambda: ticks.append(1))


def effect(found: Simulation, name: str) -> Effect:
    (one,) = [one for one in found.effects if one.name == name]
    return one


def test_as_many_must_file_under_the_law_of_their_own_days_as_were_reviewed(found: Simulation) -> None:
    assert {year.year: year.own.must_file for year in found.years} == REVIEWED
    assert {year.year: year.reviewed for year in found.years} == REVIEWED


def test_the_same_counts_give_the_same_simulation(found: Simulation) -> None:
    assert simulate(employment(), REVIEWED) == found


def test_it_ticks_as_often_as_it_says(found: Simulation, ticks: list[int]) -> None:
    assert len(ticks) == steps(REVIEWED)


def test_people_move_from_one_law_to_the_next(found: Simulation) -> None:
    thresholds, three, together = (effect(found, name) for name in ("thresholds", "three_years", "together"))
    assert (thresholds.before, thresholds.after) == (found.whole[FIRST], found.whole[THRESHOLDS])
    assert (three.before, three.after) == (found.whole[SERVICES], found.whole[THREE_YEARS])
    assert (together.before, together.after) == (found.whole[FIRST], found.whole[THREE_YEARS])
    for one in found.effects:
        assert one.after.must_file - one.before.must_file == one.filing.begin - one.filing.cease
        assert one.after.held - one.before.held == one.standard.begin - one.standard.cease


def test_each_year_adds_up_to_the_whole(found: Simulation) -> None:
    for day in DAYS:
        assert sum(year.by_day[day].must_file for year in found.years) == found.whole[day].must_file
        assert sum(year.by_day[day].held for year in found.years) == found.whole[day].held


def test_no_agency_standard_before_2015_03_31(found: Simulation) -> None:
    assert [found.whole[day].held for day in DAYS[:-1]] == [0, 0, 0]
    assert found.whole[THREE_YEARS].held > 0
    assert [year.own.held for year in found.years if year.year == 2013] == [0]


def test_lower_size_tests_and_associations_bring_more_people_in(found: Simulation) -> None:
    rules = {one.rule for one in effect(found, "thresholds").filing.rules}
    assert rules <= {"size.company", "size.firm", "listing.association"}
    assert "size.company" in rules


def test_service_contracts_change_neither_question(found: Simulation) -> None:
    services = effect(found, "services")
    assert services.before == services.after
    assert services.filing.rules == services.standard.rules == ()


def test_the_rules_of_a_change_really_changed(found: Simulation) -> None:
    for name, day in {"thresholds": THRESHOLDS, "three_years": THREE_YEARS}.items():
        old, new = (law_on(employment(), one).rulebook for one in (day - timedelta(days=1), day))
        changed = compare(old, new).changed_rules
        one = effect(found, name)
        assert {count.rule for count in (*one.filing.rules, *one.standard.rules)} <= changed


def test_the_changes_of_2015_without_those_of_2014(found: Simulation) -> None:
    alone = effect(found, "retirement_alone")
    assert alone.before == found.whole[FIRST]
    assert found.whole[FIRST].must_file < alone.after.must_file < found.whole[THREE_YEARS].must_file
    assert "size.company" not in {count.rule for count in alone.filing.rules}


def test_shares_that_do_not_matter_to_a_question_do_not_move_it(found: Simulation) -> None:
    by = {(one.assumption, one.end): one.by_day for one in found.variations}
    assert by["entrusted", "low"][THREE_YEARS] == by["entrusted", "high"][THREE_YEARS]
    assert by["larger_company", "low"][THRESHOLDS] == by["larger_company", "high"][THRESHOLDS]
    assert by["senior", "low"][THREE_YEARS].held < by["senior", "high"][THREE_YEARS].held
    assert by["larger_company", "low"][FIRST].must_file < by["larger_company", "high"][FIRST].must_file


def test_the_days_are_those_of_the_changes() -> None:
    assert (date(2014, 6, 24), date(2014, 6, 25), date(2014, 12, 30), date(2015, 3, 31)) == DAYS
