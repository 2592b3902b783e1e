"""Proofs about a rulebook: dates that tile, outcomes that share out all cases, rules that can fire.

Contradictions are looked for with the solver z3 over every case with up to `ITEMS` facts in each list. Day
arithmetic is relaxed to bounds, so what is found impossible is impossible; what is found possible is run to
make sure. A finding comes with a counterexample case wherever one can exist.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations, count, islice, product
from typing import Any

import z3

from engine import expressions as ex
from engine.errors import Place
from engine.execution import Executor, labels
from engine.facts import CaseModel
from engine.periods import Period, gaps_and_overlaps
from engine.program import bound_conditions
from engine.proof import TOTAL
from engine.rulebook import Parameter, Rule, Rulebook
from engine.values import HIGHEST, LOWEST, Domain, Known, exactly, from_number, plain
from engine.words import placeholders

ITEMS = 2
DEPTH = 3
ATTEMPTS = 12
MAX_SUMMANDS = 64
TIMEOUT_MS = 20_000
_LENGTHS = {
    "years": (365, 366),
    "months": (28, 31),
    "full_years": (365, 366),
    "full_months": (28, 31),
    "quarter_ends": (0, 92),
    "year_ends": (0, 366),
    "days": (1, 1),
    "number": (1, 1),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a rulebook, where, what to do, and a case that shows it (as a case file has it)."""

    kind: str
    message: str
    remedy: str
    place: Place
    case: Mapping[str, Any] | None = None

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        return f"{where}{self.message}. {self.remedy}."


def verify(executor: Executor) -> list[Finding]:
    """Every finding about a rulebook; an empty list means that it may serve."""
    rulebook = executor.program.rulebook
    findings = [
        *check_dates(rulebook),
        *check_citations(rulebook),
        *check_uses(rulebook),
        *check_words(rulebook),
    ]
    solver = Solver(rulebook)
    return [*findings, *check_outcomes(solver, executor), *check_reachable(solver)]


def check_dates(rulebook: Rulebook) -> Iterator[Finding]:
    """Values of a parameter and versions of a rule cover days once, and without a gap between them."""
    for parameter in rulebook.parameters.values():
        picked = {value.selector for value in parameter.values}
        place = parameter.values[0].place if parameter.values else Place()
        if len(picked) != 1:
            yield Finding(
                "dates", f"The parameter {parameter.name} is picked by several dates", "Choose one", place
            )
            continue
        periods = [value.period for value in parameter.values]
        yield from _tiling(rulebook, parameter.name, periods, _span(periods), picked.pop(), place)
    for rule in rulebook.rules:
        yield from _beyond_parameters(rule, rulebook)
    for versions in _versions(rulebook):
        periods = [rule.period for rule in versions]
        if len({rule.selector for rule in versions}) > 1:
            yield Finding("dates", f"Versions of {versions[0].id} are picked by several dates", "Choose one",
                          versions[1].place)  # fmt: skip
            continue
        yield from _tiling(
            rulebook, versions[0].id, periods, _span(periods), versions[0].selector, versions[-1].place
        )


def _beyond_parameters(rule: Rule, rulebook: Rulebook) -> Iterator[Finding]:
    """Days on which a rule is in force but a parameter that it reads has no value."""
    selector, supported = rulebook.supported
    for name in rule.parameters:
        values = rulebook.parameters[name].values
        span, picked = _span([value.period for value in values]), values[0].selector
        period = rule.period if rule.selector == picked else Period(None, None)
        within = _common(period, supported) if picked == selector else period
        if within.first is None and picked != selector:
            within = Period(span.first, span.last)
        gaps, _ = gaps_and_overlaps([span], within)
        for gap in gaps:
            yield Finding(
                "gap",
                f"{rule.key} reads {name}, which has no value for {picked} {gap}",
                "Date the rule by `in_force`, or add a value",
                rule.place,
                _case_on(rulebook, picked, date.fromordinal(gap.numbers[0])),
            )


def _common(one: Period, other: Period) -> Period:
    firsts = [day for day in (one.first, other.first) if day]
    lasts = [day for day in (one.last, other.last) if day]
    return Period(max(firsts, default=None), min(lasts, default=None))


def _versions(rulebook: Rulebook) -> Iterator[list[Rule]]:
    grouped: dict[str, list[Rule]] = defaultdict(list)
    for rule in rulebook.rules:
        grouped[rule.id].append(rule)
    return (versions for versions in grouped.values() if len(versions) > 1)


def _span(periods: Iterable[Period]) -> Period:
    periods = list(periods)
    firsts, lasts = [p.first for p in periods], [p.last for p in periods]
    return Period(
        None if None in firsts else min(day for day in firsts if day),
        None if None in lasts else max(day for day in lasts if day),
    )


def _tiling(
    rulebook: Rulebook, name: str, periods: list[Period], within: Period, selector: str, place: Place
) -> Iterator[Finding]:
    gaps, overlaps = gaps_and_overlaps(periods, within)
    for kind, found, message, remedy in (
        ("gap", gaps, "has no version for", "Add a version, or move a date"),
        ("overlap", overlaps, "has two versions for", "Let one end the day before the other begins"),
    ):
        for period in found:
            case = _case_on(rulebook, selector, date.fromordinal(period.numbers[0])) if selector else None
            yield Finding(kind, f"{name} {message} {selector} {period}", remedy, place, case)


def _case_on(rulebook: Rulebook, selector: str, day: date) -> Mapping[str, Any]:
    source, name = rulebook.dates[selector]
    data: dict[str, Any] = {section.name: {} for section in rulebook.sections.values() if not section.listed}
    section, fact = rulebook.sections[source], {name: day.isoformat()}
    data[section.name] = [fact] if section.listed else fact
    return data


def check_citations(rulebook: Rulebook) -> Iterator[Finding]:
    """Every rule cites an article and lines of the fact base that are known and as sure as the rule says."""
    rank = {"V": 0, "P": 1, "I": 2, "U": 3}
    for rule in rulebook.rules:
        if not rule.cite:
            yield Finding("citation", f"{rule.id} cites no article", "Add `cite`", rule.place)
        if not rule.facts:
            yield Finding("citation", f"{rule.id} names no line of the fact base", "Add `facts`", rule.place)
        for line in rule.facts:
            if line not in rulebook.sources:
                yield Finding(
                    "citation",
                    f"{rule.id} names {line}, which sources.yaml lacks",
                    "Add it there",
                    rule.place,
                )
        sources = [rulebook.sources.get(line, {}) for line in rule.facts]
        surest = min((rank.get(source.get("confidence", "V")[0], 0) for source in sources), default=0)
        if rank[rule.confidence] < surest:
            yield Finding(
                "citation",
                f"{rule.id} claims more certainty than its sources",
                "Lower `confidence`",
                rule.place,
            )


def check_uses(rulebook: Rulebook) -> Iterator[Finding]:
    """Every derived predicate is an output or is used by some rule."""
    used = set(rulebook.outputs)
    for rule in rulebook.rules:
        used |= set(rule.binds.values()) | {atom.predicate for atom in (*rule.atoms, *rule.unless)}
    for predicate, rules in rulebook.by_predicate.items():
        if predicate not in used:
            yield Finding(
                "unused", f"Nothing uses {predicate}", "Use it, or list it in `outputs`", rules[0].place
            )


def check_words(rulebook: Rulebook) -> Iterator[Finding]:
    """Every rule, fact, question, option and outcome has its words in every language."""
    for language, words in rulebook.words.items():
        for part, key, kind, place in _wanted_words(rulebook):
            if not words.text(part, key, kind):
                shown = f"{part}.{key}" + (f".{kind}" if kind else "")
                yield Finding("words", f"The words {shown} are missing in {language}", "Add them", place)
        for rule in rulebook.rules:
            yield from _stray_placeholders(rule, rulebook, language)


def _wanted_words(rulebook: Rulebook) -> Iterator[tuple[str, str, str, Place]]:
    for provision in rulebook.provisions.values():
        yield "provisions", provision.name, "", Place(provision.file)
    for outcome in (*rulebook.outcomes, "undetermined"):
        for kind in ("title", "sentence", "todo"):
            yield "outcomes", outcome, kind, Place()
    for source, section in rulebook.sections.items():
        yield "facts", source, "label", Place()
        for name, domain in section.fact.domains().items():
            for kind in ("label", "question", "why", "where"):
                yield "fields", f"{source}.{name}", kind, Place()
            for option in domain.options:
                yield "options", f"{source}.{name}", option, Place()
    for rule in rulebook.rules:
        for kind in ("holds", "fails", *(("reading",) if rule.confidence != "V" else ())):
            yield "rules", rule.id, kind, rule.place


def _stray_placeholders(rule: Rule, rulebook: Rulebook, language: str) -> Iterator[Finding]:
    known = {*_speakable(rule, rulebook), *rule.parameters, *([TOTAL] if rule.total else [])}
    for kind in ("holds", "fails"):
        stray = placeholders(rulebook.words[language].text("rules", rule.id, kind)) - known
        if stray:
            yield Finding(
                "words",
                f"The words rules.{rule.id}.{kind} in {language} ask for {', '.join(sorted(stray))}",
                f"Use {', '.join(sorted(known)) or 'no placeholder'}",
                rule.place,
            )


def _speakable(rule: Rule, rulebook: Rulebook) -> Iterator[str]:
    """The fields of bound facts that words may name: of a total, those of facts that a case has once."""
    binds, _ = bound_conditions(rule, rulebook)
    for variable, source in binds.items():
        section = rulebook.sections.get(source)
        if section and not (rule.total and section.listed):
            yield from (f"{variable}.{name}" for name in section.fact.domains())
        if source in rulebook.totals and not rule.total:
            yield f"{variable}.{rulebook.totals[source]}"


def check_outcomes(solver: "Solver", executor: Executor) -> Iterator[Finding]:
    """No case has two outcomes and none has no outcome, with all facts known."""
    rulebook = executor.program.rulebook
    goals = {label: solver.outcome(label) for label in rulebook.outcomes}
    place = rulebook.by_predicate[rulebook.goal][0].place
    both = [z3.And(one, other) for one, other in combinations(goals.values(), 2)]
    for kind, claim, message in (
        ("none", z3.Not(z3.Or(*goals.values())), "No outcome follows from"),
        ("two", z3.Or(*both), "Two outcomes follow from"),
    ):
        for case in solver.cases(claim):
            found = labels(executor.run(case), rulebook)
            if (kind == "none" and not found) or (kind == "two" and len(found) > 1):
                shown = case.model_dump(mode="json", exclude_defaults=True)
                named = f": {', '.join(found)}" if found else ""
                yield Finding(
                    kind, f"{message} this case{named}", "Let the outcomes share out all cases", place, shown
                )
                break


def check_reachable(solver: "Solver") -> Iterator[Finding]:
    """Every rule can fire in some case."""
    for rule in solver.rulebook.rules:
        if not solver.possible(solver.fires(rule)):
            conflict = ", ".join(solver.conflict(rule)) or "its conditions contradict each other"
            yield Finding(
                "unreachable", f"{rule.key} can never fire ({conflict})", "Correct or remove it", rule.place
            )


class Solver:
    """The rulebook as formulas over cases with a bounded number of facts, all of them exactly known."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.solver = z3.Solver()
        self.solver.set("timeout", TIMEOUT_MS)
        self._terms: dict[tuple[Any, ...], z3.ArithRef] = {}
        self._held: dict[tuple[Any, ...], z3.BoolRef] = {}
        self._fields: dict[tuple[str, int, str], z3.ArithRef] = {}
        self._present: dict[tuple[str, int], z3.BoolRef] = {}
        self._parameters: dict[str, z3.ArithRef] = {}
        self._totals: dict[str, z3.ArithRef] = {}
        self._unfolded = count()
        for source, section in rulebook.sections.items():
            for index in range(ITEMS if section.listed else 1):
                self._present[source, index] = (
                    z3.Bool(f"{source}{index}") if section.listed else z3.BoolVal(True)
                )
                for name, domain in section.fact.domains().items():
                    self._field(source, index, name, domain)
        for (source, earlier), (other, later) in rulebook.orders:
            self.solver.add(self.field((source, 0), earlier) <= self.field((other, 0), later))

    def _field(self, source: str, index: int, name: str, domain: Domain) -> None:
        symbol = z3.Int(f"{source}{index}.{name}")
        low, high = domain.bounds if domain.kind != "text" else (1, 99)
        self.solver.add(symbol >= low, symbol <= high)
        self._fields[source, index, name] = symbol

    def outcome(self, label: str) -> z3.BoolRef:
        signature = self.rulebook.predicates[self.rulebook.goal]["kind"]
        return self.holds(self.rulebook.goal, {"kind": z3.IntVal(signature.options.index(label))}, ())

    def fires(self, rule: Rule) -> z3.BoolRef:
        """Whether a rule applies to some facts; of a total, whether anything counts in it."""
        return _any(*(body for _, body in self._applied(rule, (rule.head.predicate,))))

    def derives(self, rule: Rule, fact: Mapping[str, z3.ArithRef]) -> z3.BoolRef:
        """Whether a rule, as a law may have it, derives a fact with the arguments given.

        Rules that bind variables alike are asked about the same facts: they derive the same where this is
        so of every choice of them. A total derives what it adds up, one binding at a time.
        """
        predicate = rule.head.predicate
        found = []
        for scope, body in self._applied(rule, (predicate,), alike=True):
            head = scope.arguments(rule.head)
            found.append(_all(body, *(head[name] == value for name, value in fact.items())))
        return _any(*found)

    def holds(
        self, predicate: str, arguments: Mapping[str, z3.ArithRef], path: tuple[str, ...]
    ) -> z3.BoolRef:
        """Whether some fact of a predicate has the arguments given; recursion is followed to `DEPTH`."""
        if path.count(predicate) >= DEPTH:
            return z3.BoolVal(False)
        recursion = path.count(predicate)
        key = (predicate, recursion, *sorted((name, value.sexpr()) for name, value in arguments.items()))
        if key not in self._held:
            self._held[key] = _any(
                *(
                    _all(body, *(head[name] == value for name, value in arguments.items()))
                    for rule in self.rulebook.by_predicate.get(predicate, ())
                    for head, body in self._bodies(rule, (*path, predicate))
                )
            )
        return self._held[key]

    def lacks(
        self, predicate: str, arguments: Mapping[str, z3.ArithRef], path: tuple[str, ...]
    ) -> z3.BoolRef:
        """Whether no fact of a predicate has the arguments given."""
        return z3.Not(self.holds(predicate, arguments, path))

    def _bodies(
        self, rule: Rule, path: tuple[str, ...]
    ) -> Iterator[tuple[dict[str, z3.ArithRef], z3.BoolRef]]:
        """What a rule derives, and when; a total is one fact for the case."""
        if rule.total:
            yield self._total(rule, path)
            return
        for scope, body in self._applied(rule, path):
            yield scope.arguments(rule.head), body

    def _applied(
        self, rule: Rule, path: tuple[str, ...], *, alike: bool = False
    ) -> Iterator[tuple["_Bound", z3.BoolRef]]:
        """A rule on each choice of given facts, and when some derived facts make it fire there.

        The symbols for the derived facts are new ones, or `alike` for rules that bind alike.
        """
        _, conditions = bound_conditions(rule, self.rulebook)
        for spots, derived in self._spots(rule):
            totals = {name: source for name, source in derived.items() if source in self.rulebook.totals}
            place = tuple(spots.values()) if alike else (rule.key, next(self._unfolded))
            fresh = {
                variable: self._arguments(source, f"{variable} {place}")
                for variable, source in derived.items()
                if variable not in totals
            }
            facts = [self.holds(derived[variable], arguments, path) for variable, arguments in fresh.items()]
            for found in product(*(self._facts(source, path) for source in totals.values())):
                sums = dict(zip(totals, (head for head, _ in found), strict=True))
                scope = _Bound(self, spots, fresh | sums)
                held = [*facts, *(body for _, body in found)]
                yield scope, _all(*held, self._met(rule, scope, conditions, path))

    def _spots(self, rule: Rule) -> Iterator[tuple[dict[str, tuple[str, int]], dict[str, str]]]:
        """Each choice of given facts for the variables of a rule, with its other variables."""
        binds, _ = bound_conditions(rule, self.rulebook)
        given = {variable: source for variable, source in binds.items() if source in self.rulebook.sections}
        derived = {variable: source for variable, source in binds.items() if variable not in given}
        places = [[(source, index) for index in self._indices(source)] for source in given.values()]
        for chosen in product(*places):
            yield dict(zip(given, chosen, strict=True)), derived

    def _met(
        self, rule: Rule, scope: "_Bound", conditions: Iterable[ex.Condition], path: tuple[str, ...]
    ) -> z3.BoolRef:
        """What a rule asks of the facts that it binds."""
        parts = [self._present[spot] for spot in scope.spots.values()]
        parts += [scope.condition(condition) for condition in conditions]
        parts += [self.holds(atom.predicate, scope.arguments(atom), path) for atom in rule.atoms]
        parts += [self.lacks(atom.predicate, scope.arguments(atom), path) for atom in rule.unless]
        return _all(*parts)

    def _total(self, rule: Rule, path: tuple[str, ...]) -> tuple[dict[str, z3.ArithRef], z3.BoolRef]:
        """The one fact of a total, and when its rule is in force."""
        if rule.key not in self._totals:
            self._totals[rule.key] = self.total_of(rule, path)
        binds, conditions = bound_conditions(rule, self.rulebook)
        dated = conditions[len(rule.conditions) :]
        spots = {name: (binds[name], 0) for condition in dated for name in ex.variables_of(condition)}
        scope = _Bound(self, spots, {})
        head = {name: z3.IntVal(a.number) for name, a in rule.head.arguments if isinstance(a, ex.Constant)}
        return head | {rule.total: self._totals[rule.key]}, _all(*map(scope.condition, dated))

    def total_of(self, rule: Rule, path: tuple[str, ...]) -> z3.ArithRef:
        """The sum over every binding once; over more than `MAX_SUMMANDS` it may be anything."""
        amount = z3.Int(f"total {rule.key} {next(self._unfolded)}")
        counted = list(islice(self._counted(rule, rule.conditions, path), MAX_SUMMANDS + 1))
        if len(counted) > MAX_SUMMANDS:
            low, high = rule.summed.domain.bounds
            self.solver.add(amount >= low, amount <= high)
            return amount
        added = [
            z3.If(
                _all(body, *(z3.Not(_all(held, scope.same(one))) for one, held in counted[:number])),
                scope.term(rule.summed),
                0,
            )
            for number, (scope, body) in enumerate(counted)
        ]
        whole = z3.Sum(*added) if added else z3.IntVal(0)
        self.solver.add(amount == z3.If(whole > HIGHEST, HIGHEST, z3.If(whole < LOWEST, LOWEST, whole)))
        return amount

    def _counted(
        self, rule: Rule, conditions: Sequence[ex.Condition], path: tuple[str, ...]
    ) -> Iterator[tuple["_Bound", z3.BoolRef]]:
        """A rule on each choice of facts, given and derived, and when it fires there."""
        for spots, derived in self._spots(rule):
            for facts in product(*(self._facts(source, path) for source in derived.values())):
                scope = _Bound(self, spots, dict(zip(derived, (head for head, _ in facts), strict=True)))
                held = [body for _, body in facts]
                yield scope, _all(*held, self._met(rule, scope, conditions, path))

    def _facts(
        self, predicate: str, path: tuple[str, ...]
    ) -> list[tuple[dict[str, z3.ArithRef], z3.BoolRef]]:
        """Every fact of a predicate that may be derived, and when it is; recursion is followed to `DEPTH`."""
        if path.count(predicate) >= DEPTH:
            return []
        facts: list[tuple[dict[str, z3.ArithRef], z3.BoolRef]] = []
        for rule in self.rulebook.by_predicate.get(predicate, ()):
            further = (*path, predicate)
            if rule.total:
                facts.append(self._total(rule, further))
                continue
            _, conditions = bound_conditions(rule, self.rulebook)
            counted = islice(self._counted(rule, conditions, further), MAX_SUMMANDS + 1)
            facts += [(scope.arguments(rule.head), body) for scope, body in counted]
        return facts

    def _indices(self, source: str) -> range:
        return range(ITEMS if self.rulebook.sections[source].listed else 1)

    def _arguments(self, source: str, name: str) -> dict[str, z3.ArithRef]:
        """Symbols for the arguments of a bound derived fact."""
        return {argument: z3.Int(f"{name}.{argument}") for argument in self.rulebook.predicates[source]}

    def serial(self, spot: tuple[str, int]) -> z3.ArithRef:
        return z3.IntVal(1 + list(self._present).index(spot))

    def field(self, spot: tuple[str, int], name: str) -> z3.ArithRef:
        return self._fields[spot[0], spot[1], name]

    def parameter(self, name: str) -> z3.ArithRef:
        """The value picked by the date of the case; any value where none is in force."""
        if name not in self._parameters:
            self._parameters[name] = self._picked(self.rulebook.parameters[name])
        return self._parameters[name]

    def _picked(self, parameter: Parameter) -> z3.ArithRef:
        source, selector = self.rulebook.date_of(parameter)
        day = self.field((source, 0), selector)
        worth: z3.ArithRef = z3.Int(f"parameter {parameter.name}")
        for value in parameter.values:
            first, last = value.period.numbers
            worth = z3.If(_all(day >= first, day <= last), z3.IntVal(value.number), worth)
        return worth

    def shifted(self, base: z3.ArithRef, unit: str, amount: z3.ArithRef) -> z3.ArithRef:
        """A day moved by an amount of a unit, within the bounds that the unit's length allows."""
        shortest, longest = _LENGTHS[unit]
        if shortest == longest:
            return base + amount
        key = (base.sexpr(), unit, amount.sexpr())
        if key not in self._terms:
            moved = z3.Int(f"moved {len(self._terms)}")
            ends = amount * shortest, amount * longest
            self.solver.add(
                z3.If(
                    amount >= 0,
                    _all(moved - base >= ends[0], moved - base <= ends[1]),
                    _all(moved - base <= ends[0], moved - base >= ends[1]),
                )
            )
            self._terms[key] = moved
        return self._terms[key]

    def possible(self, claim: z3.BoolRef) -> bool:
        return bool(self.solver.check(claim) != z3.unsat)

    def conflict(self, rule: Rule) -> list[str]:
        """Which written conditions of a rule cannot hold together, as far as one fact of each kind says."""
        binds, conditions = bound_conditions(rule, self.rulebook)
        if any(source not in self.rulebook.sections for source in binds.values()):
            return []
        scope = _Bound(self, {variable: (source, 0) for variable, source in binds.items()}, {})
        written = [*rule.shape.get("where", [])]
        names = {f"part {n}": text for n, text in enumerate(written[: len(conditions)])}
        parts = [z3.Implies(z3.Bool(f"part {n}"), scope.condition(c)) for n, c in enumerate(conditions)]
        if self.solver.check(*parts, *(z3.Bool(f"part {n}") for n in range(len(conditions)))) != z3.unsat:
            return []
        core = {str(name) for name in self.solver.unsat_core()}
        return [text for name, text in names.items() if name in core]

    def cases(self, claim: z3.BoolRef) -> Iterator[CaseModel]:
        """Cases that satisfy a claim, each with other dates than the ones before."""
        for _ in range(ATTEMPTS):
            if self.solver.check(claim) != z3.sat:
                return
            model = self.solver.model()
            yield self._case(model)
            days = [
                self._fields[source, 0, name]
                for source, name in self.rulebook.dates.values()
                if not self.rulebook.sections[source].listed
            ]
            claim = _all(claim, _any(*(day != model.eval(day, model_completion=True) for day in days)))

    def _case(self, model: z3.ModelRef) -> CaseModel:
        data: dict[str, Any] = {}
        for source, section in self.rulebook.sections.items():
            facts = [
                {
                    name: plain(self._known(model, source, index, name, domain))
                    for name, domain in section.fact.domains().items()
                }
                for index in self._indices(source)
                if z3.is_true(model.eval(self._present[source, index], model_completion=True))
            ]
            data[section.name] = {"complete": True, "items": facts} if section.listed else facts[0]
        return self.rulebook.model.model_validate(data)

    def _known(self, model: z3.ModelRef, source: str, index: int, name: str, domain: Domain) -> Known[Any]:
        number = model.eval(self._fields[source, index, name], model_completion=True).as_long()
        return exactly(f"text {number}") if domain.kind == "text" else exactly(from_number(number, domain))


class _Bound:
    """Formulas of one rule with its variables bound."""

    def __init__(
        self,
        solver: Solver,
        spots: Mapping[str, tuple[str, int]],
        fresh: Mapping[str, Mapping[str, z3.ArithRef]],
    ) -> None:
        self.solver = solver
        self.spots = spots
        self.fresh = fresh

    def same(self, other: "_Bound") -> z3.BoolRef:
        """Whether the variables are bound to the same facts."""
        if self.spots != other.spots:
            return z3.BoolVal(False)
        return _all(
            *(
                worth == other.fresh[variable][name]
                for variable, arguments in self.fresh.items()
                for name, worth in arguments.items()
            )
        )

    def arguments(self, atom: ex.Atom) -> dict[str, z3.ArithRef]:
        return {name: self.argument(argument) for name, argument in atom.arguments}

    def argument(self, argument: ex.Argument) -> z3.ArithRef:
        if isinstance(argument, ex.Reference):
            return self.solver.serial(self.spots[argument.variable])
        return self.term(argument)

    def term(self, term: ex.Term) -> z3.ArithRef:
        match term:
            case ex.Constant():
                return z3.IntVal(term.number)
            case ex.Parameter():
                return self.solver.parameter(term.name)
            case ex.Field() if term.variable in self.fresh:
                return self.fresh[term.variable][term.name]
            case ex.Field():
                return self.solver.field(self.spots[term.variable], term.name)
            case ex.Shift():
                amount = self.term(term.amount)
                return self.solver.shifted(
                    self.term(term.base), term.unit, amount if term.sign > 0 else -amount
                )

    def condition(self, condition: ex.Condition) -> z3.BoolRef:
        match condition:
            case ex.Compare():
                return _compare(condition.operator, self.term(condition.left), self.term(condition.right))
            case ex.Member():
                inside = _any(*(self.term(condition.term) == number for number in sorted(condition.numbers)))
                return z3.Not(inside) if condition.negated else inside
            case ex.All():
                return _all(*(self.condition(part) for part in condition.parts))
            case ex.Any_():
                return _any(*(self.condition(part) for part in condition.parts))


def _compare(operator: ex.Operator, left: z3.ArithRef, right: z3.ArithRef) -> z3.BoolRef:
    match operator:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right


def _all(*claims: z3.BoolRef) -> z3.BoolRef:
    """`z3.And` of what is known to be formulas: the library's own looks at each of them several times."""
    return z3.BoolRef(z3.Z3_mk_and(z3.main_ctx().ref(), len(claims), _array(claims)))


def _any(*claims: z3.BoolRef) -> z3.BoolRef:
    return z3.BoolRef(z3.Z3_mk_or(z3.main_ctx().ref(), len(claims), _array(claims)))


def _array(claims: tuple[z3.BoolRef, ...]) -> Any:
    return (z3.Ast * len(claims))(*(claim.as_ast() for claim in claims))
