"""Why a conclusion holds, and why another does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import NamedTuple

from engine import expressions as ex
from engine.execution import Conclusions, Fact, Firing
from engine.expressions import Interval
from engine.facts import Spot
from engine.program import Program, lookup
from engine.rows import Row
from engine.rulebook import Rule
from engine.totals import dated
from engine.values import Domain

TOTAL = "total"
MAX_DEPTH = 12
MAX_BINDINGS = 400


@dataclass(frozen=True, slots=True)
class Premise:
    """A value that a step used: where the case says it, what it may be, `text` where it is a known text."""

    spot: Spot
    name: str
    value: Interval
    text: str = ""


class Worth(NamedTuple):
    """What a parameter or a total was worth in a step, under the name that words give it."""

    name: str
    value: Interval
    domain: Domain


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that fired, what it derived, the values it read and the steps it rests on.

    A total rests on every fact that counts in it, certainly or possibly.
    """

    rule: Rule
    fact: Fact
    certain: bool
    values: tuple[Premise, ...]
    because: tuple["Step", ...]
    absent: tuple[str, ...]
    parameters: tuple[Worth, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """The rule that came nearest to a conclusion, and the first thing that it lacks.

    Just one of these is set: `condition` (the index of the condition that fails), `missing` (a derived fact
    that no rule gives, with its own nearest failure where there is one), `barred` (the step that `unless`
    forbids).
    """

    rule: Rule
    values: tuple[Premise, ...]
    parameters: tuple[Worth, ...]
    lacking: int
    condition: int | None = None
    missing: str = ""
    deeper: "Failure | None" = None
    barred: Step | None = None


class Explainer:
    """Explains the conclusions of one run."""

    def __init__(self, conclusions: Conclusions, program: Program) -> None:
        self.conclusions = conclusions
        self.program = program
        self.rulebook = program.rulebook
        self.given = conclusions.given
        self.texts = {number: text for text, number in self.given.texts.items()}

    def proof(self, fact: Fact, path: tuple[Fact, ...] = ()) -> Step:
        """The simplest derivation of a fact that holds (or may hold)."""
        firing = min(self._usable(fact, path), key=self._weight)
        here = (*path, fact)
        rests_on = self._rests_on(firing)
        below = dict.fromkeys(self.conclusions.fact_of(row) for one in rests_on for row in _derived(one))
        because = tuple(self.proof(one, here) for one in below if one not in here and len(here) < MAX_DEPTH)
        values = (premise for one in rests_on for premise in self._values(one.rule, one.bindings))
        return Step(
            rule=firing.rule,
            fact=fact,
            certain=self.conclusions.rows[fact].certain,
            values=tuple(dict.fromkeys(values)),
            because=because,
            absent=tuple(dict.fromkeys(atom.predicate for atom in firing.rule.unless)),
            parameters=(*self._parameters(firing.rule, firing.bindings), *self._sum(firing.rule, fact)),
        )

    def _rests_on(self, firing: Firing) -> list[Firing]:
        """The firing itself and, for a total, one for each fact that counts."""
        summands = self.conclusions.summands[firing.rule.key] if firing.rule.total else ()
        return [firing, *(min(one.firings, key=lambda found: found.mode == "may") for one in summands)]

    def _sum(self, rule: Rule, fact: Fact) -> Iterator[Worth]:
        if rule.total:
            yield Worth(TOTAL, dict(fact[1])[rule.total], rule.summed.domain)

    def _usable(self, fact: Fact, path: tuple[Fact, ...]) -> list[Firing]:
        """Firings that do not rest on what is being proved, certain ones where there are any."""
        firings = self.conclusions.firings[fact]
        certain = [firing for firing in firings if firing.mode != "may"] or firings
        free = [
            firing
            for firing in certain
            if not {self.conclusions.fact_of(row) for row in _derived(firing)} & {*path, fact}
        ]
        return free or certain

    def _weight(self, firing: Firing) -> tuple[int, str, str, tuple[int, ...]]:
        depth = sum(1 for _ in _derived(firing))
        serials = tuple(row.serial for row in firing.bindings.values())
        return (
            depth,
            {"V": "0", "P": "1", "I": "2", "U": "3"}[firing.rule.confidence],
            firing.rule.key,
            serials,
        )

    def _values(self, rule: Rule, bindings: Mapping[str, Row]) -> tuple[Premise, ...]:
        _, conditions = self.program.bound[rule.key]
        terms: list[ex.Argument] = [term for condition in conditions for term in ex.terms_of(condition)]
        terms += [argument for _, argument in rule.head.arguments]
        found: dict[str, Premise] = {}
        for term in terms:
            for name in ex.fields_of(term):
                row = bindings.get(name.variable)
                if row is not None and row.section:
                    key = f"{name.variable}.{name.name}"
                    found[key] = self._premise(row, name, key)
        return tuple(found.values())

    def _premise(self, row: Row, name: ex.Field, key: str) -> Premise:
        low, high = row.values[name.name]
        text = self.texts.get(low, "") if name.domain.kind == "text" and low == high else ""
        return Premise(row.spot(name.name), key, (low, high), text)

    def _parameters(self, rule: Rule, bindings: Mapping[str, Row]) -> tuple[Worth, ...]:
        """What the parameters that a rule names are worth, and the totals that it binds."""
        domains = self.rulebook.predicates
        totals = (
            Worth(f"{variable}.{name}", row.values[name], domains[row.source][name])
            for variable, row in bindings.items()
            if variable in rule.binds and (name := self.rulebook.totals.get(row.source))
        )
        named = (
            Worth(name, self.given.parameters[name], self.rulebook.parameters[name].domain)
            for name in rule.parameters
        )
        return *named, *totals

    def why_not(
        self, predicate: str, arguments: Mapping[str, int], path: tuple[str, ...] = ()
    ) -> Failure | None:
        """The nearest failure among the rules that could give a fact which does not even possibly hold."""
        if predicate in path:
            return None
        path = (*path, predicate)
        rules = [
            rule
            for rule in self.rulebook.by_predicate.get(predicate, ())
            if all(
                not isinstance(argument, ex.Constant)
                or arguments.get(name, argument.number) == argument.number
                for name, argument in rule.head.arguments
            )
        ]
        failures = [failure for rule in rules if (failure := self._failure(rule)) is not None]
        nearest = min(failures, key=lambda failure: (failure.lacking, failure.rule.key), default=None)
        if nearest is None or not nearest.missing:
            return nearest
        return replace(nearest, deeper=self.why_not(nearest.missing, {}, path))

    def _failure(self, rule: Rule) -> Failure | None:
        if rule.total:
            return self._not_in_force(rule)
        binds, conditions = self.program.bound[rule.key]
        best: Failure | None = None
        for bindings in self._bindings(binds):
            failure = self._lack(rule, conditions, bindings)
            if failure is not None and (best is None or failure.lacking < best.lacking):
                best = failure
        return best or self._unbound(rule, binds)

    def _not_in_force(self, rule: Rule) -> Failure | None:
        """A total is missing only where the date of the case leaves its rule out of force."""
        bindings, conditions = dated(self.conclusions, rule, self.program)
        here = lookup(bindings, self.given.parameters)
        for number, condition in enumerate(conditions, len(rule.conditions)):
            if not ex.truth_of(condition, here)[1]:
                values, parameters = self._values(rule, bindings), self._parameters(rule, bindings)
                return Failure(rule, values, parameters, 1, condition=number)
        return None

    def _bindings(self, binds: Mapping[str, str]) -> Iterator[dict[str, Row]]:
        choices = [list(self.conclusions.rows_of(source)) for source in binds.values()]
        for rows in islice(product(*choices), MAX_BINDINGS):
            yield dict(zip(binds, rows, strict=True))

    def _unbound(self, rule: Rule, binds: Mapping[str, str]) -> Failure | None:
        """A rule that finds no facts to bind."""
        for source in binds.values():
            if not any(True for _ in self.conclusions.rows_of(source)):
                return Failure(rule, (), self._parameters(rule, {}), len(binds) + 1, missing=source)
        return None

    def _lack(self, rule: Rule, conditions: list[ex.Condition], bindings: dict[str, Row]) -> Failure | None:
        here = lookup(bindings, self.given.parameters)
        failed = [index for index, condition in enumerate(conditions) if not ex.truth_of(condition, here)[1]]
        matching = self.conclusions.matching
        missing = [atom for atom in rule.atoms if not any(True for _ in matching(atom, bindings))]
        barred = [
            (fact, row) for atom in rule.unless for fact, row in matching(atom, bindings) if row.certain
        ]
        lacking = len(failed) + len(missing) + len(barred)
        if not lacking:
            return None
        values, parameters = self._values(rule, bindings), self._parameters(rule, bindings)
        if failed:
            return Failure(rule, values, parameters, lacking, condition=failed[0])
        if missing:
            return Failure(rule, values, parameters, lacking, missing=missing[0].predicate)
        return Failure(rule, values, parameters, lacking, barred=self.proof(barred[0][0]))


def _derived(firing: Firing) -> Iterator[Row]:
    """The derived rows that a firing rests on."""
    return (row for row in firing.bindings.values() if not row.section)
