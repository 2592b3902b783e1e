"""What an executor gives: the facts it derived, and the firings that derived them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

from engine import expressions as ex
from engine.expressions import Interval
from engine.facts import CaseModel, Spot
from engine.program import Program, lookup
from engine.rows import Row, Rows
from engine.rulebook import Rule, Rulebook
from engine.values import Known

Assumption = tuple[Spot, Known[Any]]
Mode = Literal["exact", "must", "may"]
Fact = tuple[str, tuple[tuple[str, Interval], ...]]


class Firing(NamedTuple):
    """A rule that fired: on which rows, and in which mode."""

    rule: Rule
    bindings: Mapping[str, Row]
    mode: Mode


class Summand(NamedTuple):
    """A binding that counts in a total: with the firings that found it, and what it adds.

    `marks` tell it from other bindings; where they are not exact it may stand for `many` of them.
    """

    bindings: Mapping[str, Row]
    firings: tuple[Firing, ...]
    certain: bool
    worth: Interval
    marks: tuple[Interval, ...]
    many: int


class Conclusions:
    """The derived facts of one case, certain and possible, with every firing behind each.

    `counted` holds what the rules of totals were found to add up, by the key of the rule, and `summands` the
    same once a total is drawn.
    """

    def __init__(self, given: Rows) -> None:
        self.given = given
        self.rows: dict[Fact, Row] = {}
        self.firings: dict[Fact, list[Firing]] = {}
        self.counted: dict[str, list[Firing]] = {}
        self.summands: dict[str, tuple[Summand, ...]] = {}
        self.unclear = False
        self._serial = len(given.rows)

    def add(self, rule: Rule, bindings: Mapping[str, Row], mode: Mode) -> Row | None:
        """Record a firing; the row comes back if it says something new."""
        if rule.total:
            self.counted.setdefault(rule.key, []).append(Firing(rule, bindings, mode))
            return None
        fact = rule.constant_fact or (rule.head.predicate, self._arguments(rule.head, bindings))
        return self.put(fact, Firing(rule, bindings, mode))

    def put(self, fact: Fact, firing: Firing) -> Row | None:
        """Record what follows from a firing; the row comes back if it says something new."""
        certain = firing.mode != "may"
        known = self.rows.get(fact)
        row = known
        if known is None or (certain and not known.certain):
            self._serial += 1
            row = Row(self._serial, fact[0], certain, dict(fact[1]))
            self.rows[fact] = row
        assert row is not None
        self.firings.setdefault(fact, []).append(firing)
        return None if row is known else row

    def _arguments(self, head: ex.Atom, bindings: Mapping[str, Row]) -> tuple[tuple[str, Interval], ...]:
        here = lookup(bindings, self.given.parameters)
        return tuple((name, _worth(argument, bindings, here)) for name, argument in head.arguments)

    def matching(self, atom: ex.Atom, bindings: Mapping[str, Row]) -> Iterator[tuple[Fact, Row]]:
        """The derived facts that an atom may mean."""
        here = lookup(bindings, self.given.parameters)
        wanted = [(name, _worth(argument, bindings, here)) for name, argument in atom.arguments]
        for fact, row in list(self.of(atom.predicate)):
            if all(ex.compare("==", row.values[name], worth)[1] for name, worth in wanted):
                yield fact, row

    def rows_of(self, source: str) -> Iterator[Row]:
        """The rows of a fact type or a predicate."""
        yield from self.given.of(source)
        for _, row in self.of(source):
            yield row

    def fact_of(self, row: Row) -> Fact:
        """The derived fact that a row stands for."""
        return row.source, tuple(row.values.items())

    def of(self, predicate: str) -> Iterator[tuple[Fact, Row]]:
        return ((fact, row) for fact, row in self.rows.items() if fact[0] == predicate)

    def rules_fired(self) -> frozenset[tuple[str, bool]]:
        """The rules that fired, each with whether it certainly did."""
        return frozenset(
            (firing.rule.key, firing.mode != "may") for firings in self.firings.values() for firing in firings
        )

    def facts(self) -> dict[Fact, bool]:
        """Every conclusion with whether it is certain, in the order in which they were drawn."""
        return {fact: row.certain for fact, row in self.rows.items()}

    def summary(self) -> frozenset[tuple[Fact, bool]]:
        """Every conclusion with whether it is certain: what executors must agree on."""
        return frozenset(self.facts().items())


def _worth(argument: ex.Argument, bindings: Mapping[str, Row], here: ex.Lookup) -> Interval:
    if isinstance(argument, ex.Reference):
        serial = bindings[argument.variable].serial
        return serial, serial
    return ex.value_of(argument, here)


@dataclass(frozen=True, eq=False)
class World:
    """A case with some unknowns assumed, and what follows in it."""

    case: CaseModel
    conclusions: Conclusions
    outcomes: tuple[str, ...]
    assumptions: tuple[Assumption, ...]


class Executor(Protocol):
    """Runs one case through a program."""

    @property
    def program(self) -> Program: ...

    def run(self, case: CaseModel) -> Conclusions: ...


def label_of(fact: Fact, rulebook: Rulebook) -> str:
    """The outcome that a fact of the goal states."""
    return rulebook.label(rulebook.goal, "kind", dict(fact[1])["kind"][0])


def labels(conclusions: Conclusions, rulebook: Rulebook) -> dict[str, bool]:
    """The outcomes still possible, each with whether it is certain."""
    found: dict[str, bool] = {}
    for fact, row in conclusions.of(rulebook.goal):
        label = label_of(fact, rulebook)
        found[label] = found.get(label, False) or row.certain
    return {label: found[label] for label in rulebook.outcomes if label in found}
