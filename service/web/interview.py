"""What to ask next: only what can still change the answer, and nothing twice."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from engine.cuts import Cuts
from engine.facts import CaseModel, Spot
from engine.worlds import Answer, answer
from rules.advice import refuse_contradiction
from rules.law import Law
from rules.lexicon import Lexicon
from service.web.answers import AGENCY, FROM_REGISTER, RANK, Answers, key_of, page_of
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
    """The first page of which the answer is still missing and can still matter.

    Postings are asked for before the work of their departments, where both matter.
    """
    case = case_of(form, answers, lexicon)
    for page in form.first_pages:
        if not answered(answers, page):
            return Step(page, 0)
    seen = glance(law, case)
    missing = [spot for spot in seen.questions if key_of(spot) not in answers.said]
    spot = next(mattering(law, case, seen, missing), None)
    if spot is None:
        return Step(None, 0)
    done, held = form.departments
    page = page_for(spot)
    first = held if page == done and held in map(page_for, missing) else page
    return Step(first, len(missing))


def glance(law: Law, case: CaseModel) -> Answer:
    """The answer to a case from one evaluation: its questions are never too few, but may be too many."""
    return answer(law.executor, case, runs=1)


def mattering(law: Law, case: CaseModel, seen: Answer, spots: Sequence[Spot]) -> Iterator[Spot]:
    """Those of the spots a glance names whose value makes a difference, in their order.

    Where none does alone, those that do together with others.
    """
    alone = (spot for spot in spots if tells_apart(law, case, seen, spot))
    first = next(alone, None)
    if first is not None:
        yield first
        yield from alone
    elif spots:
        asked = answer(law.executor, case, runs=RUNS).questions
        yield from (spot for spot in asked if spot in spots)


def tells_apart(law: Law, case: CaseModel, seen: Answer, spot: Spot) -> bool:
    """Whether cases that differ in one spot come to different outcomes, or leave different questions.

    What cannot be gone through value by value, such as whether a list is complete, is taken to do so.
    """
    cells = Cuts.of(law.executor.program).cells(seen.base, spot)
    if len(cells) < 2:
        return True
    below = (glance(law, case.with_value(spot, chosen)) for chosen, _ in cells)
    first = next(below)
    return any((one.outcomes, one.questions) != (first.outcomes, first.questions) for one in below)


def aside(form: Form, law: Law, lexicon: Lexicon, answers: Answers) -> frozenset[str]:
    """The pages whose answers change nothing as things stand: an interview would not ask for them.

    The answers are given again in the order in which an interview asks, as long as it asks for any of them.
    """
    given = answers.without([FROM_REGISTER]).by_page()
    kept = Answers({})
    for page in form.first_pages:
        kept = kept.put({key: answers.said[key] for key in given.pop(page, ())})
    while given:
        questions = glance(law, case_of(form, kept, lexicon)).questions
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
