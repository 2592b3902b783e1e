"""What a visitor typed into one question, read as a case file would say it, and the other way round."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from engine.facts import Spot
from engine.values import MAX_TEXT, Domain
from service.web.answers import UNKNOWN, Plain
from service.web.forms import SECTIONS

Kind = Literal["date", "bool", "radios", "select", "several", "int", "won", "text"]
Raw = Mapping[str, tuple[str, ...]]
BLANK: Any = object()
FIRST_YEAR, LAST_YEAR = 1950, 2100
MOST_RADIOS = 12
NUMBERS = {
    (person, field): bounds
    for person in ("official", "holder")
    for field, bounds in (("grade", (1, 9)), ("diplomat_post_grade", (1, 14)))
}
SEVERAL = {("works", "category"), ("tasks", "kind")}
MOST_WON = 10**15
_MULTIPLES = {"조": 10**12, "억": 10**8, "만": 10**4}
_AMOUNT = re.compile(r"(?=\d)(?:(?:\d+[천백])*\d*(?<=[\d천백])[조억만])*(?:\d+[천백])*\d*")
_NOT_LETTERS = re.compile("[^\u3131-\u318e]+")
_GROUP = re.compile(r"([\d천백]+)([조억만]?)")


@dataclass(eq=False)
class Wrong(Exception):
    """A field of the form that cannot be read: `code` picks the words, `name` is the field."""

    name: str
    code: str
    values: tuple[tuple[str, str], ...] = ()


def domain_at(spot: Spot) -> Domain:
    return SECTIONS[spot.section].fact.domains()[spot.field]


def kind_of(spot: Spot) -> Kind:
    """How a value is asked for."""
    domain = domain_at(spot)
    if domain.kind == "enum":
        if (spot.section, spot.field) in SEVERAL:
            return "several"
        return "radios" if len(domain.options) <= MOST_RADIOS else "select"
    if domain.kind == "ref":
        raise TypeError(f"{spot} cannot be asked for")
    return domain.kind


def name_of(spot: Spot) -> str:
    return f"input.{spot.field}"


def read(spot: Spot, raw: Raw) -> Plain:
    """What was typed for a spot: a plain value, None for "I do not know", BLANK for nothing. Raises Wrong."""
    name = name_of(spot)
    match kind_of(spot):
        case "date":
            return _date(name, raw)
        case "won":
            return _won(name, raw)
        case "int":
            return _int(name, raw, *NUMBERS.get((spot.section, spot.field), (0, 10**9)))
        case "text":
            return read_text(name, raw) or BLANK
        case _:
            return _choice(name, raw, domain_at(spot))


def _typed(name: str, raw: Raw) -> str:
    text = _NOT_LETTERS.sub(
        lambda match: unicodedata.normalize("NFKC", match[0]), (raw.get(name) or ("",))[0]
    )
    return " ".join("".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in text).split())


def _date(name: str, raw: Raw) -> Plain:
    parts = {part: _typed(f"{name}.{part}", raw) for part in ("year", "month", "day")}
    if not any(parts.values()):
        return BLANK
    for part, text in parts.items():
        if text and not re.fullmatch(r"[0-9]{1,4}", text):
            raise Wrong(f"{name}.{part}", "not_digits")
    if not parts["year"]:
        raise Wrong(f"{name}.year", "no_year")
    if parts["day"] and not parts["month"]:
        raise Wrong(f"{name}.month", "no_month")
    year = int(parts["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Wrong(f"{name}.year", "bad_year", (("low", str(FIRST_YEAR)), ("high", str(LAST_YEAR))))
    if parts["month"] and not 1 <= int(parts["month"]) <= 12:
        raise Wrong(f"{name}.month", "bad_month")
    try:
        date(year, int(parts["month"] or 1), int(parts["day"] or 1))
    except ValueError:
        raise Wrong(f"{name}.day", "bad_day") from None
    given = [f"{year:04}", *(f"{int(parts[part]):02}" for part in ("month", "day") if parts[part])]
    return "-".join(given)


def _int(name: str, raw: Raw, low: int, high: int) -> Plain:
    text = _typed(name, raw).removesuffix("급").strip()
    if not text:
        return BLANK
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Wrong(name, "not_digits")
    if not low <= int(text) <= high:
        raise Wrong(name, "out_of_range", (("low", str(low)), ("high", str(high))))
    return int(text)


def _won(name: str, raw: Raw) -> Plain:
    exact = _amount(name, raw)
    ends = {end: _amount(f"{name}.{end}", raw) for end in ("at_least", "at_most")}
    given = {end: won for end, won in ends.items() if won is not None}
    if exact is not None:
        if given:
            raise Wrong(name, "amount_and_range")
        return exact
    if len(given) == 2 and given["at_least"] > given["at_most"]:
        raise Wrong(f"{name}.at_least", "range_reversed")
    return given or BLANK


def _amount(name: str, raw: Raw) -> int | None:
    """Won in digits, with or without 천, 만, 억, 조."""
    text = re.sub(r"[,\s]|원$", "", _typed(name, raw))
    if not text:
        return None
    if len(text) > 40 or not _AMOUNT.fullmatch(text):
        raise Wrong(name, "not_amount")
    won = sum(_below_myriad(group) * _MULTIPLES.get(unit, 1) for group, unit in _GROUP.findall(text))
    if won > MOST_WON:
        raise Wrong(name, "too_much")
    return won


def _below_myriad(group: str) -> int:
    hundreds = {"천": 1000, "백": 100, "": 1}
    return sum(int(digits) * hundreds[unit] for digits, unit in re.findall(r"([0-9]+)([천백]?)", group))


def read_text(name: str, raw: Raw) -> str:
    """The text of a field without control signs and spare spaces. Raises Wrong where it is too long."""
    text = _typed(name, raw)
    if len(text) > MAX_TEXT:
        raise Wrong(name, "too_long", (("most", str(MAX_TEXT)),))
    return text


def _choice(name: str, raw: Raw, domain: Domain) -> Plain:
    chosen = [value for value in raw.get(name, ()) if value]
    if not chosen:
        return BLANK
    if UNKNOWN in chosen:
        if len(chosen) > 1:
            raise Wrong(name, "unknown_and_more")
        return None
    allowed = domain.options if domain.kind == "enum" else ("true", "false")
    if any(value not in allowed for value in chosen):
        raise Wrong(name, "not_offered")
    if domain.kind == "bool":
        return chosen[0] == "true"
    return chosen[0] if len(chosen) == 1 else list(dict.fromkeys(chosen))


def typed(spot: Spot, value: Plain) -> dict[str, tuple[str, ...]]:
    """The fields of the form filled in for a value; a value of another form leaves them empty."""
    name = name_of(spot)
    kind = kind_of(spot)
    if value is None:
        return {name: (UNKNOWN,)} if kind in {"bool", "radios", "select", "several"} else {}
    if kind == "date":
        parts = str(value).split("-") if isinstance(value, str) else []
        names = (f"{name}.{part}" for part in ("year", "month", "day"))
        return {one: (part.lstrip("0"),) for one, part in zip(names, parts, strict=False)}
    if isinstance(value, dict):
        return {f"{name}.{end}": (str(amount),) for end, amount in value.items()}
    if isinstance(value, list):
        return {name: tuple(map(str, value))} if kind == "several" else {}
    return {name: (str(value).lower() if isinstance(value, bool) else str(value),)}
