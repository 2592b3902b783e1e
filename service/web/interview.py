"""What to ask next: only what can still change the answer, and nothing twice."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from engine.completions import completed
from engine.facts import CaseModel, Spot
from engine.worlds import world
from rules.advice import refuse_contradiction
from rules.law import Law
from rules.lexicon import Lexicon
from service.web.answers import AGENCY, FROM_REGISTER, RANK, Answers, key_of, page_of
from service.web.forms import SECTIONS, WORDS, Form


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
    """The first page of which the answer is still missing and can still matter.

    Postings are asked for before the work of their departments, where both matter.
    """
    case = case_of(form, answers, lexicon)
    for page in form.first_pages:
        if not answered(answers, page):
            return Step(page, 0)
    missing = [spot for spot in open_questions(law, case) if key_of(spot) not in answers.said]
    if not missing:
        return Step(None, 0)
    page = page_for(missing[0])
    done, held = form.departments
    first = held if page == done and held in map(page_for, missing) else page
    return Step(first, len(missing))


def open_questions(law: Law, case: CaseModel) -> Sequence[Spot]:
    """What can still change the outcome, in the order in which the outcomes rest on it."""
    return completed(world(law.executor, case), law.executor.program).questions


def aside(form: Form, law: Law, lexicon: Lexicon, answers: Answers) -> frozenset[str]:
    """The pages whose answers change nothing as things stand: an interview would not ask for them.

    The answers are given again in the order in which an interview asks, as long as it asks for any of them.
    """
    given = answers.without([FROM_REGISTER]).by_page()
    kept = Answers({})
    for page in form.first_pages:
        kept = kept.put({key: answers.said[key] for key in given.pop(page, ())})
    while given:
        questions = open_questions(law, case_of(form, kept, lexicon))
        asked = next((page for spot in questions for page in _asked(spot, given)), None)
        if asked is None:
            break
        kept = kept.put({key: answers.said[key] for key in given.pop(asked)})
    chosen = set(form.searched) if FROM_REGISTER in answers.said else set()
    return frozenset(given if chosen <= set(given) else set(given) - chosen)


def _asked(spot: Spot, given: Container[str]) -> Iterator[str]:
    """The pages among those given that answer a spot."""
    key = key_of(spot)
    yield from (page for page in dict.fromkeys((key, page_of(key))) if page in given)


def answered(answers: Answers, page: str) -> bool:
    if page == WORDS:
        return any(key in answers.said for key in (AGENCY, RANK, WORDS))
    return page in answers.said


def page_for(spot: Spot) -> str:
    """The page that asks for a spot: a list has one of its own, for whether it is complete."""
    return spot.section if SECTIONS[spot.section].listed and not spot.field else key_of(spot)
