"""Generated populations: made-up people who take up a job after public service (모의 집단).

Nobody here is real. The same year, number and shares give the same person, whatever else is drawn: every
trait of a person is one draw of its own, from a digest of the seed, the year, the number and its name.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from engine.calendar import shift
from engine.documents import read
from rules.facts import Body, EmployerKind, EmploymentCase, Official

POPULATION = Path(__file__).with_name("population.json")
NO_SIZE_TEST = {
    EmployerKind.PUBLIC_CORPORATION,
    EmployerKind.PUBLIC_ORGANISATION,
    EmployerKind.SCHOOL,
    EmployerKind.HOSPITAL,
}
Basis = Literal["published", "assumed"]
Shares = Mapping[str, float]
K = TypeVar("K")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assumption(_Part):
    """A share in per cent, from published totals or assumed; `low` and `high` where it is varied."""

    share: float = Field(ge=0, le=100)
    low: float | None = None
    high: float | None = None
    basis: Basis


class Origin(_Part):
    """Where people come from: the facts of most of them, and of those that the agency standard may hold."""

    weight: float = Field(gt=0)
    basis: Basis
    junior: dict[str, Any]
    senior: dict[str, Any]


class Employers(_Part):
    """Employers of a kind: the size of those that meet the test before 2014-06-25, and of the others."""

    weight: float = Field(gt=0)
    basis: Basis
    for_profit: bool = False
    larger: dict[str, int] = {}
    smaller: dict[str, int] = {}


class Model(_Part):
    """`population.json`: what people are made of."""

    seed: str
    start_days: tuple[str, ...]
    months_between: dict[str, int]
    assumptions: dict[str, Assumption]
    origins: dict[str, Origin]
    employers: dict[EmployerKind, Employers]

    @property
    def shares(self) -> dict[str, float]:
        """The share of each assumption, in per cent."""
        return {name: assumption.share for name, assumption in self.assumptions.items()}

    def variations(self) -> Iterator[tuple[str, Literal["low", "high"], dict[str, float]]]:
        """The shares with one assumption at its low or its high end."""
        for name, assumption in self.assumptions.items():
            if assumption.low is not None and assumption.high is not None:
                yield name, "low", {**self.shares, name: assumption.low}
                yield name, "high", {**self.shares, name: assumption.high}


@cache
def model() -> Model:
    """The model. Raises InputError where its file cannot be read."""
    return Model.model_validate(read(POPULATION).data)


@dataclass(frozen=True)
class Employer:
    """An employer of a population; `entrusted` says of an association that it does entrusted public work."""

    kind: EmployerKind
    larger: bool = False
    entrusted: bool = False

    @property
    def facts(self) -> dict[str, Any]:
        """Its facts, all but whether it is listed."""
        made = model().employers[self.kind]
        return {
            "kind": self.kind,
            "succession": "none",
            "university": True,
            "listed_member": self.kind is EmployerKind.ASSOCIATION,
            "public_mandate": self.entrusted,
            "capital": 0,
            "turnover": 0,
            "base_assets": 0,
            **(made.larger if self.larger else made.smaller),
        }


@dataclass(frozen=True)
class Traits:
    """What the law can ask of a person of a population, but for the days."""

    origin: str
    senior: bool
    employer: Employer
    months: int

    def case(self, start_on: date, listed: bool) -> EmploymentCase:
        """The person's case, starting on a day; nothing is unknown, and no work touches the employer."""
        origin = model().origins[self.origin]
        return EmploymentCase.model_validate(
            {
                "official": {
                    **_PLAIN_OFFICIAL,
                    **(origin.senior if self.senior else origin.junior),
                    "retired_on": date.fromordinal(shift(start_on.toordinal(), "months", -self.months)),
                },
                "engagement": {**_ENGAGEMENT, "start_on": start_on},
                "employer": {**self.employer.facts, "listed": listed},
                **{name: [] for name in ("postings", "directions", "subordinations", "works")},
            }
        )


@dataclass(frozen=True)
class Person:
    """A made-up person, the `number`-th of a year, who starts on a day of it."""

    year: int
    number: int
    start_on: date
    traits: Traits


_PLAIN_OFFICIAL: dict[str, Any] = {
    **{name: False for name, domain in Official.domains().items() if domain.kind == "bool"},
    "body": Body.OTHER,
    "committee": "government",
}
_ENGAGEMENT: dict[str, Any] = {
    "role": "other",
    "duty": "ordinary",
    "occupation": "manager",
    **dict.fromkeys(("handles_or_advises", "paid", "periodic"), True),
    **dict.fromkeys(("own_business", "appointed_by_law", "public_interest"), False),
}


def people(year: int, shares: Shares | None = None) -> Iterator[Person]:
    """The people of a year, without end."""
    for number in count():
        yield person(year, number, shares)


def person(year: int, number: int, shares: Shares | None = None) -> Person:
    """One person of a year; `shares`, in per cent, stand for those of the model."""
    made = model()
    here = made.shares if shares is None else shares
    draw = _Draw(f"{made.seed}/{year}/{number}")
    month, day = made.start_days[number % len(made.start_days)].split("-")
    return Person(
        year=year,
        number=number,
        start_on=date(year, int(month), int(day)),
        traits=Traits(
            origin=draw.one("origin", {name: origin.weight for name, origin in made.origins.items()}),
            senior=draw.hit("senior", here["senior"]),
            employer=_employer(draw, here),
            months=made.months_between[_between(draw, here)],
        ),
    )


def _between(draw: "_Draw", shares: Shares) -> str:
    if draw.hit("third_year", shares["third_year"]):
        return "third_year"
    return "second_year" if draw.hit("second_year", shares["second_year"]) else "first_year"


def _employer(draw: "_Draw", shares: Shares) -> Employer:
    for_profit = not draw.hit("not_for_profit", shares["not_for_profit"])
    kinds = {kind: made.weight for kind, made in model().employers.items() if made.for_profit is for_profit}
    kind = draw.one("employer", kinds)
    return Employer(
        kind,
        larger=draw.hit("size", shares.get(f"larger_{kind}", 100)),
        entrusted=kind is EmployerKind.ASSOCIATION and draw.hit("entrusted", shares["entrusted"]),
    )


class _Draw:
    """The draws of one person, each by its name."""

    def __init__(self, whose: str) -> None:
        self.whose = whose

    def number(self, name: str) -> float:
        """A number from 0 to below 1."""
        digest = hashlib.sha256(f"{self.whose}/{name}".encode()).digest()
        return int.from_bytes(digest[:6]) / 2**48

    def hit(self, name: str, per_cent: float) -> bool:
        return self.number(name) * 100 < per_cent

    def one(self, name: str, weights: Mapping[K, float]) -> K:
        left = self.number(name) * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return list(weights)[-1]
