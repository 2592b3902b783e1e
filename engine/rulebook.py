"""A rulebook: provisions with dated, typed rules and parameters, and one digest."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine import expressions as ex
from engine.errors import Place
from engine.facts import CaseModel, Section, Spot
from engine.periods import Period
from engine.shapes import Confidence
from engine.values import Domain
from engine.words import Words


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """One dated value of a parameter, with its source."""

    selector: str
    period: Period
    number: int
    cite: str
    confidence: Confidence
    place: Place


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    provision: str
    domain: Domain
    values: tuple[ParameterValue, ...]


@dataclass(frozen=True)
class Rule:
    """One version of one rule, typed: `binds` maps variables to fact types or predicates.

    `total` names the argument of the head that is the sum of its field over every binding; most have none.
    """

    id: str
    version: int
    provision: str
    cite: str
    facts: tuple[str, ...]
    confidence: Confidence
    selector: str
    period: Period
    binds: Mapping[str, str]
    conditions: tuple[ex.Condition, ...]
    atoms: tuple[ex.Atom, ...]
    unless: tuple[ex.Atom, ...]
    head: ex.Atom
    total: str
    shape: Mapping[str, Any]
    place: Place = field(compare=False)

    @property
    def key(self) -> str:
        return f"{self.id}#{self.version}" if self.version else self.id

    @cached_property
    def constant_fact(self) -> tuple[str, tuple[tuple[str, tuple[int, int]], ...]] | None:
        """What follows, where that is the same in every case."""
        arguments = [(name, value) for name, value in self.head.arguments if isinstance(value, ex.Constant)]
        if len(arguments) < len(self.head.arguments):
            return None
        return self.head.predicate, tuple((name, (value.number, value.number)) for name, value in arguments)

    @property
    def reads(self) -> tuple[str, ...]:
        """The fact types and predicates that the rule binds, wants or denies."""
        return (*self.binds.values(), *(atom.predicate for atom in (*self.atoms, *self.unless)))

    @cached_property
    def summed(self) -> ex.Field:
        """The field that a total adds up."""
        field = dict(self.head.arguments)[self.total]
        assert isinstance(field, ex.Field)
        return field

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        terms: list[ex.Argument] = [term for condition in self.conditions for term in ex.terms_of(condition)]
        terms += [
            argument for atom in (*self.atoms, *self.unless, self.head) for _, argument in atom.arguments
        ]
        return tuple(dict.fromkeys(name for term in terms for name in ex.parameters_of(term)))


@dataclass(frozen=True)
class Provision:
    name: str
    cite: str
    file: str


@dataclass(frozen=True)
class Rulebook:
    """The law as loaded. Equal contents give an equal digest, whatever the order of files, rules and keys."""

    name: str
    model: type[CaseModel]
    dates: Mapping[str, tuple[str, str]]
    orders: tuple[tuple[tuple[str, str], tuple[str, str]], ...]
    supported: tuple[str, Period]
    goal: str
    outcomes: tuple[str, ...]
    outputs: tuple[str, ...]
    levers: tuple[tuple[str, str], ...]
    moves: tuple[str, str]
    provisions: Mapping[str, Provision]
    parameters: Mapping[str, Parameter]
    rules: tuple[Rule, ...]
    predicates: Mapping[str, ex.Signature]
    strata: Mapping[str, int]
    words: Mapping[str, Words]
    sources: Mapping[str, Mapping[str, str]]
    digest: str

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        return self.model.sections()

    @cached_property
    def by_predicate(self) -> Mapping[str, tuple[Rule, ...]]:
        grouped: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rules:
            grouped[rule.head.predicate].append(rule)
        return {name: tuple(rules) for name, rules in grouped.items()}

    @cached_property
    def totals(self) -> Mapping[str, str]:
        """The predicates that are totals, each with the argument that is the sum."""
        return {rule.head.predicate: rule.total for rule in self.rules if rule.total}

    @cached_property
    def recursive(self) -> frozenset[str]:
        """The predicates that rest on themselves."""
        reads = {
            name: {source for rule in rules for source in rule.reads if source in self.by_predicate}
            for name, rules in self.by_predicate.items()
        }
        for _ in reads:
            for below in reads.values():
                below.update(*(reads[name] for name in tuple(below)))
        return frozenset(name for name, below in reads.items() if name in below)

    @cached_property
    def periods_read(self) -> Mapping[str, frozenset[tuple[str, Period]]]:
        """When each parameter is read: the dates and periods of the rules that name it."""
        return {
            name: frozenset((rule.selector, rule.period) for rule in self.rules if name in rule.parameters)
            for name in self.parameters
        }

    @cached_property
    def by_key(self) -> Mapping[str, Rule]:
        return {rule.key: rule for rule in self.rules}

    def date_of(self, parameter: Parameter) -> tuple[str, str]:
        """The field of the date that says what a parameter is worth."""
        return self.dates[parameter.values[0].selector]

    def spot(self, field: tuple[str, str]) -> Spot:
        """Where a case has a field of a fact that there is one of, or of the first of several."""
        source, name = field
        return Spot(self.sections[source].name, 0, name)

    def label(self, predicate: str, argument: str, number: int) -> str:
        return self.predicates[predicate][argument].options[number]
