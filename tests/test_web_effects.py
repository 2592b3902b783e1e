"""What each answer to an open question would make of the result."""

import pytest

from engine.worlds import answer
from service.web.answers import Answers
from service.web.effects import MOST_ANSWERS, Effect, effects
from tests.results import OPEN, of, open_result


def told(found: list[Effect]) -> dict[str, tuple[str, ...]]:
    return {text.ko: effect.outcomes for effect in found for text in effect.answers}


def test_each_answer_has_the_result_that_it_would_have() -> None:
    found = open_result()
    listed = told(found.effects["employer.listed"])
    for shown, value in (("예", True), ("아니요", False)):
        case = found.test.case(Answers({**OPEN, "employer.listed": value}))
        outcomes = answer(found.test.law.executor, case).outcomes
        assert set(outcomes) <= set(listed[shown])
    assert listed["예"] != listed["아니요"]


def test_answers_with_one_result_stand_together() -> None:
    for found in open_result().effects.values():
        assert len({effect.outcomes for effect in found}) == len(found)


def test_grades_are_read_as_grades() -> None:
    shown = told(open_result().effects["official.grade"])
    assert all("이하" not in text and "이상" not in text for text in shown)


def test_a_decided_result_has_none() -> None:
    assert of({**OPEN, "words.rank": "세무4급", "official.grade": 4, "employer.listed": True}).effects == {}


def test_a_list_is_told_by_what_it_would_be_if_it_were_all() -> None:
    known = {"official.grade": 4, "employer.listed": True, "works.items.0.toward_employer": False}
    found = of({**OPEN, **known, "works.complete": None})
    (effect,) = found.effects["works.complete"]
    assert effect.answers == ()
    assert set(effect.outcomes) < set(found.advice.possible)


def test_no_more_answers_are_tried_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ANSWERS <= 80
    monkeypatch.setattr("service.web.effects.MOST_ANSWERS", 2)
    found = open_result()
    spots = [one.spot for one in found.advice.questions]
    tried = effects(found.test.law, found.test.case(found.answers), spots)
    assert sum(len(one.answers) for some in tried.values() for one in some) <= 2


def test_answers_are_tried_in_the_order_of_the_questions() -> None:
    found = open_result()
    spots = [one.spot for one in found.advice.questions]
    assert list(found.effects) == spots[: len(found.effects)]
