"""The interview for programs: from a case, as a case file writes it, to the next question worth asking."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field

from cases.files import parse_one
from engine.errors import InputError, Place, Problem, nearest
from engine.facts import CaseModel, Spot
from engine.speech import Speaker
from engine.values import plain
from engine.worlds import answer
from rules.advice import LANGUAGES, Text
from rules.facts import EmploymentCase
from rules.law import UNDETERMINED
from service.lookup import look_up
from service.web.answers import AGENCY, MOST_ITEMS, RANK, Answers, key_of, spot_of
from service.web.forms import EMPLOYMENT, SECTIONS, WORDS, Form
from service.web.views import Input, Teller
from service.web.visit import SelfTest
from service.web.words import words

Kind = Literal["date", "bool", "one", "several", "int", "won", "text", "words", "list"]
WORDED = "official.rank"
_KINDS: Mapping[str, Kind] = {
    "date": "date",
    "bool": "bool",
    "radios": "one",
    "select": "one",
    "several": "several",
    "int": "int",
    "won": "won",
    "text": "text",
}
_WORDED = {AGENCY: "official.agency", RANK: WORDED}
_SPOT = re.compile(r"([a-z]+)(?:\[(\d{1,3})\])?\.([a-z_]+)")


class Option(BaseModel):
    """A value that may be answered, as a case writes it."""

    value: bool | str
    label: Text


class QuestionAsked(BaseModel):
    """A question: what is asked, why, and where the answer may be found.

    `spot` names the entry of the case that holds the answer: `works[1].unit` is the unit of the second entry.
    A question of kind `list` asks for a list and whether it is the whole one; `fields` are those of an entry.
    One of kind `words` is answered in `official.agency` and `official.rank`.
    """

    spot: str
    kind: Kind
    label: Text
    question: Text
    why: Text
    where: Text
    options: list[Option] = Field(default=[], description="of kinds bool, one and several")
    least: int | None = None
    most: int | None = None
    fields: list["QuestionAsked"] = []


class Interview(BaseModel):
    """The next question, or none where nothing is left that could change the answer: then the outcome.

    `open` counts the questions that are open as things stand. What is not known may leave the outcome
    `undetermined`; `possible` then names those that remain. POST /check tells the reasons.
    """

    question: QuestionAsked | None
    open: int
    outcome: str | None = None
    possible: list[str] = []
    title: Text | None = None


def interview(test: SelfTest, case: Mapping[str, Any], unknown: Iterable[str]) -> Interview:
    """What to ask next of a case. `unknown` are the spots answered "I do not know". Raises InputError."""
    answers = answers_of(test, case, unknown)
    step = test.step(answers)
    if step.page is not None:
        asked = Asking({language: test.teller(language) for language in LANGUAGES}, answers)
        return Interview(question=asked.page(step.page), open=step.open)
    found = answer(test.law.executor, test.case(answers))
    outcome = found.outcome or UNDETERMINED
    title = {
        language: Speaker(test.law.rulebook, language).words.text("outcomes", outcome, "title") or outcome
        for language in LANGUAGES
    }
    return Interview(
        question=None, open=0, outcome=outcome, possible=list(found.outcomes), title=Text(**title)
    )


def answers_of(test: SelfTest, case: Mapping[str, Any], unknown: Iterable[str]) -> Answers:
    """The answers that a case holds. Raises InputError with every problem of the case or of the spots."""
    known = Answers(dict.fromkeys(_keys(unknown, test.form)))
    facts = _facts(test, case)
    for name, section in test.form.sections.items():
        part = facts.get(name)
        if section.listed:
            known = _with_list(known, name, part)
        elif isinstance(part, dict):
            known = known.put({f"{name}.{field}": one for field, one in part.items() if one is not None})
    return _with_words(known, test.form)


def _facts(test: SelfTest, case: Mapping[str, Any]) -> dict[str, Any]:
    """The sections of a case with what the register says of its employer."""
    case = {**{name: {} for name, section in test.form.sections.items() if not section.listed}, **case}
    try:
        read = parse_one(json.dumps(case, ensure_ascii=False), test.form.model).facts
        refuse_long(read)
    except InputError as error:
        raise InputError(_inside(one) for one in error.problems) from None
    facts = {name: part for name, part in case.items() if name in test.form.sections}
    if isinstance(read, EmploymentCase):
        looked = look_up(read, test.register, "en")
        if looked.case is not read:
            found = {name: plain(getattr(looked.case.employer, name)) for name in ("kind", "listed")}
            facts["employer"] = {**facts["employer"], **found, "register": "used"}
    return facts


def refuse_long(case: CaseModel) -> None:
    """Raise InputError for lists with more entries than a page takes: work grows faster than they do."""
    lengths = {
        section.name: len(case.facts(section)) for section in case.sections().values() if section.listed
    }
    problems = [
        Problem(
            f"The list has {length} entries",
            f"Give at most {MOST_ITEMS}, those that matter most; the program psea takes more",
            Place(path=name),
        )
        for name, length in lengths.items()
        if length > MOST_ITEMS
    ]
    if problems:
        raise InputError(problems)


def _inside(problem: Problem) -> Problem:
    path = problem.place.path
    return Problem(problem.message, problem.remedy, Place(path=f"case.{path}" if path else "case"))


def _with_list(answers: Answers, section: str, part: Any) -> Answers:
    """The answers with a list; one that does not say whether it is complete is to be asked about."""
    whole = {"complete": True, "items": part} if isinstance(part, list) else part
    if not isinstance(whole, dict):
        return answers
    items = whole.get("items") or []
    given = [{name: one for name, one in item.items() if one is not None} for item in items]
    listed = answers.with_items(section, given)
    unknown = [key for key in answers.said if _within(key, section, len(items))]
    listed = Answers({**dict.fromkeys(unknown), **listed.said})
    complete = whole.get("complete")
    return listed if complete is None else listed.put({f"{section}.complete": complete})


def _within(key: str, section: str, items: int) -> bool:
    """Whether a key tells of a list: of one of its entries, or of whether it is complete."""
    spot = spot_of(key)
    return spot is not None and spot.section == section and (not spot.field or spot.index < items)


def _with_words(answers: Answers, form: Form) -> Answers:
    """The answers with the words for body and rank in a place of their own.

    They are not asked for where the case speaks of the service itself, or has no place for them.
    """
    said = answers.said
    told = {key: said.get(spot) for key, spot in _WORDED.items()}
    rest = answers.without(_WORDED.values())
    if any(told.values()):
        return rest.put({key: text for key, text in told.items() if text})
    asked = form is EMPLOYMENT and WORDED not in said and said.get("official.service") is None
    return rest if asked else rest.put({WORDS: None})


def _keys(spots: Iterable[str], form: Form) -> Iterator[str]:
    """The keys of spots as questions name them. Raises InputError for what is no spot of the case."""
    for text in spots:
        key = _key(text, form)
        if key is None:
            place = Place(path="unknown")
            known = [f"{name}.{field}" for name in form.sections for field in _fields(name)]
            raise InputError(
                [Problem(f"{text[:100]!r} is not a spot of this case", nearest(text, known), place)]
            )
        yield key


def _fields(section: str) -> list[str]:
    listed = ["complete"] if SECTIONS[section].listed else []
    return [*listed, *SECTIONS[section].fact.domains()]


def _key(text: str, form: Form) -> str | None:
    match = _SPOT.fullmatch(text)
    if match is None or match[1] not in form.sections:
        return None
    if form is EMPLOYMENT and text in _WORDED.values():
        return text
    section = form.sections[match[1]]
    if section.listed and match[3] == "complete":
        return text
    if match[3] not in section.fact.domains() or (match[2] and not section.listed):
        return None
    key = key_of(Spot(section.name, int(match[2] or 0), match[3]))
    return key if spot_of(key) else None


class Asking:
    """Puts a page into words, in both languages."""

    def __init__(self, tellers: Mapping[str, Teller], answers: Answers) -> None:
        self.tellers = tellers
        self.answers = answers

    def page(self, page: str) -> QuestionAsked:
        if page == WORDS:
            return self.rank()
        spot = spot_of(page)
        return self.list(page) if spot is None else self.field(spot)

    def rank(self) -> QuestionAsked:
        told = {language: words(language)["rank"] for language in LANGUAGES}
        asked = {language: said["question"][EMPLOYMENT.name] for language, said in told.items()}
        parts: dict[str, Any] = {
            name: Text(**{language: told[language][name] for language in LANGUAGES})
            for name in ("label", "why", "where")
        }
        return QuestionAsked(spot=WORDED, kind="words", question=Text(**asked), **parts)

    def list(self, section: str) -> QuestionAsked:
        index = len(self.answers.items(section))
        lead = {language: str(words(language)["list"]["lead"].get(section, "")) for language in LANGUAGES}
        nothing = Text(ko="", en="")
        return QuestionAsked(
            spot=f"{section}.complete",
            kind="list",
            label=self.text("part", section),
            question=self.text("complete", section),
            why=Text(**lead),
            where=nothing,
            most=MOST_ITEMS,
            fields=[self.field(Spot(section, index, name)) for name in SECTIONS[section].fact.domains()],
        )

    def text(self, kind: str, section: str) -> Text:
        return Text(**{name: getattr(teller, kind)(section) for name, teller in self.tellers.items()})

    def field(self, spot: Spot) -> QuestionAsked:
        inputs = {language: teller.input(spot, {}) for language, teller in self.tellers.items()}
        one = inputs["en"]
        parts: dict[str, Any] = {
            name: Text(**{language: getattr(input, name) for language, input in inputs.items()})
            for name in ("label", "question", "why", "where")
        }
        least, most = one.bounds or (None, None)
        return QuestionAsked(
            spot=str(spot),
            kind=_KINDS[one.kind],
            **parts,
            options=list(_options(inputs)),
            least=least,
            most=most,
        )


def _options(inputs: Mapping[str, Input]) -> Iterator[Option]:
    labels = {language: dict(input.options) for language, input in inputs.items()}
    for value, _ in inputs["en"].options:
        written = {"true": True, "false": False}.get(value, value) if inputs["en"].kind == "bool" else value
        yield Option(
            value=written, label=Text(**{language: told[value] for language, told in labels.items()})
        )
