"""The text of a cell as what it says of a value.

Empty, `?` or 모름 is not known; `6|7` one of several; `2025-12` some day of a month; `>= 10억`, `<= 5`,
`a..b`, `5 이상` a range; and what a case file would write, `[6, 7]` or `{"at_least": 5}`.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from pydantic_core import PydanticCustomError

from engine.errors import nearest
from engine.values import GRADES, UNKNOWN, Domain, Known, parse_known
from service.batch.faults import Fault
from service.register.identifiers import holds_resident_number

NOT_KNOWN = frozenset({"?", "-", "unknown", "n/a", "na", "모름", "미상", "알수없음", "불명"})
YES = frozenset(
    {"예", "네", "o", "ㅇ", "○", "◯", "y", "yes", "true", "참", "1", "있음", "해당", "v", "✓", "✔"}
)
NO = frozenset(
    {"아니오", "아니요", "x", "×", "✕", "n", "no", "false", "거짓", "0", "없음", "해당없음", "미해당"}
)
BROKEN = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
MERGED = "=⟨merged⟩"
EPOCH = date(1899, 12, 30)
SERIALS = (18_264, 109_574)
CENTURY = 70
_RANGE = re.compile(r"(.*?)\s*(?:\.\.+|~|～)\s*(.*)", re.DOTALL)
_BOUND = re.compile(r"(>=|=>|<=|=<|≥|≤)\s*(.+)", re.DOTALL)
_WORDED = re.compile(r"(.+?)\s*(이상|부터|이하|까지)", re.DOTALL)
_DOWNWARD = re.compile(r"\d+급")
_EITHER = re.compile(r"\s*\|\s*|\s+또는\s+|\s+or\s+")
_AT_LEAST = frozenset({">=", "=>", "≥", "이상", "부터"})
_MONEY = re.compile(r"(?:(\d+(?:\.\d+)?)조)?(?:(\d+(?:\.\d+)?)억)?(?:(\d+(?:\.\d+)?)만)?(\d+(?:\.0+)?)?원?")
_UNITS = (10**12, 10**8, 10**4, 1)
_DAY = re.compile(r"(\d{4})[-./년]+(\d{1,2})(?:[-./월]+(?:(\d{1,2})[일.]?)?)?")
_SHORT_DAY = re.compile(r"(\d{2})[-./년]+(\d{1,2})[-./월]+(\d{1,2})[일.]?")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?")


@dataclass(frozen=True, eq=False)
class Cell:
    """How the cells of a column are read: by the domain of the field, and what its options are called."""

    domain: Domain
    names: Mapping[str, Mapping[str, str]]

    def read(self, text: str) -> Known[Any] | Fault:
        """What a text says of the value, or what is wrong with it."""
        if text.isascii() and (plain := self._plain(text)) is not None:
            return parse_known(plain, self.domain)
        shown = text.strip()
        if not shown or squeezed(shown) in NOT_KNOWN:
            return UNKNOWN
        if wrong := unusable(shown):
            return wrong
        try:
            return parse_known(self._raw(shown), self.domain)
        except PydanticCustomError as error:
            context = error.context or {}
            return Fault(str(context["message"]), str(context["remedy"]))
        except _Unreadable as error:
            return error.fault

    def _plain(self, text: str) -> int | date | None:
        """The value of a text in the plainest form that most have."""
        if self.domain.kind == "won" and text.isdecimal() and int(text) <= self.domain.bounds[1]:
            return int(text)
        if self.domain.kind == "date" and _ISO.fullmatch(text):
            with suppress(ValueError):
                return date.fromisoformat(text)
        return None

    def _raw(self, text: str) -> Any:
        if text[0] in "[{" and (written := _json(text)) is not None:
            return written
        if self.domain.kind != "text":
            text = unicodedata.normalize("NFKC", text).strip().removeprefix("'").strip()
        if option := self._options.get(squeezed(text)):
            return option
        parts = [part for part in _EITHER.split(text) if part]
        if len(parts) > 1:
            return [self._scalar(part) for part in parts]
        return self._ranged(text) if self.domain.comparable else self._scalar(text)

    def _ranged(self, text: str) -> Any:
        if found := _BOUND.fullmatch(text):
            return self._bounded(found[1], found[2])
        if found := _WORDED.fullmatch(text):
            return self._worded(found[2], found[1])
        if found := _RANGE.fullmatch(text):
            ends = {"at_least": found[1], "at_most": found[2]}
            return {name: self._scalar(end) for name, end in ends.items() if end}
        return self._scalar(text)

    def _worded(self, word: str, text: str) -> dict[str, Any]:
        """A bound in words. Grades count down, so `5급 이상` is 5 or less; a bare number is left unread."""
        if self.domain.ends != GRADES:
            return self._bounded(word, text)
        if _DOWNWARD.fullmatch(text):
            return {"at_most" if word in _AT_LEAST else "at_least": self._scalar(text)}
        if text.endswith("등급"):
            return self._bounded(word, text)
        raise _Unreadable(
            Fault(f"{text + ' ' + word!r} may be read in two ways", "Write the bound with >= or <=")
        )

    def _bounded(self, sign: str, text: str) -> dict[str, Any]:
        return {"at_least" if sign in _AT_LEAST else "at_most": self._scalar(text.strip())}

    def _scalar(self, text: str) -> Any:
        match self.domain.kind:
            case "bool":
                word = squeezed(text)
                return True if word in YES else False if word in NO else text
            case "int":
                return _whole(text)
            case "won":
                return _won(text)
            case "date":
                return _date(text)
            case "enum":
                return self._option(text)
        return text

    def _option(self, text: str) -> str:
        word = squeezed(text)
        if option := self._options.get(word):
            return option
        korean = bool(re.search("[가-힣]", text))
        offered = self.names["ko"].values() if korean else self.domain.options
        raise _Unreadable(Fault(f"{text!r} is not known here", nearest(text, offered)))

    @cached_property
    def _options(self) -> Mapping[str, str]:
        """The options by what they may be called; what two options share calls neither."""
        called: dict[str, set[str]] = {}
        for option in self.domain.options:
            for name in (option, *(names[option] for names in self.names.values())):
                for word in (name, name.partition("(")[0]):
                    called.setdefault(squeezed(word), set()).add(option)
        exact = {squeezed(option): option for option in self.domain.options}
        return {word: min(options) for word, options in called.items() if len(options) == 1} | exact


class _Unreadable(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message)
        self.fault = fault


def squeezed(text: str) -> str:
    """A text as it is compared: one width, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split()).lower()


def unusable(text: str) -> Fault | None:
    """What is wrong with a text, whatever column it stands in."""
    if text in BROKEN:
        return Fault(f"This cell holds the error {text}", "Correct its formula, or write the value itself")
    if text == MERGED:
        return Fault("This cell is merged with another column", "Unmerge the cells and write each value")
    if text.startswith("="):
        return Fault(
            "This cell holds a formula without its value",
            "Recalculate the workbook and save it, or write the value itself",
        )
    if len(text) >= 13 and holds_resident_number(text):
        return Fault("This may be a resident registration number", "Remove it from the file")
    return None


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _whole(text: str) -> Any:
    """A whole number: `1,200`, `6급`, `6.0`."""
    found = re.fullmatch(r"([+-]?\d[\d,]*)(?:\.0+)?\s*(?:등?급|grade)?", text)
    return int(found[1].replace(",", "")) if found else text


def _won(text: str) -> Any:
    """An amount: `1,000,000,000`, `10억`, `1억 5,000만원`, `1.5억`."""
    plain = re.sub(r"[\s,₩\\]|KRW", "", text)
    found = _MONEY.fullmatch(plain)
    if not found or not any(found.groups()):
        return int(plain) if re.fullmatch(r"-\d+", plain) else text
    from decimal import Decimal

    total = sum(Decimal(part) * unit for part, unit in zip(found.groups(), _UNITS, strict=True) if part)
    return int(total) if total == int(total) else text


def _date(text: str) -> Any:
    """A day, month or year in the form that case files write, from the forms that tables hold."""
    plain = "".join(_TIME.sub(r"\1", text).split())
    if found := _DAY.fullmatch(plain):
        return "-".join(part for part in found.groups() if part)
    if found := _SHORT_DAY.fullmatch(plain):
        year = int(found[1])
        return f"{1900 + year if year >= CENTURY else 2000 + year}-{found[2]}-{found[3]}"
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", plain):
        return "-".join(found.groups())
    if found := re.fullmatch(r"(\d{5,6})(?:\.\d+)?", plain):
        serial = int(found[1])
        if SERIALS[0] <= serial < SERIALS[1]:
            return (EPOCH + timedelta(days=serial)).isoformat()
    return plain.removesuffix("년").removesuffix(".0")
