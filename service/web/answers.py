"""What a visitor has answered, as the hidden fields of a form carry it. Nothing of it is kept.

A key names a spot of the case (`official.grade`, `works.items.0.unit`, `works.complete`). A value that is one
of several repeats its key, a range ends its keys in `.at_least` and `.at_most`, `unknown` repeats the keys
that were answered "I do not know".
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from engine.facts import Spot
from engine.values import MAX_TEXT
from rules.lexicon import Lexicon
from service.web.forms import SECTIONS, WORDS, Form

UNKNOWN = "unknown"
AGENCY = "words.agency"
RANK = "words.rank"
FROM_REGISTER = "employer.register"
MOST_ITEMS = 20
_FREE_KEYS = (AGENCY, RANK, FROM_REGISTER)
_KEY = re.compile(r"([a-z]+)(?:\.items\.(\d{1,3}))?\.([a-z_]+)")
_ENDS = ("at_least", "at_most")
_TRUTHS = {"true": True, "false": False}

Pair = tuple[str, str]
Plain = Any


@lru_cache(maxsize=4096)
def spot_of(key: str) -> Spot | None:
    """The spot of the case that a key names; none for any other text."""
    match = _KEY.fullmatch(key)
    section = SECTIONS.get(match[1]) if match else None
    if match is None or section is None:
        return None
    if section.listed and match[2] is None:
        return Spot(section.name) if match[3] == "complete" else None
    index = int(match[2] or 0)
    if section.listed != (match[2] is not None) or match[3] not in section.fact.domains():
        return None
    return Spot(section.name, index, match[3]) if index < MOST_ITEMS else None


def key_of(spot: Spot) -> str:
    if not spot.field:
        return f"{spot.section}.complete"
    middle = f".items.{spot.index}" if SECTIONS[spot.section].listed else ""
    return f"{spot.section}{middle}.{spot.field}"


@dataclass(frozen=True)
class Answers:
    """Answers by key in the order in which they were given, as a case file says them; None is unknown."""

    said: Mapping[str, Plain]

    @classmethod
    def read(cls, pairs: Iterable[Pair]) -> "Answers":
        """The answers among the fields of a form; fields that are none are left out."""
        said: dict[str, Plain] = {}
        for name, value in pairs:
            if name == UNKNOWN:
                if _is_key(value):
                    said.setdefault(value, None)
                continue
            key, _, end = name.rpartition(".")
            if end in _ENDS and _is_key(key):
                earlier = said.get(key)
                said[key] = {**(earlier if isinstance(earlier, dict) else {}), end: _plain(key, value)}
            elif _is_key(name):
                said[name] = _joined(name, said.get(name), _plain(name, value))
        return cls(_numbered(said))

    def pairs(self) -> Iterator[Pair]:
        """The hidden fields that carry these answers."""
        for key, value in self.said.items():
            if value is None:
                yield UNKNOWN, key
            elif isinstance(value, dict):
                yield from ((f"{key}.{end}", _text(one)) for end, one in value.items())
            else:
                yield from ((key, _text(one)) for one in (value if isinstance(value, list) else [value]))

    def put(self, given: Mapping[str, Plain]) -> "Answers":
        """These answers with others in the place of those of the same keys."""
        return Answers({**self.said, **given})

    def of(self, form: Form) -> "Answers":
        """Those among these answers that a form asks for."""
        return Answers({key: value for key, value in self.said.items() if form.has(key)})

    def without(self, keys: Iterable[str]) -> "Answers":
        dropped = set(keys)
        return Answers({key: value for key, value in self.said.items() if key not in dropped})

    def items(self, section: str) -> list[dict[str, Plain]]:
        """The answers on each item of a list, by field."""
        found: dict[int, dict[str, Plain]] = {}
        for key, value in self.said.items():
            spot = spot_of(key)
            if spot and spot.section == section and spot.field:
                found.setdefault(spot.index, {})[spot.field] = value
        return [found[index] for index in sorted(found)]

    def with_items(self, section: str, items: Iterable[Mapping[str, Plain]]) -> "Answers":
        """The list with these items instead of its own; whether it is complete is to be asked again."""
        kept = {key: value for key, value in self.said.items() if page_of(key) != section}
        listed = {
            key_of(Spot(section, index, field)): value
            for index, item in enumerate(items)
            for field, value in (item or {next(iter(SECTIONS[section].fact.domains())): None}).items()
        }
        return Answers({**kept, **listed})

    def by_page(self) -> dict[str, list[str]]:
        """The keys answered, by the page that gave them, in order; an item of a closed list has its own."""
        pages: dict[str, list[str]] = {}
        closed: set[str] = set()
        for key in self.said:
            page = page_of(key)
            pages.setdefault(key if page in closed else page, []).append(key)
            if key == f"{page}.complete":
                closed.add(page)
        return pages

    def pages(self) -> list[str]:
        """The pages that gave these answers, in order."""
        return list(self.by_page())

    def on_page(self, page: str) -> list[str]:
        """The keys that a page asks for and that are answered."""
        return [key for key in self.said if page in (key, page_of(key))]

    def facts(self, form: Form, lexicon: Lexicon) -> dict[str, Any]:
        """The case that the answers describe; an own answer goes before what the words for the rank say."""
        facts: dict[str, Any] = {
            name: self._list(form, name) if section.listed else {} for name, section in form.sections.items()
        }
        facts[form.person] |= self.read_words(form, lexicon)
        for key, value in self.said.items():
            spot = spot_of(key)
            if spot is None or spot.section not in facts or SECTIONS[spot.section].listed:
                continue
            if value is None and isinstance(facts[spot.section].get(spot.field), list):
                continue
            facts[spot.section][spot.field] = value
        return facts

    def _list(self, form: Form, section: str) -> dict[str, Any]:
        items = self.items(section)
        unspoken = section in form.records and not items
        return {"complete": self.said.get(f"{section}.complete", unspoken) is True, "items": items}

    def read_words(self, form: Form, lexicon: Lexicon) -> dict[str, Plain]:
        """What the visitor's words for body and rank say of the person: one value, or several."""
        agency, rank = (_word(self.said.get(key)) for key in (AGENCY, RANK))
        if not agency and not rank:
            return {}
        fields = form.sections[form.person].fact.domains()
        found = lexicon.read(agency, rank).facts.items()
        return {field: list(some) if len(some) > 1 else some[0] for field, some in found if field in fields}


def page_of(key: str) -> str:
    """The page that asks for a key: a list has one page for all that belongs to it."""
    if key in (AGENCY, RANK, WORDS):
        return WORDS
    spot = spot_of(key)
    return spot.section if spot and SECTIONS[spot.section].listed else key


def _is_key(key: str) -> bool:
    return key in _FREE_KEYS or key == WORDS or spot_of(key) is not None


def _plain(key: str, text: str) -> Plain:
    spot = spot_of(key)
    if spot is None:
        return text
    if not spot.field:
        return text == "true"
    domain = SECTIONS[spot.section].fact.domains()[spot.field]
    if domain.kind == "bool":
        return _TRUTHS.get(text, text)
    if domain.kind in {"int", "won"} and re.fullmatch(r"-?[0-9]{1,16}", text):
        return int(text)
    return text


def _text(value: Plain) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _word(value: Plain) -> str:
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def _joined(key: str, earlier: Plain, value: Plain) -> Plain:
    if earlier is None or isinstance(earlier, dict) or key.endswith(".complete"):
        return value
    return [*(earlier if isinstance(earlier, list) else [earlier]), value]


def _numbered(said: Mapping[str, Plain]) -> dict[str, Plain]:
    """The same answers, with the items of each list numbered without gaps."""
    spots = {key: spot_of(key) for key in said}
    used = sorted({(spot.section, spot.index) for spot in spots.values() if spot and spot.field})
    numbers = {
        (section, index): place - next(at for at, (name, _) in enumerate(used) if name == section)
        for place, (section, index) in enumerate(used)
    }
    return {
        key_of(Spot(spot.section, numbers[spot.section, spot.index], spot.field))
        if (spot := spots[key]) and spot.field
        else key: value
        for key, value in said.items()
    }
