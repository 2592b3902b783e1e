"""Interviews without a browser: what a visitor says of a case, and the questions that lead to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from cases.files import AnyCase, find_cases, read_cases
from engine.facts import CaseModel, Spot
from engine.values import Known, parse_known
from rules.law import law_for
from rules.lexicon import Lexicon
from service.web.answers import Answers, key_of, spot_of
from service.web.forms import EMPLOYMENT, FORMS, WORDS, Form
from service.web.inputs import BLANK, domain_at, read, typed
from service.web.visit import SelfTest

CASES = Path(__file__).parents[1] / "cases"
MOST_PAGES = 120
BEGUN = {
    "official.retired_on": "2025-06-30",
    "unknown": "words",
    "official.service": "general",
    "official.grade": "4",
    "engagement.start_on": "2026-03-02",
}


@cache
def self_test(form: Form) -> SelfTest:
    return SelfTest(form, law_for(form.model), Lexicon.load(), None)


@cache
def case_files(form: Form) -> tuple[AnyCase, ...]:
    """Every case file of the repository that a form asks for."""
    found = [case for path in find_cases(CASES) for case in read_cases(path)]
    return tuple(case for case in found if isinstance(case.facts, form.model))


def form_of(case: CaseModel) -> Form:
    return next(form for form in FORMS if isinstance(case, form.model))


def answers_of(case: CaseModel) -> Answers:
    """What the form would carry for a case."""
    said: dict[str, Any] = {}
    for name, part in form_of(case).sections.items():
        dumped = case.model_dump(mode="json")[name]
        for index, item in enumerate(dumped["items"] if part.listed else [dumped]):
            fields = {field: value for field, value in item.items() if value is not None}
            keep = fields or ({next(iter(item)): None} if part.listed else {})
            said |= {key_of(Spot(name, index, field)): value for field, value in keep.items()}
        if part.listed:
            said[f"{name}.complete"] = dumped["complete"]
    return Answers(said)


def pairs_of(case: CaseModel) -> list[tuple[str, str]]:
    return list(answers_of(case).pairs())


def untypable(case: CaseModel) -> Iterator[str]:
    """The keys of a case whose values a visitor cannot type into the pages."""
    for key, value in answers_of(case).said.items():
        spot = spot_of(key)
        if value is None or spot is None or not spot.field:
            continue
        known = parse_known(value, domain_at(spot))
        fields = [typed(spot, way) for way in (value, *_as_period(known))]
        if not any(_is_read_as(spot, one, known) for one in fields if one):
            yield key


def _as_period(known: Known[Any]) -> Iterator[str]:
    """A range of days as the month or the year that it may be."""
    if isinstance(known.low, date):
        yield from (f"{known.low:%Y-%m}", f"{known.low:%Y}")


def _is_read_as(spot: Spot, fields: Any, known: Known[Any]) -> bool:
    said = read(spot, fields)
    return said is not BLANK and said is not None and parse_known(said, domain_at(spot)) == known


@dataclass(frozen=True)
class Interview:
    """The answers at the end of an interview, and the pages that asked for them."""

    answers: Answers
    asked: tuple[str, ...]


def interview(case: CaseModel, form: Form = EMPLOYMENT) -> Interview:
    """Answer every page with what a case says, "I do not know" where it says nothing, until none is left."""
    test, truth = self_test(form), answers_of(case).said
    answers = Answers({})
    asked: list[str] = []
    while (page := test.step(answers).page) is not None:
        assert page not in asked
        assert len(asked) < MOST_PAGES
        asked.append(page)
        if page in form.sections:
            answers = answers.put({key: value for key, value in truth.items() if key.startswith(f"{page}.")})
        else:
            answers = answers.put({page: None if page == WORDS else truth.get(page)})
    return Interview(answers, tuple(asked))
