"""The ways of running a batch give the same answers as the Rete executor, on made-up cases and case files."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from engine.duck import Duck
from engine.execution import Conclusions, Fact, labels
from engine.rulebook import Rulebook
from rules.facts import EmploymentCase
from rules.law import Law
from tests.benchmarks import handwritten
from tests.benchmarks.durable_peer import Durable, as_if_clear
from tests.benchmarks.fact_tables import fill
from tests.benchmarks.openfisca_peer import OpenFisca
from tests.benchmarks.population import (
    HISTORY,
    PARTLY,
    RECENT,
    Population,
    cases,
    columns,
    population,
    text_of,
    turning,
)
from tests.benchmarks.shared import Plain, shared
from tests.benchmarks.subjects import Subject

COUNT = 1_000


@dataclass(frozen=True)
class Sample:
    """Fully known cases as columns and as objects."""

    people: Population
    cases: list[EmploymentCase]


@pytest.fixture(scope="module", params=["history", "recent", "turns", "files"])
def sample(request: pytest.FixtureRequest, law: Law) -> Sample:
    if request.param == "files":
        subjects: list[Subject] = request.getfixturevalue("fully_known")
        known = [subject.case for subject in subjects]
        return Sample(columns(known), known)
    variants = {"history": HISTORY, "recent": RECENT, "turns": turning(law.rulebook)}
    people = population(variants[request.param], COUNT)
    return Sample(people, cases(people))


def told(conclusions: Conclusions) -> Iterator[tuple[Plain, bool]]:
    """The facts that follow from an exact case, each with whether it is certain."""
    for (predicate, arguments), row in conclusions.rows.items():
        yield (predicate, tuple((name, low) for name, (low, _) in arguments)), row.certain


@pytest.mark.parametrize("variant", ["partly", "turns"])
def test_duckdb(law: Law, variant: str, tmp_path: Path) -> None:
    """The SQL executor over tables made of whole columns; values that are not known included."""
    variants = {"partly": PARTLY, "turns": replace(turning(law.rulebook), unknown=0.02)}
    people = population(variants[variant], COUNT)
    duck = Duck(law.executor.program)
    fill(duck.connection, duck.schema, variants[variant], COUNT, tmp_path / "cases.duckdb")
    duck.evaluate(("answer", "relation", "flags"))
    for case, found in zip(cases(people), duck.found(COUNT), strict=True):
        ours = law.executor.run(case)
        assert spelt(found.facts.items(), law.rulebook, text_of) == spelt(
            ours.summary(), law.rulebook, _texts_of(ours)
        ), case
        fired = ours.rules_fired()
        assert found.fired == {key: (key, True) in fired for key, _ in fired}, case


def _texts_of(conclusions: Conclusions) -> Callable[[str, int], str]:
    texts = {number: text for text, number in conclusions.given.texts.items()}
    return lambda name, number: texts[number]


def spelt(
    facts: Iterable[tuple[Fact, bool]], rulebook: Rulebook, text: Callable[[str, int], str]
) -> set[tuple[Any, ...]]:
    """Facts with their texts in place of the numbers that stand for them."""
    return {
        (
            predicate,
            certain,
            *(
                (name, text(name, low))
                if low == high and rulebook.predicates[predicate][name].kind == "text"
                else (name, low, high)
                for name, (low, high) in arguments
            ),
        )
        for (predicate, arguments), certain in facts
    }


def test_handwritten(law: Law, sample: Sample) -> None:
    found = handwritten.outcomes(handwritten.frames(sample.people))
    for case, possible, certain in zip(sample.cases, found["possible"], found["certain"], strict=True):
        ours = labels(law.executor.run(case), law.rulebook)
        assert possible == bits(law.rulebook, ours), case
        assert certain == bits(law.rulebook, (label for label, sure in ours.items() if sure)), case


def bits(rulebook: Rulebook, found: Iterable[str]) -> int:
    return sum(1 << rulebook.outcomes.index(label) for label in found)


def test_openfisca(law: Law, sample: Sample) -> None:
    subset = shared(law.rulebook)
    peer = OpenFisca(subset)
    found = peer.run(peer.arrays(sample.people))
    for place, case in enumerate(sample.cases):
        ours = {fact: certain for fact, certain in told(law.executor.run(case)) if fact in subset.rules}
        theirs = {fact: bool(must[place]) for fact, (must, may) in found.items() if may[place]}
        assert theirs == ours, case


def test_durable(law: Law, sample: Sample) -> None:
    subset = shared(as_if_clear(law.rulebook))
    peer, ours = Durable(subset), Law.of(subset.alone)
    for message, case in zip(peer.messages(sample.people), sample.cases, strict=True):
        assert peer.run(message) == {fact for fact, _ in told(ours.executor.run(case))}, case
