"""The interview for programs: what it asks, and that it ends where the self-test does."""

from typing import Any

import pytest

from engine.errors import InputError
from engine.facts import Spot
from rules.advice import LANGUAGES, advise, advise_holder
from rules.facts import EmploymentCase
from rules.holdings import TrustCase
from rules.law import employment
from service.web.app import self_tests
from service.web.questions import Asking, Interview, answers_of, interview
from service.web.samples import BEGUN, CASE, HOUSEHOLD
from service.web.visit import SelfTest

TESTS = {test.name: test for test in self_tests(employment(), None)}
EMPLOYMENT, TRUST = TESTS["employment"], TESTS["trust"]
MOST = 60


def to_the_end(test: SelfTest, case: dict[str, Any], unknown: list[str]) -> tuple[Interview, list[str]]:
    """Ask on, with "I do not know" to every question."""
    spots = list(unknown)
    for _ in range(MOST):
        found = interview(test, case, spots)
        if found.question is None:
            return found, spots
        assert found.question.spot not in spots
        spots.append(found.question.spot)
    raise AssertionError("the interview does not end")


@pytest.mark.parametrize("case", [CASE, BEGUN["case"]], ids=["much", "some"])
def test_not_knowing_ends_in_the_advice_on_what_is_known(case: dict[str, Any]) -> None:
    found, _ = to_the_end(EMPLOYMENT, case, [])
    known = EMPLOYMENT.case(answers_of(EMPLOYMENT, case, []))
    assert isinstance(known, EmploymentCase)
    expected = advise(EMPLOYMENT.law, known)
    assert (found.outcome, tuple(found.possible)) == (expected.outcome, expected.possible)
    assert found.title == expected.title


def test_a_household_is_asked_about_in_the_same_way() -> None:
    found, spots = to_the_end(TRUST, HOUSEHOLD, [])
    known = TRUST.case(answers_of(TRUST, HOUSEHOLD, []))
    assert isinstance(known, TrustCase)
    assert found.outcome == advise_holder(TRUST.law, known).outcome
    assert "official.rank" not in spots


def test_the_case_is_that_of_a_case_file() -> None:
    whole = {**CASE, "decisions": [], "acts": [], "checks": []}
    assert EMPLOYMENT.case(answers_of(EMPLOYMENT, whole, [])) == EmploymentCase.model_validate(whole)


def test_words_for_the_rank_are_asked_for_after_the_day() -> None:
    begun = {"official": {"retired_on": "2025-12"}}
    asked = interview(EMPLOYMENT, begun, []).question
    assert asked is not None
    assert (asked.spot, asked.kind) == ("official.rank", "words")
    for more, unknown in (({"rank": "세무6급"}, []), ({"service": "general"}, []), ({}, ["official.rank"])):
        said = {"official": {**begun["official"], **more}}
        then = interview(EMPLOYMENT, said, unknown).question
        assert then is not None
        assert then.kind != "words"


def test_a_value_goes_before_not_knowing() -> None:
    answers = answers_of(EMPLOYMENT, {"official": {"grade": 4}}, ["official.grade"])
    assert answers.said["official.grade"] == 4


def test_a_list_is_asked_for_until_it_is_said_to_be_whole() -> None:
    other = [{**CASE["works"]["items"][0], "toward_employer": False}]
    begun = {**CASE, "works": {"items": other}}
    assert "works.complete" in to_the_end(EMPLOYMENT, begun, [])[1]
    whole = {**CASE, "works": {"items": other, "complete": True}}
    assert "works.complete" not in to_the_end(EMPLOYMENT, whole, [])[1]


def test_a_list_is_not_asked_for_where_what_is_known_of_it_decides() -> None:
    begun = {**CASE, "works": {"items": CASE["works"]["items"]}}
    assert to_the_end(EMPLOYMENT, begun, [])[1] == []


def test_a_list_tells_the_fields_of_an_entry() -> None:
    question = None
    case: dict[str, Any] = {name: part for name, part in CASE.items() if name != "works"}
    unknown: list[str] = []
    while question is None or question.kind != "list":
        question = interview(EMPLOYMENT, case, unknown).question
        assert question is not None
        unknown.append(question.spot)
    assert {field.spot.rpartition(".")[2] for field in question.fields} >= {
        "category",
        "unit",
    } or question.fields


@pytest.mark.parametrize(
    "spot", ["official.shoe", "works[20].unit", "official[1].grade", "works", "", "holder.grade"]
)
def test_what_is_no_spot_is_refused(spot: str) -> None:
    with pytest.raises(InputError, match="spot"):
        interview(EMPLOYMENT, {}, [spot])


def test_not_knowing_of_an_entry_that_there_is_not_adds_none() -> None:
    answers = answers_of(EMPLOYMENT, CASE, ["works[3].unit", "works.unit"])
    assert len(answers.items("works")) == 1


def test_problems_name_the_entry_of_the_body() -> None:
    with pytest.raises(InputError) as caught:
        interview(EMPLOYMENT, {"official": {"grade": "high"}}, [])
    assert caught.value.problems[0].place.path == "case.official.grade"


@pytest.mark.parametrize("test", [EMPLOYMENT, TRUST], ids=lambda test: test.name)
def test_every_question_is_put_in_both_languages_with_options_as_a_case_writes_them(test: SelfTest) -> None:
    tellers = {language: test.teller(language) for language in LANGUAGES}
    asking = Asking(tellers, answers_of(test, {}, []))
    for name, section in test.form.sections.items():
        spots = [Spot(name, 0, field) for field in section.fact.domains()]
        for field in [*map(asking.field, spots), *([asking.page(name)] if section.listed else [])]:
            assert field.question.ko
            assert field.question.en
            values = [option.value for option in field.options]
            assert bool(values) == (field.kind in {"bool", "one", "several"})
            assert field.kind != "bool" or values == [True, False]
            assert field.kind == "bool" or all(isinstance(one, str) for one in values)
