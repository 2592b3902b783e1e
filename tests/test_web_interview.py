"""What is asked and what is not: every question that can still matter, and no other."""

import pytest

from rules.law import employment, trust
from rules.lexicon import Lexicon
from service.web.answers import FROM_REGISTER, Answers
from service.web.forms import EMPLOYMENT, TRUST
from service.web.visit import SelfTest

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
    return SelfTest(EMPLOYMENT, employment(), Lexicon.load(), None)


def test_the_retirement_comes_first_and_then_the_words(test: SelfTest) -> None:
    assert test.step(Answers({})).page == "official.retired_on"
    assert test.step(Answers({"official.retired_on": "2025"})).page == "words"


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
    test = SelfTest(TRUST, trust(), Lexicon.load(), None)
    assert test.step(Answers({})).page == "holder.asked_on"
    said = {"holder.asked_on": "2026-03-02", "words": None}
    assert test.step(Answers(said)).page in {"holding.arose_on", "holder.asset_discloser"}
    obliged = {"holding.arose_on": "2026-01-05", "holder.asset_discloser": True}
    disclosed = Answers({**said, **obliged, "holder.space_agency_exempted": False})
    assert test.step(disclosed).page == "stocks"
    assert test.step(disclosed.put({"stocks.complete": True})).page is None
