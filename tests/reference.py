"""An executor and an oracle so plain that they can be read at a glance: what the engine is compared with."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from engine import expressions as ex
from engine.calendar import shift
from engine.facts import CaseModel, Spot
from engine.rows import Row, encode
from engine.rulebook import Rule, Rulebook
from engine.values import HIGHEST, LOWEST, Domain, Known, exactly, from_number, to_number

Interval = tuple[int, int]
Fact = tuple[str, tuple[tuple[str, Interval], ...]]
MUST, MAY = 0, 1


@dataclass
class Derived:
    """Every conclusion and every fired rule, each with whether it is certain."""

    summary: frozenset[tuple[Fact, bool]]
    fired: frozenset[tuple[str, bool]]

    def outcomes(self, rulebook: Rulebook) -> set[str]:
        return {
            rulebook.label(rulebook.goal, "kind", dict(arguments)["kind"][0])
            for (predicate, arguments), _ in self.summary
            if predicate == rulebook.goal
        }


def derive(rulebook: Rulebook, case: CaseModel) -> Derived:
    """Naive stratified evaluation: every rule on every choice of facts, until nothing new follows."""
    run = _Run(rulebook, case)
    for stratum in range(1 + max(rulebook.strata.values(), default=0)):
        rules = [rule for rule in rulebook.rules if rulebook.strata[rule.head.predicate] == stratum]
        plain = [rule for rule in rules if not rule.total]
        while sum(run.apply(rule, mode) for rule in plain for mode in (MUST, MAY)):
            pass
        for rule in rules:
            if rule.total:
                run.add_up(rule)
    if run.given.exact and not any(rulebook.by_key[key].confidence == "U" for key, _ in run.fired):
        assert all(run.facts.values())
        run.fired = {(key, certain) for key, certain in run.fired if certain}
    return Derived(frozenset(run.facts.items()), frozenset(run.fired))


class _Run:
    def __init__(self, rulebook: Rulebook, case: CaseModel) -> None:
        self.rulebook = rulebook
        self.given = encode(case, rulebook)
        self.facts: dict[Fact, bool] = {}
        self.fired: set[tuple[str, bool]] = set()
        self.origins: dict[Fact, set[Any]] = {}

    def apply(self, rule: Rule, mode: int) -> bool:
        if mode == MUST and rule.confidence == "U":
            return False
        before = len(self.facts), sum(self.facts.values())
        for rows in product(*(self.rows(source) for source in rule.binds.values())):
            bound = dict(zip(rule.binds, rows, strict=True))
            if self.in_force(rule, bound, mode) and self.holds(rule, bound, mode):
                fact = rule.head.predicate, tuple((n, self.value(a, bound)) for n, a in rule.head.arguments)
                self.facts[fact] = self.facts.get(fact, False) or mode == MUST
                self.fired.add((rule.key, mode == MUST))
                self.origins.setdefault(fact, set()).add((rule.key, *self.rests_on(rule, bound)))
        return before != (len(self.facts), sum(self.facts.values()))

    def rests_on(self, rule: Rule, bound: dict[str, Row]) -> list[Any]:
        """The facts that the arguments of a rule's head depend on."""
        used = set()
        for _, argument in rule.head.arguments:
            term: Any = argument
            while isinstance(term, ex.Shift):
                term = term.base
            if isinstance(term, (ex.Field, ex.Reference)):
                used.add(term.variable)
        return [self.identity(bound[variable]) for variable in sorted(used)]

    def identity(self, row: Row) -> Any:
        return row.serial if row.section else (row.source, tuple(row.values.items()))

    def add_up(self, rule: Rule) -> None:
        """Every choice of facts once: at least the certain ones that differ, at most all possible ones."""
        if not self.in_force(rule, {}, MAY):
            return
        certain, lows, highs = [], [], []
        for rows in product(*(self.rows(source) for source in rule.binds.values())):
            bound = dict(zip(rule.binds, rows, strict=True))
            if self.holds(rule, bound, MAY):
                low, high = self.value(dict(rule.head.arguments)[rule.total], bound)
                copies = 1
                for row in rows:
                    copies *= self.copies(self.identity(row))
                if self.holds(rule, bound, MUST):
                    certain.append((rows, low, high))
                copies = min(copies, HIGHEST)
                lows.append(min(low * copies, 0))
                highs.append(max(high * copies, 0))
        least, most = sum(lows), sum(highs)
        while certain:
            alike = [certain.pop()]
            for rows, _, _ in alike:
                near = [one for one in certain if all(map(_overlap, rows, one[0]))]
                certain = [one for one in certain if one not in near]
                alike += near
            least += max(0, *(low for _, low, _ in alike))
            most += min(0, *(high for _, _, high in alike))
        ends = tuple(max(LOWEST, min(HIGHEST, end)) for end in (least, most))
        fact = (
            rule.head.predicate,
            tuple(
                (name, ends if name == rule.total else self.value(argument, {}))
                for name, argument in rule.head.arguments
            ),
        )
        must = self.in_force(rule, {}, MUST) and rule.confidence != "U"
        self.facts[fact] = self.facts.get(fact, False) or must
        self.fired |= {(rule.key, False), (rule.key, must)}

    def copies(self, identity: Any) -> int:
        """How many facts one may turn out to be."""
        if isinstance(identity, int):
            return HIGHEST if self.given.rows[identity - 1].index < 0 else 1
        predicate, arguments = identity
        if predicate in self.rulebook.totals:
            return 1
        kinds = {name: domain.kind for name, domain in self.rulebook.predicates[predicate].items()}
        if all(
            low == high and (kinds[name] != "ref" or self.given.rows[low - 1].index >= 0)
            for name, (low, high) in arguments
        ):
            return 1
        if predicate in self.rulebook.recursive:
            return HIGHEST
        found = 0
        for _, *parts in self.origins[identity]:
            each = 1
            for part in parts:
                each *= self.copies(part)
            found += each
        return min(found, HIGHEST)

    def rows(self, source: str) -> list[Row]:
        if source in self.rulebook.sections:
            return list(self.given.of(source))
        return [
            Row(0, source, certain, dict(arguments))
            for (predicate, arguments), certain in self.facts.items()
            if predicate == source
        ]

    def holds(self, rule: Rule, bound: dict[str, Row], mode: int) -> bool:
        return (
            (mode == MAY or all(row.certain for row in bound.values()))
            and all(self.truth(condition, bound)[mode] for condition in rule.conditions)
            and all(self.some(atom, bound, mode) for atom in rule.atoms)
            and not any(self.some(atom, bound, 1 - mode) for atom in rule.unless)
        )

    def in_force(self, rule: Rule, bound: dict[str, Row], mode: int) -> bool:
        if not rule.selector:
            return True
        source, name = self.rulebook.dates[rule.selector]
        row = next(row for row in (*bound.values(), *self.given.of(source)) if row.source == source)
        (low, high), (first, last) = row.values[name], rule.period.numbers
        return first <= low and high <= last if mode == MUST else first <= high and low <= last

    def some(self, atom: ex.Atom, bound: dict[str, Row], mode: int) -> bool:
        return any(
            (mode == MAY or row.certain)
            and all(_compare("==", row.values[n], self.value(a, bound))[mode] for n, a in atom.arguments)
            for row in self.rows(atom.predicate)
        )

    def truth(self, condition: ex.Condition, bound: dict[str, Row]) -> tuple[bool, bool]:
        match condition:
            case ex.Compare():
                return _compare(
                    condition.operator, self.value(condition.left, bound), self.value(condition.right, bound)
                )
            case ex.Member():
                row, name = bound[condition.term.variable], condition.term.name
                low, high = row.values[name]
                inside = [number in condition.numbers for number in row.options.get(name, ())]
                if not inside and high - low <= 1_000:
                    inside = [number in condition.numbers for number in range(low, high + 1)]
                elif not inside:
                    inside = [False, *(low <= number <= high for number in condition.numbers)]
                must, may = all(inside), any(inside)
                return (not may, not must) if condition.negated else (must, may)
            case ex.All() | ex.Any_():
                join = all if isinstance(condition, ex.All) else any
                truths = [self.truth(part, bound) for part in condition.parts]
                return join(t[MUST] for t in truths), join(t[MAY] for t in truths)

    def value(self, term: ex.Argument, bound: dict[str, Row]) -> Interval:
        match term:
            case ex.Reference():
                return bound[term.variable].serial, bound[term.variable].serial
            case ex.Field():
                return bound[term.variable].values[term.name]
            case ex.Constant():
                return term.number, term.number
            case ex.Parameter():
                return self.given.parameters[term.name]
            case ex.Shift():
                ends = product(self.value(term.base, bound), self.value(term.amount, bound))
                moved = [shift(base, term.unit, term.sign * amount) for base, amount in ends]
                return min(moved), max(moved)


def _compare(operator: str, left: Interval, right: Interval) -> tuple[bool, bool]:
    """A comparison must hold where its opposite is impossible."""
    return not _may(ex.OPPOSITE[operator], left, right), _may(operator, left, right)  # type: ignore[index]


def _overlap(one: Row, other: Row) -> bool:
    """Whether two facts may turn out to be one."""
    if one.section:
        return one is other
    return all(_may("==", worth, other.values[name]) for name, worth in one.values.items())


def _may(operator: str, left: Interval, right: Interval) -> bool:
    (a, b), (c, d) = left, right
    return {
        "<": a < d,
        "<=": a <= d,
        ">": b > c,
        ">=": b >= c,
        "==": max(a, c) <= min(b, d),
        "!=": len({a, b, c, d}) > 1,
    }[operator]


def spots(case: CaseModel) -> Iterator[tuple[Spot, Domain]]:
    """Every field of every fact that a case names."""
    for section in case.sections().values():
        for index in range(len(case.facts(section))):
            for name, domain in section.fact.domains().items():
                yield Spot(section.name, index, name), domain


def open_spots(case: CaseModel) -> list[tuple[Spot, Domain]]:
    return [(spot, domain) for spot, domain in spots(case) if not case.value(spot).exact]


def choices(known: Known[Any], domain: Domain, likely: Mapping[str, Sequence[Any]]) -> list[Any]:
    """The scalars that a value may be; one with open ends is tried at the `likely` values of its kind."""
    if known.options:
        return list(known.options)
    if domain.kind in {"bool", "enum"}:
        low, high = domain.bounds
        low = low if known.low is None else to_number(known.low, domain)
        high = high if known.high is None else to_number(known.high, domain)
        return [from_number(number, domain) for number in range(low, high + 1)]
    return [
        value
        for value in likely[domain.kind]
        if (domain.kind == "text" or domain.bounds[0] <= to_number(value, domain) <= domain.bounds[1])
        and (known.low is None or known.low <= value)
        and (known.high is None or value <= known.high)
    ]


def completions(case: CaseModel, likely: Mapping[str, Sequence[Any]]) -> Iterator[CaseModel]:
    """Cases in which everything is known and that the given case may be; lists are taken as they stand."""
    unknown = open_spots(case)
    for values in product(*(choices(case.value(spot), domain, likely) for spot, domain in unknown)):
        whole = case
        for (spot, _), value in zip(unknown, values, strict=True):
            whole = whole.with_value(spot, exactly(value))
        yield closed(whole)


def closed(case: CaseModel) -> CaseModel:
    """The same case with every list complete."""
    for section in case.sections().values():
        if section.listed:
            case = case.with_value(Spot(section.name), Known())
    return case
