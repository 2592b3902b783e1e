"""Answers as a case file, which `psea check` and `psea recusal` take, and the other way round."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any

import yaml

from cases.files import parse_one
from engine.documents import parse
from engine.errors import Place, refuse
from engine.facts import Fact, Listed, Section
from engine.values import Known, plain
from service.web.answers import MOST_ITEMS, Answers, spot_of
from service.web.forms import WORDS, Form
from service.web.visit import SelfTest

NAME = "case"


def written(test: SelfTest, answers: Answers, about: str) -> str:
    """The facts that the answers describe as a case file, below the comment `about`.

    Raises ValidationError, or InputError for a contradiction.
    """
    case = test.case(answers)
    facts = case.model_dump(mode="json", exclude_defaults=True)
    said = {key: spot for key in answers.said if (spot := spot_of(key))}
    sections: dict[str, Any] = {}
    for name, section in test.form.sections.items():
        asked = {key: spot for key, spot in said.items() if spot.section == name}
        if section.listed:
            part = getattr(case, name)
            if asked or name in facts:
                sections[name] = {"complete": part.complete, "items": facts.get(name, {}).get("items", [])}
        else:
            unknown = {spot.field: None for key, spot in asked.items() if answers.said[key] is None}
            sections[name] = {**unknown, **facts.get(name, {})}
    comment = "".join(f"# {line}\n" for line in about.splitlines())
    return comment + yaml.safe_dump(sections, allow_unicode=True, sort_keys=False, width=100)


def read(text: str, form: Form) -> Answers:
    """The answers that the one case of a text gives. Raises InputError with every problem and its line.

    What stands there as unknown is answered "I do not know"; what is left out is still to be asked.
    """
    case = parse_one(text, form.model, NAME).facts
    raw = parse(text, NAME)[0].data
    said: dict[str, Any] = {}
    for name, section in form.sections.items():
        said |= dict(_of_section(section, getattr(case, name), raw.get(name)))
    if WORDS in form.first_pages and getattr(case, form.person).model_fields_set:
        said[WORDS] = None
    return Answers(said)


def _of_section(section: Section, part: Any, raw: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(part, Listed):
        yield from _of_fact(section.name, part, raw)
        return
    if len(part.items) > MOST_ITEMS:
        raise refuse(
            f"A list holds more than the {MOST_ITEMS} items that the pages ask for",
            "Leave out what has nothing to do with it, or check the file with the command line",
            Place(NAME, path=section.name),
        )
    items = raw if isinstance(raw, list) else (raw or {}).get("items", [])
    for index, item in enumerate(part.items):
        yield from _of_fact(f"{section.name}.items.{index}", item, items[index] if index < len(items) else {})
    if raw is not None:
        yield f"{section.name}.complete", part.complete


def _of_fact(head: str, fact: Fact, raw: Any) -> Iterator[tuple[str, Any]]:
    """What a fact says itself; an item that says nothing has its first field unknown."""
    said = {name: _short(getattr(fact, name)) for name in fact.model_fields_set}
    unknown = {name for name, value in (raw or {}).items() if value in (None, "unknown")}
    fields = [name for name in fact.domains() if name in said or name in unknown]
    if not fields and ".items." in head:
        fields = [next(iter(fact.domains()))]
    yield from ((f"{head}.{name}", said.get(name)) for name in fields)


def _short(known: Known[Any]) -> Any:
    """A plain value; a whole month or year as such."""
    first, last = known.low, known.high
    if not isinstance(first, date) or not isinstance(last, date) or first.year != last.year:
        return plain(known)
    if (first.day, last.day) != (1, monthrange(last.year, last.month)[1]):
        return plain(known)
    if first.month == last.month:
        return f"{first:%Y-%m}"
    return f"{first:%Y}" if (first.month, last.month) == (1, 12) else plain(known)
