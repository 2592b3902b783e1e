"""The dated things of an advice in order: what is due, and when a period or an answer begins or ends."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from engine.rulebook import Rulebook
from engine.values import Domain, parse_known
from rules.advice import Advice, Citation, Item, Text
from service.web.startline import StartLine

DAY = Domain("date")
End = Literal["by", "from", "until", "answer"]


@dataclass(frozen=True)
class DueDay:
    """A day that counts. `end` says what it is: a deadline, a first or last day, another answer.

    Where the day is not exactly known, `day` is the safe one to keep to and `shown` says what it may be; none
    else. `label` of another answer is what the answer would be.
    """

    key: str
    end: End
    label: Text
    says: Text
    day: date
    shown: Text | None
    certain: bool
    citation: Citation | None

    @property
    def clock(self) -> bool:
        """Whether it is told as a day alone, and nowhere else as a duty or a period."""
        return self.key.startswith("clocks.")


def due_days(advice: Advice, line: StartLine | None, rulebook: Rulebook) -> list[DueDay]:
    """Every dated thing of an advice, and the later days from which there is another answer."""
    return sorted((*_of_items(advice), *_of_line(line, rulebook)), key=lambda due: (due.day, due.key))


def outcome_titles(outcomes: Iterable[str], rulebook: Rulebook) -> Text:
    """Outcomes by their titles, in both languages."""
    told = list(outcomes)
    return Text(
        ko=" / ".join(rulebook.words["ko"].text("outcomes", one, "title") or one for one in told),
        en=" / ".join(rulebook.words["en"].text("outcomes", one, "title") or one for one in told),
    )


def _of_items(advice: Advice) -> Iterator[DueDay]:
    for group in type(advice).model_fields:
        found = getattr(advice, group)
        items = [one for one in found if isinstance(one, Item)] if isinstance(found, tuple) else []
        for number, item in enumerate(items):
            yield from _of_item(f"{group}.{item.kind}.{number}", item)


def _of_item(key: str, item: Item) -> Iterator[DueDay]:
    ends: tuple[tuple[End, Any, Text | None], ...] = (
        ("by", item.by_on, item.by_shown),
        ("from", item.from_on, item.from_shown),
        ("until", item.until_on, item.until_shown),
    )
    for end, plain, shown in ends:
        known = parse_known(plain, DAY)
        low, high = (known.options[0], known.options[-1]) if known.options else (known.low, known.high)
        day = high if end == "until" else low
        if day is not None:
            yield DueDay(
                key=f"{key}.{end}",
                end=end,
                label=item.label,
                says=item.says,
                day=day,
                shown=None if known.exact else shown,
                certain=item.certain,
                citation=item.citation,
            )


def _of_line(line: StartLine | None, rulebook: Rulebook) -> Iterator[DueDay]:
    for part in line.parts[1:] if line else ():
        if line and (line.start is None or part.first > line.start):
            yield DueDay(
                key=f"answer.{'-'.join(part.outcomes)}",
                end="answer",
                label=outcome_titles(part.outcomes, rulebook),
                says=Text(ko="", en=""),
                day=part.first,
                shown=None,
                certain=part.decided,
                citation=None,
            )
