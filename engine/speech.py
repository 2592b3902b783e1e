"""Values in words: dates, money, grades and options, in each language's manner."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.expressions import Interval
from engine.facts import Spot
from engine.proof import Premise, Worth
from engine.rulebook import Rulebook
from engine.values import Domain, Known, between, exactly, from_number
from engine.words import Words, filled

_EARLY, _LATE = date(1000, 1, 1).toordinal(), date(9000, 1, 1).toordinal()
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


class Speaker:
    """Speaks of the facts and rules of one rulebook in one language."""

    def __init__(self, rulebook: Rulebook, language: str) -> None:
        self.rulebook = rulebook
        self.words: Words = rulebook.words[language]
        self.language = language
        self._types = {section.name: source for source, section in rulebook.sections.items()}

    def field_key(self, spot: Spot) -> str:
        return f"{self._types[spot.section]}.{spot.field}"

    def domain(self, spot: Spot) -> Domain:
        return self.rulebook.sections[self._types[spot.section]].fact.domains()[spot.field]

    def label(self, spot: Spot) -> str:
        """What a field is called; the field of a listed fact says which one."""
        if not spot.field:
            return self.words.text("facts", self._types[spot.section], "complete")
        label = self.words.text("fields", self.field_key(spot), "label") or spot.field
        section = self.rulebook.sections[self._types[spot.section]]
        if not section.listed:
            return label
        return f"{self.words.text('facts', section.fact.type_name(), 'label')} {spot.index + 1}: {label}"

    def value(self, known: Known[Any], domain: Domain, key: str = "") -> str:
        """A value as people say it; `key` names the field, for its options."""
        if known.options:
            shown = [self.scalar(option, domain, key) for option in known.options]
            return (
                shown[0] if len(shown) == 1 else self._unit("one_of").format(", ".join(shown[:-1]), shown[-1])
            )
        if domain.kind == "date" and (period := self.period(known.low, known.high)):
            return period
        low = "" if known.low is None else self.scalar(known.low, domain, key)
        high = "" if known.high is None else self.scalar(known.high, domain, key)
        if low and high:
            return self._unit("between").format(low, high)
        if low or high:
            return self._unit("range_from" if low else "range_to").format(low or high)
        return self._unit("unknown")

    def _unit(self, name: str) -> str:
        return str(self.words.part("units").get(name, "{0} {1}"))

    def scalar(self, value: Any, domain: Domain, key: str = "") -> str:
        match domain.kind:
            case "date":
                return self.day(value)
            case "won":
                return self.money(value)
            case "bool":
                return str(self.words.part("booleans").get("yes" if value else "no", value))
            case "enum":
                return self.words.option(key, value)
            case "int" if key.endswith("grade"):
                return self._unit("grade").format(value)
        return str(value)

    def day(self, day: date) -> str:
        if self.language == "ko":
            return f"{day.year}년 {day.month}월 {day.day}일"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def period(self, first: date | None, last: date | None) -> str:
        """A whole month or year by its name; empty for any other range of days."""
        if (
            first is None
            or last is None
            or (first.day, last.day) != (1, monthrange(last.year, last.month)[1])
        ):
            return ""
        if (first.year, first.month) == (last.year, last.month):
            return (
                f"{first.year}년 {first.month}월"
                if self.language == "ko"
                else f"{_MONTHS[first.month - 1]} {first.year}"
            )
        whole_year = first.year == last.year and (first.month, last.month) == (1, 12)
        return (f"{first.year}년" if self.language == "ko" else str(first.year)) if whole_year else ""

    def money(self, won: int) -> str:
        """Won in the manner of the language: by 억 and 만 in Korean, in thousands otherwise."""
        if self.language != "ko":
            return f"KRW {won:,}"
        parts = [
            f"{part:,}{unit}" for part, unit in ((won // 10**8, "억"), (won % 10**8 // 10**4, "만")) if part
        ]
        rest = won % 10**4
        return (
            " ".join(parts) + (f" {rest}" if rest and parts else str(rest) if rest or not parts else "")
        ) + "원"

    def interval(self, interval: Interval, domain: Domain, key: str = "") -> str:
        return self.value(known_of(interval, domain), domain, key)

    def sentence(self, rule_id: str, kind: str, values: Mapping[str, str]) -> str:
        return filled(self.words.text("rules", rule_id, kind), values)

    def premise(self, premise: Premise) -> str:
        domain = self.domain(premise.spot)
        if domain.kind == "text":
            return premise.text or self._unit("unknown")
        return self.interval(premise.value, domain, self.field_key(premise.spot))

    def premise_values(self, premises: tuple[Premise, ...], parameters: tuple[Worth, ...]) -> dict[str, str]:
        """What the placeholders of a rule's words stand for."""
        values = {premise.name: self.premise(premise) for premise in premises if premise.spot.field}
        for name, value, domain in parameters:
            money = domain.kind == "won" or value[0] >= 10**6
            values[name] = self.interval(value, Domain("won" if money else "int"))
        return values


def known_of(interval: Interval, domain: Domain) -> Known[Any]:
    """What two ends say of a value: exact where they meet, open where they lie at the domain's bounds."""
    low, high = interval
    if low == high:
        return exactly(from_number(low, domain))
    first, last = domain.bounds
    if domain.kind in {"bool", "enum"}:
        if (low, high) == (first, last):
            return Known()
        return Known(tuple(from_number(number, domain) for number in range(low, high + 1)))
    if domain.kind == "text":
        return Known()
    if domain.kind == "date":
        first, last = _EARLY, _LATE
    return between(
        from_number(low, domain) if low > first else None,
        from_number(high, domain) if high < last else None,
    )
