"""Results for the tests of what is drawn from them. The names are made up."""

from functools import cache
from typing import Any

from service.web.answers import Answers
from service.web.forms import EMPLOYMENT, TRUST, Form
from service.web.result import Result
from tests.interviewing import self_test

SAID: dict[str, Any] = {
    "official.retired_on": "2025-06-30",
    "words.agency": "국세청",
    "words.rank": "세무4급",
    "official.window_suspended": False,
    "official.committee": "government",
    "official.asset_discloser": False,
    "engagement.start_on": "2026-03-02",
    "engagement.duty": "ordinary",
    "engagement.role": "other",
    "engagement.occupation": "professional",
    "engagement.handles_or_advises": True,
    "engagement.paid": True,
    "engagement.periodic": True,
    "engagement.own_business": False,
    "employer.name": "가상건설(주)",
    "employer.kind": "company",
    "employer.listed": True,
    "postings.items.0.body": "국세청",
    "postings.items.0.unit": "가상과",
    "postings.items.0.to_on": "2025-06-30",
    "postings.items.0.above_section_head": False,
    "postings.items.0.seconded": False,
    "postings.complete": True,
    "directions.complete": True,
    "subordinations.complete": True,
    "works.items.0.category": "contract",
    "works.items.0.body": "국세청",
    "works.items.0.unit": "가상과",
    "works.items.0.last_on": "2024-11-05",
    "works.items.0.toward_employer": True,
    "works.complete": True,
}
OPEN = {
    **SAID,
    "employer.listed": None,
    "words.agency": None,
    "words.rank": None,
    "official.service": "general",
    "official.grade": None,
}
HELD: dict[str, Any] = {
    "holder.asked_on": "2026-02-10",
    "holder.basis": "discloser",
    "holding.arose_on": "2026-02-02",
}


@cache
def result(form: Form = EMPLOYMENT, **other: Any) -> Result:
    """The result of typical answers of a form, with other ones in their place (`__` for a dot)."""
    given = {name.replace("__", "."): value for name, value in other.items()}
    said = {EMPLOYMENT.name: SAID, TRUST.name: HELD}[form.name]
    return of({**said, **given}, form)


def of(said: dict[str, Any], form: Form = EMPLOYMENT) -> Result:
    test, answers = self_test(form), Answers(said)
    return Result(test, answers, test.advice(answers))


@cache
def open_result() -> Result:
    """One that is not decided: whether the employer is listed and the grade are not known."""
    return of(OPEN)
