"""Everything that a result says, for the page and for the files that tell the same."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rules.advice import Citation, EmploymentAdvice, Item, ProofStep, Text, TrustAdvice
from service.web.answers import Answers
from service.web.duedays import DueDay, due_days, outcome_titles
from service.web.effects import Effect, effects
from service.web.share import address
from service.web.startline import StartLine, startline

if TYPE_CHECKING:
    from service.web.views import Group, Teller
    from service.web.visit import SelfTest

_DO: Mapping[str, Sequence[str]] = {
    "employment": ("duties",),
    "trust": ("recusals", "duties", "keep_out", "conduct"),
}
_HOW: Mapping[str, Sequence[str]] = {
    "employment": ("routes", "committees", "penalties", "decided"),
    "trust": ("penalties",),
}
_AFTER: Mapping[str, Sequence[str]] = {
    "employment": ("after_joining",),
    "trust": ("during_trust", "publication"),
}
_GROUNDS: Mapping[str, Sequence[str]] = {"employment": ("grounds", "binding_grounds"), "trust": ()}


@dataclass(frozen=True)
class Block:
    """Items of an advice that stand together; `key` picks their title among the words of the result."""

    key: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Result:
    """An advice on answers, with what is drawn from it: nothing of this is kept."""

    test: "SelfTest"
    answers: Answers
    advice: EmploymentAdvice | TrustAdvice

    @cached_property
    def line(self) -> StartLine | None:
        return startline(self.test.law, self.test.case(self.answers), self.advice.possible)

    @cached_property
    def due(self) -> Sequence[DueDay]:
        return due_days(self.advice, self.line, self.test.law.rulebook)

    @cached_property
    def effects(self) -> Mapping[str, list[Effect]]:
        """What each answer to an open question would make of the result, by the question's spot."""
        spots = [one.spot for one in self.advice.questions]
        return effects(self.test.law, self.test.case(self.answers), spots) if spots else {}

    @property
    def to_do(self) -> list[Block]:
        return self._blocks(_DO)

    @property
    def how(self) -> list[Block]:
        return self._blocks(_HOW)

    @property
    def after(self) -> list[Block]:
        return self._blocks(_AFTER)

    @property
    def grounds(self) -> list[Block]:
        return self._blocks(_GROUNDS)

    @property
    def other(self) -> list[Block]:
        return self._blocks({self.test.name: ("other",)})

    def _blocks(self, keys: Mapping[str, Sequence[str]]) -> list[Block]:
        found = ((key, getattr(self.advice, key)) for key in keys[self.test.name])
        return [Block(key, items) for key, items in found if items]

    @cached_property
    def readings(self) -> Sequence[Citation]:
        """Where the reasons rest on a reading rather than on plain text of the law, each rule once."""
        steps = (step for proof in self.advice.proofs for step in _steps(proof.step))
        cites = {step.citation.rule: step.citation for step in steps if step.citation.reading}
        return [one for one in cites.values() if one.reading and one.reading.ko.strip()]

    def titles(self, outcomes: Iterable[str]) -> Text:
        """Outcomes by their titles; several are not yet one answer."""
        return outcome_titles(outcomes, self.test.law.rulebook)


def _steps(step: ProofStep) -> Iterator[ProofStep]:
    yield step
    for below in step.because:
        yield from _steps(below)


def told(result: Result, teller: "Teller", today: date) -> dict[str, Any]:
    """What the template of a result is given: the advice, and which of its days have passed."""
    language = teller.speaker.language
    return {
        "advice": result.advice,
        "result": result,
        "name": result.test.name,
        "day": teller.speaker.day,
        "today": today,
        "link": address(result.test, result.answers, "?lang=en" if language == "en" else ""),
        "groups": groups(result, teller),
    }


def groups(result: Result, teller: "Teller") -> list["Group"]:
    """Every answer in words, by part of the case."""
    return list(teller.groups(result.answers, result.test.read_words(result.answers)))
