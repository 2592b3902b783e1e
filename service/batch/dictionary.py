"""The different texts of a column as the numbers that stand for them in tables of facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from engine.expressions import Interval
from engine.facts import Fact
from engine.rows import interval_of
from engine.tables import Schema
from engine.values import UNKNOWN, Domain, Known, exactly, to_number

Numbers = tuple[int | None, ...]


@dataclass(frozen=True, eq=False)
class Numbering:
    """What values are worth in the columns of a schema. Texts are numbered as they come."""

    schema: Schema

    @cached_property
    def texts(self) -> dict[str, int]:
        return {}

    def domain(self, source: str, name: str) -> Domain:
        return self.schema.program.rulebook.sections[source].fact.domains()[name]

    def width(self, source: str, name: str) -> int:
        """How many columns a field has."""
        return 3 if (source, name) in self.schema.asked else 2

    def worth(self, source: str, name: str, known: Known[Any]) -> Numbers:
        """The columns of a field for what is known of it; nothing in each where that is nothing."""
        if known.unknown:
            return (None,) * self.width(source, name)
        return tuple(self._worth(source, name, known))

    def bounds(self, source: str, name: str) -> list[int]:
        """The columns of a field of which nothing is known."""
        return self._worth(source, name, UNKNOWN)

    def _worth(self, source: str, name: str, known: Known[Any]) -> list[int]:
        domain = self.domain(source, name)
        ends: Interval = interval_of(known, domain, self.texts)
        chosen = None
        if len(known.options) > 1:
            chosen = frozenset(self._number(option, domain) for option in known.options)
        return self.schema.worth(source, name, ends, chosen)

    def _number(self, value: Any, domain: Domain) -> int:
        return self.texts[value] if domain.kind == "text" else to_number(value, domain)

    def implied(self, source: str, fact: type[Fact]) -> Iterator[tuple[str, str, Sequence[int]]]:
        """What a truth value says of another field that is left out: its name, the other's, its columns."""
        read = self.schema.fields[source]
        for name, domain in fact.domains().items():
            if domain.kind == "bool" and name in read:
                made = fact(**{name: exactly(True)})
                for other in read:
                    known: Known[Any] = getattr(made, other)
                    if other != name and not known.unknown:
                        yield name, other, self._worth(source, other, known)


def intertwined(known: Known[Any], domain: Domain, *, ordered: bool) -> bool:
    """Whether the columns of a value depend on the rest of its case: several texts, or days in order."""
    return len(known.options) > 1 and (domain.kind == "text" or ordered)


def rows_of(entries: Mapping[Any, Sequence[Any]]) -> list[list[Any]]:
    """Keys and values of a dictionary as columns."""
    rows = ((*(key if isinstance(key, tuple) else (key,)), *values) for key, values in entries.items())
    return [list(column) for column in zip(*rows, strict=True)]
