"""Synthetic lists with the totals and splits that were printed for each year; no institution on them exists.

Every name ends in (가상), every business number has the tax-office code 000, which is never issued, and
every list is marked synthetic. The same list comes out the same, byte for byte, every time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, TypeAlias

import yaml

from rules.facts import EmployerKind
from service.register.identifiers import synthetic_number
from service.register.models import Listing
from service.register.names import normalise
from service.register.problems import Problem, RegisterError

MARK = "(가상)"
_STRIDE = 1_000_003
_BLOCK = 40_000

_Key: TypeAlias = tuple[EmployerKind | None, str | None]


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How the names of a kind are made; `place` gives each pattern business numbers of its own."""

    form: str
    endings: tuple[str, ...]
    place: int


@dataclass(frozen=True, slots=True)
class _Parts:
    stems: tuple[str, ...]
    middles: tuple[str, ...]
    patterns: dict[_Key, _Pattern]


@dataclass(frozen=True, slots=True)
class Share:
    """How many institutions of a kind a list has; kind none means that the split is not known."""

    kind: EmployerKind | None
    count: int
    sector: str | None = None
    confidence: str = "P"


@dataclass(frozen=True, slots=True)
class Total:
    """What is known of the size of one gazetted list, the fact it rests on and how sure it is (V, P, I)."""

    part: str
    from_on: date
    to_on: date
    fact: str
    confidence: str
    total: int
    split: tuple[Share, ...]
    note: str = ""

    @property
    def source(self) -> str:
        note = f"; {self.note}" if self.note else ""
        return f"synthetic, sized after {self.fact} ({self.confidence}){note}"

    def in_force(self, on: date) -> bool:
        return self.from_on <= on <= self.to_on


@cache
def totals() -> tuple[Total, ...]:
    """Every list whose size is known, by first day."""
    return tuple(sorted(map(_total, _data("totals.yaml")["lists"]), key=lambda one: (one.from_on, one.part)))


@cache
def _parts() -> _Parts:
    data = _data("synthetic_names.yaml")
    patterns = {
        (_kind(row["kind"]), row.get("sector")): _Pattern(row["form"], tuple(row["endings"]), place)
        for place, row in enumerate(data["patterns"])
    }
    return _Parts(tuple(data["stems"]), tuple(data["middles"]), patterns)


def _data(name: str) -> Any:
    return yaml.safe_load(files(__package__).joinpath(name).read_text(encoding="utf-8"))


def _kind(value: str | None) -> EmployerKind | None:
    return EmployerKind(value) if value else None


def _total(row: dict[str, Any]) -> Total:
    sure = row.get("split_confidence", row["confidence"])
    return Total(
        part=row["part"],
        from_on=row["from"],
        to_on=row["to"],
        fact=row["fact"],
        confidence=row["confidence"],
        total=row["total"],
        split=tuple(_share(share, sure) for share in row["split"]),
        note=row.get("note", ""),
    )


def _share(share: list[Any] | dict[str, Any], sure: str) -> Share:
    if isinstance(share, list):
        share = {"kind": share[0], "count": share[1]}
    return Share(_kind(share["kind"]), share["count"], share.get("sector"), share.get("confidence", sure))


def totals_for(when: int | date) -> tuple[Total, ...]:
    """The lists in force on a day, or on some day of a year; RegisterError where their size is not known."""
    if isinstance(when, date):
        chosen = tuple(one for one in totals() if one.in_force(when))
    else:
        chosen = tuple(one for one in totals() if one.from_on.year <= when <= one.to_on.year)
    if not chosen:
        years = sorted({one.from_on.year for one in totals()})
        raise RegisterError(Problem("total_unknown", values={"when": str(when), "years": _spans(years)}))
    return chosen


def _spans(years: list[int]) -> str:
    spans: list[list[int]] = []
    for year in years:
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def listings(total: Total) -> list[Listing]:
    """The institutions of one synthetic list, as many of each kind as `total` says; row counts from 1."""
    made: list[Listing] = []
    used: dict[_Key, int] = {}
    for share in total.split:
        key = _pattern_key(share)
        start = used.get(key, 0)
        used[key] = start + share.count
        made.extend(_of_share(share, _parts().patterns[key], start, len(made)))
    return made


def _pattern_key(share: Share) -> _Key:
    own = (share.kind, share.sector)
    return own if own in _parts().patterns else (share.kind, None)


def _of_share(share: Share, pattern: _Pattern, start: int, rows: int) -> Iterator[Listing]:
    serial = pattern.place * _BLOCK + start
    names = islice(_names(pattern), start, start + share.count)
    for place, name in enumerate(names, start=1):
        number = synthetic_number(serial + place)
        yield Listing(name, normalise(name), share.kind, number, share.sector, rows + place)


def _names(pattern: _Pattern) -> Iterator[str]:
    """All names of a pattern in a fixed, well-mixed order; the stride visits each combination once."""
    stems, middles = _parts().stems, _parts().middles
    space = len(stems) * len(middles) * len(pattern.endings)
    seen: set[str] = set()
    for step in range(space):
        rest, stem = divmod(step * _STRIDE % space, len(stems))
        middle, ending = divmod(rest, len(pattern.endings))
        core = stems[stem] + middles[middle] + pattern.endings[ending]
        if core not in seen:
            seen.add(core)
            yield pattern.form.format(core) + MARK
