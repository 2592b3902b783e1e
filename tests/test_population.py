from collections import Counter
from datetime import date
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.population import Person, Traits, model, people, person
from cases.published import read_published
from cases.published.survey import RESULTS
from engine.worlds import answer
from rules.facts import EmployerKind
from rules.law import employment

YEARS = st.integers(2011, 2015)
MANY = 2_000


@pytest.fixture(scope="module")
def many() -> list[Person]:
    return list(islice(people(2013), MANY))


def share(many: list[Person], hit: object) -> float:
    return 100 * sum(bool(hit(one.traits)) for one in many) / len(many)  # type: ignore[operator]


@given(YEARS, st.integers(0, 10_000))
def test_a_person_is_always_the_same_whoever_else_is_drawn(year: int, number: int) -> None:
    assert person(year, number) == person(year, number)
    assert person(year, number).start_on.year == year


def test_people_are_numbered_in_turn() -> None:
    assert list(islice(people(2012), 20)) == [person(2012, number) for number in range(20)]


def test_people_of_two_years_are_drawn_apart() -> None:
    one, other = ([person(year, number).traits for number in range(50)] for year in (2011, 2012))
    assert one != other


def test_drawn_people_come_near_the_shares(many: list[Person]) -> None:
    shares = model().shares
    assert share(many, lambda one: one.senior) == pytest.approx(shares["senior"], abs=3)
    assert share(many, lambda one: one.months == 30) == pytest.approx(shares["third_year"], abs=3)
    for_profit = {kind for kind, made in model().employers.items() if made.for_profit}
    outside = share(many, lambda one: one.employer.kind not in for_profit)
    assert outside == pytest.approx(shares["not_for_profit"], abs=3)
    origins = Counter(one.traits.origin for one in many)
    for name, origin in model().origins.items():
        assert 100 * origins[name] / MANY == pytest.approx(origin.weight, abs=3)
    assert Counter(one.start_on.month for one in many) == dict.fromkeys((2, 5, 8, 11), MANY // 4)


@given(YEARS, st.integers(0, 500))
def test_another_share_moves_no_other_trait(year: int, number: int) -> None:
    before = person(year, number)
    after = person(year, number, {**model().shares, "senior": 100})
    assert after.traits == Traits(before.traits.origin, True, before.traits.employer, before.traits.months)


def test_weights_add_up() -> None:
    made = model()
    assert sum(origin.weight for origin in made.origins.values()) == pytest.approx(100)
    assert sum(one.weight for one in made.employers.values()) == pytest.approx(100)
    outside = sum(one.weight for one in made.employers.values() if not one.for_profit)
    assert outside == pytest.approx(made.shares["not_for_profit"])


def test_shares_of_the_first_lists_are_those_of_the_published_counts() -> None:
    shares = model().shares
    listed = {"company": (13_399 - 9_489, 13_399), "law_firm": (21 - 2, 21), "accounting_firm": (25 - 13, 25)}
    for kind, (before, after) in listed.items():
        assert shares[f"larger_{kind}"] == pytest.approx(100 * before / after, abs=0.05)


def test_times_between_are_those_of_published_rows_with_both_months() -> None:
    months = []
    for case in read_published(RESULTS)[0]:
        retired, start = case.facts.official.retired_on, case.facts.engagement.start_on
        first, last = (value.options[0] if value.options else value.low for value in (retired, start))
        closed = (retired.options or retired.high) and (start.options or start.high)
        if first and last and closed:
            months.append((last.year - first.year) * 12 + last.month - first.month)
    years = Counter(number // 12 for number in months if number < 36)
    assert sum(years.values()) == 37
    assert model().shares["third_year"] == pytest.approx(100 * years[2] / 37, abs=0.05)
    assert model().shares["second_year"] == pytest.approx(100 * years[1] / (years[0] + years[1]), abs=0.05)


def test_variations_move_one_share_each() -> None:
    shares = model().shares
    for name, end, varied in model().variations():
        moved = {key for key in shares if shares[key] != varied[key]}
        assert moved == {name}
        assert (varied[name] < shares[name]) is (end == "low")


def test_every_kind_of_person_is_decided_in_one_world() -> None:
    """No fact that matters is left open, so counts never hang on how worlds are split."""
    seen = {}
    for one in islice(people(2015), 400):
        seen.setdefault((one.traits.origin, one.traits.senior), one)
    assert len(seen) == 2 * len(model().origins)
    for one in seen.values():
        found = answer(employment().executor, one.traits.case(one.start_on, listed=True))
        assert (found.runs, len(found.outcomes)) == (1, 1), one


def test_the_job_starts_as_long_after_retirement_as_drawn() -> None:
    one = person(2014, 3)
    case = one.traits.case(date(2015, 3, 31), listed=False)
    retired = case.official.retired_on.options[0]
    assert (2015 - retired.year) * 12 + 3 - retired.month == one.traits.months
    assert case.employer.kind.options[0] in set(EmployerKind)
