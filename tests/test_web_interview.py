"""What is asked and what is not: every question that can still matter, and no other."""

import sys
from collections.abc import Iterator
from datetime import date
from statistics import quantiles
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from cases.population import person
from engine.errors import InputError
from engine.facts import CaseModel, Spot
from engine.values import Known, exactly
from engine.worlds import answer
from service.web.answers import FROM_REGISTER, Answers, key_of
from service.web.forms import EMPLOYMENT, FORMS, TRUST, Form
from service.web.inputs import NUMBERS, domain_at
from service.web.visit import SelfTest
from tests.interviewing import answers_of, case_files, interview, self_test

RUNS = 300

RETIRED = {"official.retired_on": "2025-06-30", "words": None}
JOB = {
    **RETIRED,
    "official.service": "general",
    "official.grade": 4,
    "engagement.start_on": "2026-03-02",
    "engagement.duty": "ordinary",
    "employer.kind": "company",
    "employer.listed": False,
}
CLOSED = {"official.retired_on": "2013-05-01", "official.window_suspended": False}


@pytest.fixture(scope="module")
def test() -> SelfTest:
    return self_test(EMPLOYMENT)


def test_the_retirement_comes_first_and_then_the_words(test: SelfTest) -> None:
    assert test.step(Answers({})).page == "official.retired_on"
    assert test.step(Answers({"official.retired_on": "2025"})).page == "words"


def test_postings_are_asked_for_before_the_work_of_their_departments(test: SelfTest) -> None:
    covered = {**JOB, "employer.listed": True, "engagement.own_business": False}
    paid = dict.fromkeys(("engagement.handles_or_advises", "engagement.paid", "engagement.periodic"), True)
    answers = Answers({**covered, **paid})
    assert test.step(answers).page == "postings"
    assert test.step(answers.put({"postings.complete": False})).page == "works"


def test_nothing_is_asked_where_the_window_is_closed(test: SelfTest) -> None:
    answers = Answers({**RETIRED, "official.retired_on": "2013-05-01", "engagement.start_on": "2026-03-02"})
    known = answers.put({"official.service": "general", "official.grade": 4})
    assert test.step(known).page == "official.window_suspended"
    assert test.step(known.put({"official.window_suspended": False})).page is None


def test_an_answer_that_would_not_have_been_asked_is_aside(test: SelfTest) -> None:
    answers = Answers({**JOB, "official.police_rank": "captain"})
    assert test.aside(answers) == {"official.police_rank"}


def test_a_changed_answer_sets_later_ones_aside_and_brings_them_back(test: SelfTest) -> None:
    answers = Answers(JOB)
    assert not test.aside(answers)
    earlier = answers.put(CLOSED)
    assert {"employer.kind", "employer.listed"} <= test.aside(earlier)
    assert set(earlier.said) > set(answers.said)
    later = earlier.put({"official.retired_on": "2025-06-30"})
    assert test.aside(later) == {"official.window_suspended"}


def test_what_was_chosen_from_the_register_is_aside_as_a_whole_or_not(test: SelfTest) -> None:
    chosen = {"employer.name": "가상건설", "employer.listed": True, FROM_REGISTER: "used"}
    kept = {key: value for key, value in JOB.items() if key != "employer.listed"}
    assert not test.aside(Answers({**kept, **chosen}))
    closed = {**kept, **chosen, **CLOSED}
    assert {"employer.name", "employer.kind", "employer.listed"} <= test.aside(Answers(closed))


def test_a_holder_is_asked_about_the_day_first_and_then_about_the_office() -> None:
    test = self_test(TRUST)
    assert test.step(Answers({})).page == "holder.asked_on"
    said = {"holder.asked_on": "2026-03-02", "words": None}
    assert test.step(Answers(said)).page in {"holding.arose_on", "holder.asset_discloser"}
    obliged = {"holding.arose_on": "2026-01-05", "holder.asset_discloser": True}
    disclosed = Answers({**said, **obliged, "holder.space_agency_exempted": False})
    assert test.step(disclosed).page == "stocks"
    assert test.step(disclosed.put({"stocks.complete": True})).page is None


@st.composite
def visits(draw: st.DrawFn) -> tuple[Form, CaseModel, CaseModel]:
    """A form, a case that a visitor answers from, and another one for what the visitor is never asked."""
    form = draw(st.sampled_from(FORMS))
    case = st.sampled_from(case_files(form)).map(lambda found: found.facts)
    return form, mixed(form, draw(case), draw(case), draw), draw(case)


def mixed(form: Form, case: CaseModel, other: CaseModel, draw: st.DrawFn) -> CaseModel:
    """A case with what it does not say filled in from another, but for the lists."""
    said, more = answers_of(case).said, answers_of(other).said
    lists = {name for name, section in form.sections.items() if section.listed}
    filled = {key: value for key, value in more.items() if key.partition(".")[0] not in lists}
    return case_or_reject(form, Answers({**(filled if draw(st.booleans()) else {}), **said}))


def case_or_reject(form: Form, answers: Answers) -> CaseModel:
    try:
        return self_test(form).case(answers)
    except InputError:
        reject()


def outcomes(form: Form, case: CaseModel) -> tuple[str, ...]:
    return answer(self_test(form).law.executor, case, runs=RUNS).outcomes


@settings(max_examples=max(20, settings().max_examples // 2))
@given(visits(), st.data())
def test_what_is_never_asked_cannot_matter(
    visit: tuple[Form, CaseModel, CaseModel], data: st.DataObject
) -> None:
    form, case, other = visit
    done = interview(case, form).answers
    expected = outcomes(form, self_test(form).case(done))
    for truth in (case, other):
        skipped = {
            key: value
            for key, value in answers_of(truth).said.items()
            if key not in done.said and f"{key.partition('.')[0]}.complete" not in done.said
        }
        flipped = case_or_reject(form, done.put(skipped))
        assert outcomes(form, flipped) == expected
    spots = [spot for spot in every_spot(form) if key_of(spot) not in done.said]
    for spot in data.draw(st.lists(st.sampled_from(spots), max_size=4, unique=True)):
        value = data.draw(st.sampled_from(values(spot)))
        flipped = case_or_reject(form, done).with_value(spot, value)
        if not list(flipped.contradictions()):
            assert outcomes(form, flipped) == expected


def every_spot(form: Form) -> list[Spot]:
    return [
        Spot(name, 0, field)
        for name, section in form.sections.items()
        if not section.listed
        for field in section.fact.domains()
    ]


def values(spot: Spot) -> list[Known[Any]]:
    """The admissible values of a spot: every option, and the days and amounts at which something turns."""
    domain = domain_at(spot)
    if domain.kind == "bool":
        return [exactly(False), exactly(True)]
    if domain.kind == "enum":
        return [exactly(option) for option in domain.options]
    if domain.kind == "text":
        return [exactly("가상")]
    if domain.kind == "date":
        return [exactly(date(year, month, 1)) for year in range(2001, 2029) for month in (1, 6)]
    low, high = NUMBERS.get((spot.section, spot.field), (0, 10**12))
    return [
        exactly(number) for number in {low, high, (low + high) // 2, 10**9, 10**10} if low <= number <= high
    ]


def retirees(count: int) -> Iterator[CaseModel]:
    """Made-up people who take up a job in 2026, every other one with an employer on the list."""
    for number in range(count):
        drawn = person(2026, number)
        yield drawn.traits.case(drawn.start_on, listed=number % 2 == 0)


def test_a_typical_retiree_is_asked_few_of_all_questions() -> None:
    """With `-s` this prints the figures of docs/self-test.md; PSEA_HYPOTHESIS=full takes more people."""
    asked = sorted(
        len(interview(case).asked) for case in retirees(min(400, settings().max_examples * 4 // 5))
    )
    lists = [name for name, section in EMPLOYMENT.sections.items() if section.listed]
    every = len(every_spot(EMPLOYMENT)) + len(lists)
    first, median, third = quantiles(asked, n=4)
    quartiles = f"quartiles {first:g} and {third:g}, most {asked[-1]}"
    sys.stdout.write(f"\n{len(asked)} people: median {median:g} of {every} pages ({quartiles})\n")
    assert median <= every / 5
