"""Values that may be exact, a range, one of several, or unknown, and the numbers that stand for them.

Every value is kept as whole numbers: a day as its proleptic ordinal, a truth value as 0 or 1, an option of an
enumeration as its position, a text as a number given to it within its case.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Generic, Literal, NewType, TypeVar, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from engine.errors import nearest

LOWEST = -(2**53)
HIGHEST = 2**53
MAX_TEXT = 200
MAX_OPTIONS = 100
Won = NewType("Won", int)
Grade = NewType("Grade", int)
GRADES = (1, 99)
Kind = Literal["bool", "int", "won", "date", "text", "enum", "ref"]
Scalar = bool | int | date | str
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class OrderedEnum(StrEnum):
    """An enumeration whose options stand in order, lowest first, and may be compared."""


@dataclass(frozen=True, slots=True)
class Domain:
    """What values a field can have: its kind, for enumerations the options in order, for numbers the ends."""

    kind: Kind
    options: tuple[str, ...] = ()
    ordered: bool = False
    name: str = ""
    ends: tuple[int, int] = (LOWEST, HIGHEST)

    @property
    def bounds(self) -> tuple[int, int]:
        if self.kind == "bool":
            return 0, 1
        if self.kind == "enum":
            return 0, len(self.options) - 1
        if self.kind == "date":
            return 1, date.max.toordinal()
        low, high = self.ends
        return (0 if self.kind == "won" else low), high

    @property
    def comparable(self) -> bool:
        return self.kind in {"int", "won", "date"} or self.ordered


def domain_of(annotation: Any) -> Domain:
    """The domain of a scalar type: bool, int, Grade, Won, date, str or an enumeration."""
    if annotation is Won:
        return Domain("won")
    if annotation is Grade:
        return Domain("int", ends=GRADES)
    plain: dict[Any, Kind] = {bool: "bool", int: "int", date: "date", str: "text"}
    if annotation in plain:
        return Domain(plain[annotation])
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        options = tuple(str(option.value) for option in annotation)
        return Domain("enum", options, issubclass(annotation, OrderedEnum), annotation.__name__)
    raise TypeError(f"{annotation!r} is not a type that facts can have")


class Known(Generic[T_co]):
    """What is known of one value: `options` where it is one of several, else a range; open ends are None."""

    __slots__ = ("high", "low", "options")

    def __init__(
        self, options: tuple[T_co, ...] = (), low: T_co | None = None, high: T_co | None = None
    ) -> None:
        self.options = options
        self.low = low
        self.high = high

    def _key(self) -> tuple[Any, ...]:
        return (self.options, self.low, self.high)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Known) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"Known({plain(self)!r})"

    @property
    def exact(self) -> bool:
        return len(self.options) == 1

    @property
    def unknown(self) -> bool:
        return not self.options and self.low is None and self.high is None

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        domain = domain_of(get_args(source)[0])
        return core_schema.no_info_plain_validator_function(
            lambda raw: parse_known(raw, domain),
            serialization=core_schema.plain_serializer_function_ser_schema(plain),
            metadata={"domain": domain},
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return _json_schema(schema["metadata"]["domain"])


UNKNOWN: Known[Any] = Known()


def exactly(value: T) -> Known[T]:
    return Known((value,))


def one_of(*values: T) -> Known[T]:
    return Known(values)


def between(low: T | None, high: T | None) -> Known[T]:
    """A closed range; an end that is None is open."""
    return exactly(low) if low is not None and low == high else Known((), low, high)


def parse_known(raw: Any, domain: Domain) -> Known[Any]:
    """Read what a case says of a value: a scalar, a list of alternatives, {at_least, at_most}, or null."""
    if isinstance(raw, Known):
        return raw
    if raw is None or raw == "unknown":
        return UNKNOWN
    if isinstance(raw, dict):
        return _parse_range(raw, domain)
    if isinstance(raw, list):
        return _parse_options(raw, domain)
    return _parse_scalar(raw, domain)


def _parse_options(raw: list[Any], domain: Domain) -> Known[Any]:
    if not 1 <= len(raw) <= MAX_OPTIONS:
        raise _wrong("A list of alternatives is empty or too long", f"Give 1 to {MAX_OPTIONS} alternatives")
    parsed = [_parse_scalar(item, domain) for item in raw]
    if all(item.exact for item in parsed):
        values = {item.options[0] for item in parsed}
        return Known(tuple(sorted(values, key=lambda value: _rank(value, domain))))
    ranges: list[tuple[Any, Any]] = [
        (item.options[0], item.options[0]) if item.exact else (item.low, item.high) for item in parsed
    ]
    return between(min(low for low, _ in ranges), max(high for _, high in ranges))


def _rank(value: Any, domain: Domain) -> Any:
    return value if domain.kind == "text" else to_number(value, domain)


def _parse_range(raw: dict[str, Any], domain: Domain) -> Known[Any]:
    stray = set(raw) - {"at_least", "at_most"}
    if stray or not raw:
        raise _wrong(
            f"A range does not know {', '.join(sorted(stray)) or 'nothing'}", "Write at_least and at_most"
        )
    if not domain.comparable:
        raise _wrong("This value has no order, so it has no range", "Give a list of alternatives instead")
    low = _end(raw.get("at_least"), domain, first=True)
    high = _end(raw.get("at_most"), domain, first=False)
    if low is not None and high is not None and to_number(low, domain) > to_number(high, domain):
        raise _wrong("at_least is greater than at_most", "Exchange them")
    return between(low, high)


def _end(raw: Any, domain: Domain, *, first: bool) -> Any:
    if raw is None:
        return None
    known = _parse_scalar(raw, domain)
    if known.exact:
        return known.options[0]
    return known.low if first else known.high


def _parse_scalar(raw: Any, domain: Domain) -> Known[Any]:
    return _PARSERS[domain.kind](raw, domain)


def _parse_bool(raw: Any, _: Domain) -> Known[bool]:
    if isinstance(raw, bool):
        return exactly(raw)
    raise _wrong(
        f"{_shown(raw)} is not a truth value", "Write true or false, or leave it out if it is not known"
    )


def _parse_int(raw: Any, domain: Domain) -> Known[int]:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise _wrong(f"{_shown(raw)} is not a whole number", "Write digits")
    low, high = domain.bounds
    if not low <= raw <= high:
        raise _wrong(f"{raw} is out of range", f"Give a number from {low} to {high}")
    return exactly(raw)


def _parse_date(raw: Any, _: Domain) -> Known[date]:
    if isinstance(raw, date):
        return exactly(raw)
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?", str(raw))
    if not match or isinstance(raw, bool):
        raise _wrong(
            f"{_shown(raw)} is not a date", "Write it as 2026-03-31, or 2026-03 if only the month is known"
        )
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        first = date(year, month or 1, day or 1)
    except ValueError:
        raise _wrong(f"{raw} is not a day of the calendar", "Check year, month and day") from None
    if day:
        return exactly(first)
    last_month = month or 12
    return between(first, date(year, last_month, monthrange(year, last_month)[1]))


def _parse_text(raw: Any, _: Domain) -> Known[str]:
    if isinstance(raw, str) and 0 < len(raw.strip()) <= MAX_TEXT:
        return exactly(raw.strip())
    raise _wrong(f"{_shown(raw)} is not a text of 1 to {MAX_TEXT} characters", "Write it in quotes")


def _parse_enum(raw: Any, domain: Domain) -> Known[str]:
    if isinstance(raw, str) and str(raw) in domain.options:
        return exactly(str(raw))
    raise _wrong(f"{_shown(raw)} is not known here", nearest(str(raw), domain.options))


_PARSERS: dict[str, Callable[[Any, Domain], Known[Any]]] = {
    "bool": _parse_bool,
    "int": _parse_int,
    "won": _parse_int,
    "date": _parse_date,
    "text": _parse_text,
    "enum": _parse_enum,
}


def _shown(raw: Any) -> str:
    text = repr(raw)
    return text if len(text) <= 60 else text[:57] + "..."


def _wrong(message: str, remedy: str) -> PydanticCustomError:
    return PydanticCustomError("value", "{message}", {"message": message, "remedy": remedy})


def plain(value: Any) -> Any:
    """A value as a case file would write it: a scalar, a list, {at_least, at_most} or None."""
    if not isinstance(value, Known):
        return value.isoformat() if isinstance(value, date) else value
    if value.options:
        shown = [plain(option) for option in value.options]
        return shown[0] if len(shown) == 1 else shown
    ends = {"at_least": plain(value.low), "at_most": plain(value.high)}
    return {name: end for name, end in ends.items() if end is not None} or None


def to_number(value: Any, domain: Domain) -> int:
    """The whole number that stands for an exact scalar (texts have none of their own)."""
    if domain.kind == "date":
        return int(value.toordinal())
    if domain.kind == "enum":
        return domain.options.index(value)
    return int(value)


def from_number(number: int, domain: Domain) -> Any:
    """The scalar that a number stands for."""
    if domain.kind == "date":
        return date.fromordinal(number)
    if domain.kind == "enum":
        return domain.options[number]
    return bool(number) if domain.kind == "bool" else number


def _schema_ends(domain: Domain) -> JsonSchemaValue:
    low, high = domain.ends
    return {} if domain.ends == (LOWEST, HIGHEST) else {"minimum": low, "maximum": high}


def _json_schema(domain: Domain) -> JsonSchemaValue:
    scalars: dict[str, JsonSchemaValue] = {
        "bool": {"type": "boolean"},
        "int": {"type": "integer"} | _schema_ends(domain),
        "won": {"type": "integer", "minimum": 0, "description": "won"},
        "date": {
            "type": "string",
            "pattern": r"^\d{4}(-\d{1,2}(-\d{1,2})?)?$",
            "description": "day, month or year",
        },
        "text": {"type": "string", "minLength": 1, "maxLength": MAX_TEXT},
        "enum": {"type": "string", "enum": list(domain.options)},
    }
    scalar = scalars[domain.kind]
    choices = [scalar, {"type": "array", "items": scalar, "minItems": 1}, {"type": "null"}]
    if domain.comparable:
        ends = {"at_least": scalar, "at_most": scalar}
        choices.append(
            {"type": "object", "properties": ends, "additionalProperties": False, "minProperties": 1}
        )
    return {"anyOf": choices}
