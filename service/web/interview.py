"""What to ask next: only what can still change the answer, and nothing twice."""

from dataclasses import dataclass

from engine.facts import CaseModel, Spot
from engine.worlds import answer
from rules.advice import refuse_contradiction
from rules.law import Law
from rules.lexicon import Lexicon
from service.web.answers import AGENCY, RANK, Answers, key_of
from service.web.forms import SECTIONS, WORDS, Form

RUNS = 60


@dataclass(frozen=True)
class Step:
    """The page to show next, none where there is nothing left to ask, and how many questions are open."""

    page: str | None
    open: int


def case_of(form: Form, answers: Answers, lexicon: Lexicon) -> CaseModel:
    """The case that the answers describe. Raises ValidationError, or InputError for a contradiction."""
    case = form.model.model_validate(answers.facts(form, lexicon))
    refuse_contradiction(case)
    return case


def next_step(form: Form, law: Law, lexicon: Lexicon, answers: Answers) -> Step:
    """The first page of which the answer is still missing and can still matter."""
    case = case_of(form, answers, lexicon)
    for page in form.first_pages:
        if not answered(answers, page):
            return Step(page, 0)
    questions = answer(law.executor, case, runs=RUNS).questions
    missing = [page_for(spot) for spot in questions if key_of(spot) not in answers.said]
    return Step(missing[0] if missing else None, len(missing))


def answered(answers: Answers, page: str) -> bool:
    if page == WORDS:
        return any(key in answers.said for key in (AGENCY, RANK, WORDS))
    return page in answers.said


def page_for(spot: Spot) -> str:
    """The page that asks for a spot: a list has one of its own, for whether it is complete."""
    return spot.section if SECTIONS[spot.section].listed and not spot.field else key_of(spot)
