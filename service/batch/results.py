"""The answer to an application as a row: the same columns whatever the file and the executor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from engine.expressions import Interval
from engine.rulebook import Rulebook
from engine.speech import Speaker, known_of
from engine.values import Domain, plain
from rules.law import UNDETERMINED
from service.batch.answers import Found, Item
from service.batch.faults import Fault
from service.batch.words import say, words
from service.lookup import Consulted
from service.problems import spoken

Form = Literal["number", "text", "list"]
Value = int | str | Sequence[str]
TYPES: Mapping[Form, str] = {"number": "BIGINT", "text": "VARCHAR", "list": "VARCHAR[]"}
BEFORE: Mapping[str, Form] = {
    "row": "number",
    "id": "text",
    "outcome": "text",
    "title": "text",
    "possible": "list",
    "questions": "list",
    "unclear": "list",
}
AFTER: Mapping[str, Form] = {
    "fired": "list",
    "may_fire": "list",
    "listing": "text",
    "rulebook": "text",
    "register": "text",
}
FAULT = ("number", "sheet", "row", "column", "heading", "text", "message", "remedy")
_DAYS = {"by_on": "by", "from_on": "from", "until_on": "until"}


@dataclass(frozen=True, eq=False)
class Sayer:
    """Says answers in one language."""

    rulebook: Rulebook
    language: str

    @cached_property
    def columns(self) -> Mapping[str, Form]:
        """The columns of a result in their order."""
        outputs = [name for name in self.rulebook.outputs if name != self.rulebook.goal]
        return {**BEFORE, **dict.fromkeys(outputs, "list"), **AFTER}

    def heading(self, column: str) -> str:
        """What a column is called in a table for people."""
        named = words(self.language)["result"].get(column)
        return str(named or self.speaker.words.text("predicates", column))

    def meaning(self, column: str) -> str:
        means = words(self.language)["result_means"]
        return str(means.get(column, means["follows"]))

    def row(self, row: int, number: str, found: Found, consulted: Consulted | None) -> list[Value]:
        """The values of the columns."""
        version = consulted.version.version if consulted and consulted.version else ""
        return [
            row,
            number,
            *self.told(found),
            self.listing(consulted.finding if consulted else ""),
            self.rulebook.digest,
            version,
        ]

    def told(self, found: Found) -> list[Value]:
        """The values that tell what was found, from the outcome to the rules."""
        outcome = found.possible[0] if len(found.possible) == 1 else UNDETERMINED
        by_predicate: dict[str, list[str]] = {}
        for item in found.items:
            by_predicate.setdefault(item.predicate, []).append(self.item(item))
        outputs = [name for name in self.rulebook.outputs if name != self.rulebook.goal]
        return [
            outcome,
            self.title(outcome),
            [self.title(label) for label in found.possible] if outcome == UNDETERMINED else [],
            [self.speaker.label(spot) for spot in found.questions],
            list(found.unclear),
            *(by_predicate.get(name, []) for name in outputs),
            list(found.fired),
            list(found.may_fire),
        ]

    def listing(self, finding: str) -> str:
        return say(self.language, "says", finding) if finding else ""

    def title(self, outcome: str) -> str:
        return self.speaker.words.text("outcomes", outcome, "title")

    @lru_cache(maxsize=100_000)  # noqa: B019
    def item(self, item: Item) -> str:
        """Something that follows, with its days and amounts."""
        labels = self.speaker.words.part("labels").get(item.predicate, {})
        said = [str(labels.get(item.kind, item.kind))]
        for name, interval in item.ends:
            if name in _DAYS and (day := _day(interval)):
                said.append(say(self.language, "says", _DAYS[name], day=day))
            elif name == "up_to":
                said.append(say(self.language, "says", "up_to", amount=self.speaker.money(interval[1])))
        text = " ".join(said)
        return text if item.certain else say(self.language, "says", "perhaps", what=text)

    def fault(self, fault: Fault) -> list[str]:
        """The values of a row of the errors."""
        from engine.errors import Problem

        message, remedy = spoken(Problem(fault.message, fault.remedy), self.language)
        spot = fault.spot
        row = str(spot.row) if spot.row else ""
        return [fault.number, spot.sheet, row, spot.column, spot.heading, fault.text, message, remedy]

    @cached_property
    def speaker(self) -> Speaker:
        return Speaker(self.rulebook, self.language)


def _day(interval: Interval) -> str:
    """A day, or the two ends between which it lies; empty where nothing is known of it."""
    known = plain(known_of(interval, Domain("date")))
    if isinstance(known, dict):
        low, high = (known.get(name, "") for name in ("at_least", "at_most"))
        if low and high and _whole_month(date.fromisoformat(low), date.fromisoformat(high)):
            return str(low)[:7]
        return f"{low}..{high}"
    return str(known or "")


def _whole_month(first: date, last: date) -> bool:
    from calendar import monthrange

    same = (first.year, first.month) == (last.year, last.month)
    return same and (first.day, last.day) == (1, monthrange(last.year, last.month)[1])
