"""The law of one day as a rulebook of its own, and how one law differs from another."""

import ast
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import Literal, NamedTuple, TypeVar

import rfc8785

from engine import expressions as ex
from engine.errors import nearest, refuse
from engine.periods import Period
from engine.rulebook import Parameter, ParameterValue, Rule, Rulebook

ALWAYS = Period(None, None)
KINDS = ("holds", "fails", "reading")
T = TypeVar("T")

Aspect = Literal["provision", "in_force", "formula", "cite", "confidence", "facts", "words"]
_WORKING = {"in_force", "formula", "confidence"}


class Conclusion(NamedTuple):
    """What may follow: a predicate, and the label of an argument that has labels."""

    predicate: str
    label: str = ""

    def __str__(self) -> str:
        return f"{self.predicate}.{self.label}" if self.label else self.predicate


class Line(NamedTuple):
    """One line of a formula: its key (`when`, `where`, `unless`, `then`) and its text in one plain form."""

    key: str
    text: str


@dataclass(frozen=True)
class RuleChange:
    """A rule that differs: its version in each law (None: there is none), and in what they differ."""

    old: Rule | None
    new: Rule | None
    aspects: tuple[Aspect, ...] = ()
    removed: tuple[Line, ...] = ()
    added: tuple[Line, ...] = ()

    @property
    def rule(self) -> Rule:
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def kind(self) -> Literal["begins", "ends", "changes", "words"]:
        """`words` where nothing but the words changed."""
        if self.old is None:
            return "begins"
        if self.new is None:
            return "ends"
        return "words" if self.aspects == ("words",) else "changes"

    @property
    def works_otherwise(self) -> bool:
        """Whether more than citation, sources and words differ."""
        return None in (self.old, self.new) or not _WORKING.isdisjoint(self.aspects)


@dataclass(frozen=True)
class ParameterChange:
    """A value of a parameter that begins (no old one), ends (no new one) or differs."""

    name: str
    provision: str
    old: ParameterValue | None
    new: ParameterValue | None


@dataclass(frozen=True)
class ProvisionChange:
    """What changed in one provision."""

    name: str
    rules: tuple[RuleChange, ...]
    parameters: tuple[ParameterChange, ...]


@dataclass(frozen=True)
class Difference:
    """What changed from one law to another.

    `gained` can now follow and could not before, `lost` the other way round, as far as the rules' premises
    can follow at all. `besides` names other parts that differ: of the manifest, the words, the sources.
    """

    old: Rulebook
    new: Rulebook
    provisions: tuple[ProvisionChange, ...]
    gained: tuple[Conclusion, ...]
    lost: tuple[Conclusion, ...]
    besides: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        return not (self.provisions or self.gained or self.lost or self.besides)

    @property
    def changed_rules(self) -> frozenset[str]:
        """The ids of rules that may work otherwise: by themselves, or by a parameter that they read."""
        parameters = {change.name for part in self.provisions for change in part.parameters}
        own = {change.rule.id for part in self.provisions for change in part.rules if change.works_otherwise}
        return frozenset(own) | {
            rule.id
            for rule in (*self.old.rules, *self.new.rules)
            if not parameters.isdisjoint(rule.parameters)
        }


# the law of one day


def law_of(rulebook: Rulebook, day: date, by: str = "") -> Rulebook:
    """The law of one day for every case: versions in force on it lose their dates, the others are gone.

    `by` names the date whose versions are picked so; without it every date picks by the day: the law for
    somebody to whom everything happens on that day. Facts of a case stay as they are, and so do dates that a
    condition names. What no version of the day derives never holds. Raises InputError for a day
    whose law is not in the rulebook.
    """
    _refuse_day(rulebook, day, by)
    rules = tuple(_rules_of(rulebook, day, by))
    parameters = {
        name: parameter
        for name, whole in rulebook.parameters.items()
        if (parameter := _on(whole, day, by)).values
    }
    for rule in rules:
        for name in rule.parameters:
            if name not in parameters:
                raise refuse(
                    f"{rule.key} reads {name}, which has no value on {day}",
                    "Choose another day, or add a value to the parameter",
                    rule.place,
                )
    selector, period = rulebook.supported
    return replace(
        rulebook,
        supported=(selector, ALWAYS if by in {"", selector} else period),
        parameters=parameters,
        rules=rules,
        digest=_digest(rulebook, day, by),
    )


def holds(rulebook: Rulebook, day: date, by: str = "") -> bool:
    """Whether the rulebook holds the law of a day, picked by all dates or by one."""
    selector, period = rulebook.supported
    return (not by or by in rulebook.dates) and (by not in {"", selector} or day in period)


def _refuse_day(rulebook: Rulebook, day: date, by: str) -> None:
    if by and by not in rulebook.dates:
        raise refuse(f"{by!r} is not a date that picks a version", nearest(by, rulebook.dates))
    if not holds(rulebook, day, by):
        raise refuse(
            f"The law of {day} is not in the rulebook {rulebook.name!r}",
            f"Give a day within {rulebook.supported[1]}",
        )


def _rules_of(rulebook: Rulebook, day: date, by: str) -> Iterator[Rule]:
    for rule in rulebook.rules:
        if not rule.selector or by not in {"", rule.selector}:
            yield rule
        elif day in rule.period:
            yield replace(rule, selector="", period=ALWAYS)


def _on(parameter: Parameter, day: date, by: str) -> Parameter:
    values = tuple(
        replace(value, period=ALWAYS) if by in {"", value.selector} else value
        for value in parameter.values
        if by not in {"", value.selector} or day in value.period
    )
    return replace(parameter, values=values)


def _digest(rulebook: Rulebook, day: date, by: str) -> str:
    identity = {"rulebook": rulebook.digest, "law_of": day.isoformat(), "by": by or None}
    return hashlib.sha256(rfc8785.dumps(identity)).hexdigest()


def in_force(rule: Rule) -> tuple[str, Period]:
    """The date that picks a version and its days as written, also where `law_of` has taken them off."""
    for name, ends in rule.shape.get("in_force", {}).items():
        first, last = (date.fromisoformat(ends[end]) if ends[end] else None for end in ("first", "last"))
        return name, Period(first, last)
    return "", ALWAYS


# what a rule says, and what can follow


def formula(rule: Rule) -> tuple[Line, ...]:
    """The formula line by line; spacing, quotes and the order of what stands in a list do not matter."""
    shape: Mapping[str, Sequence[str]] = rule.shape
    binds = sorted(f"{variable}: {source}" for variable, source in rule.binds.items())
    lines = [Line("when", text) for text in binds]
    for key in ("where", "unless"):
        lines += sorted(Line(key, _plain(text)) for text in shape.get(key, ()))
    return (*lines, Line("then", _plain(rule.shape["then"])))


def _plain(text: str) -> str:
    return ast.unparse(ast.parse(text.strip(), mode="eval"))


def can_follow(rulebook: Rulebook) -> frozenset[Conclusion]:
    """What some rule concludes whose premises can follow as well."""
    found: set[Conclusion] = set()
    waiting = list(rulebook.rules)
    while ready := [rule for rule in waiting if _premises(rule, rulebook) <= found]:
        found |= {conclusion for rule in ready for conclusion in concluded(rule, rulebook)}
        done = {rule.key for rule in ready}
        waiting = [rule for rule in waiting if rule.key not in done]
    labelled = {predicate for predicate, label in found if label}
    return frozenset(one for one in found if one.label or one.predicate not in labelled)


def concluded(rule: Rule, rulebook: Rulebook) -> Iterator[Conclusion]:
    """What a rule concludes: the predicate of its head, bare and with each label that it may give."""
    predicate = rule.head.predicate
    yield Conclusion(predicate)
    for name, argument in rule.head.arguments:
        options = rulebook.predicates[predicate][name].options
        if isinstance(argument, ex.Constant) and options:
            options = (options[argument.number],)
        yield from (Conclusion(predicate, option) for option in options)


def _premises(rule: Rule, rulebook: Rulebook) -> set[Conclusion]:
    needed = {Conclusion(source) for source in rule.binds.values() if source in rulebook.predicates}
    for atom in rule.atoms:
        needed.add(Conclusion(atom.predicate))
        for _, argument in atom.arguments:
            if isinstance(argument, ex.Constant) and argument.domain.options:
                needed.add(Conclusion(atom.predicate, argument.domain.options[argument.number]))
    return needed


def premises(rule: Rule) -> frozenset[str]:
    """Every name that a rule asks about: what it binds, and the predicates of `where` and `unless`."""
    return frozenset(rule.binds.values()) | {atom.predicate for atom in (*rule.atoms, *rule.unless)}


# two laws beside each other


def compare(old: Rulebook, new: Rulebook) -> Difference:
    """What changed from one rulebook, or the law of one day, to another."""
    rules = list(_rule_changes(old, new))
    parameters = list(_parameter_changes(old, new))
    names = {change.rule.provision for change in rules} | {change.provision for change in parameters}
    before, after = can_follow(old), can_follow(new)
    return Difference(
        old=old,
        new=new,
        provisions=tuple(
            ProvisionChange(
                name,
                tuple(change for change in rules if change.rule.provision == name),
                tuple(change for change in parameters if change.provision == name),
            )
            for name in dict.fromkeys((*new.provisions, *old.provisions))
            if name in names
        ),
        gained=tuple(sorted(after - before)),
        lost=tuple(sorted(before - after)),
        besides=tuple(_besides(old, new)),
    )


def _rule_changes(old: Rulebook, new: Rulebook) -> Iterator[RuleChange]:
    before, after = _grouped(old.rules), _grouped(new.rules)
    for name in sorted({*before, *after}):
        for one, other in _paired(before[name], after[name], lambda rule: (rule.selector, rule.period)):
            if one is None or other is None:
                yield RuleChange(one, other)
            elif aspects := tuple(_aspects(one, other, old, new)):
                gone, come = Counter(formula(one)), Counter(formula(other))
                yield RuleChange(
                    one,
                    other,
                    aspects,
                    removed=tuple((gone - come).elements()),
                    added=tuple((come - gone).elements()),
                )


def _grouped(rules: Iterable[Rule]) -> defaultdict[str, list[Rule]]:
    grouped: defaultdict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        grouped[rule.id].append(rule)
    return grouped


def _paired(
    old: Sequence[T], new: Sequence[T], same: Callable[[T], Hashable]
) -> Iterator[tuple[T | None, T | None]]:
    """Versions of the same days beside each other, then what is left in its order."""
    before, after = {same(one): one for one in old}, {same(one): one for one in new}
    yield from ((before[key], after[key]) for key in before if key in after)
    yield from zip_longest(
        (one for key, one in before.items() if key not in after),
        (one for key, one in after.items() if key not in before),
    )


def _aspects(one: Rule, other: Rule, old: Rulebook, new: Rulebook) -> Iterator[Aspect]:
    if one.provision != other.provision:
        yield "provision"
    if (one.selector, one.period) != (other.selector, other.period):
        yield "in_force"
    if Counter(formula(one)) != Counter(formula(other)):
        yield "formula"
    if one.cite != other.cite:
        yield "cite"
    if one.confidence != other.confidence:
        yield "confidence"
    if sorted(one.facts) != sorted(other.facts):
        yield "facts"
    if _rule_words(one.id, old) != _rule_words(one.id, new):
        yield "words"


def _rule_words(name: str, rulebook: Rulebook) -> dict[tuple[str, str], str]:
    return {
        (language, kind): text
        for language, words in rulebook.words.items()
        for kind in KINDS
        if (text := words.text("rules", name, kind))
    }


def _parameter_changes(old: Rulebook, new: Rulebook) -> Iterator[ParameterChange]:
    for name in sorted({*old.parameters, *new.parameters}):
        before, after = old.parameters.get(name), new.parameters.get(name)
        provision = (after or old.parameters[name]).provision
        values, others = before.values if before else (), after.values if after else ()
        for one, other in _paired(values, others, lambda value: (value.selector, value.period)):
            if one is None or other is None or _worth(one) != _worth(other):
                yield ParameterChange(name, provision, one, other)


def _worth(value: ParameterValue) -> tuple[object, ...]:
    return value.selector, value.period, value.number, value.cite, value.confidence


def _besides(old: Rulebook, new: Rulebook) -> Iterator[str]:
    for name in ("dates", "orders", "supported", "goal", "outcomes", "outputs", "levers", "moves"):
        if getattr(old, name) != getattr(new, name):
            yield name
    if any(old.sources.get(line) != new.sources.get(line) for line in _cited(old) & _cited(new)):
        yield "sources"
    if {name: one.cite for name, one in old.provisions.items()} != {
        name: one.cite for name, one in new.provisions.items()
    }:
        yield "provisions"
    if {name: one.fact.domains() for name, one in old.sections.items()} != {
        name: one.fact.domains() for name, one in new.sections.items()
    }:
        yield "facts"
    if _other_words(old) != _other_words(new):
        yield "words"


def _cited(rulebook: Rulebook) -> set[str]:
    """The lines of the fact base that rules name."""
    return {line for rule in rulebook.rules for line in rule.facts}


def _other_words(rulebook: Rulebook) -> dict[str, dict[str, object]]:
    return {
        language: {part: said for part, said in words.canonical.items() if part != "rules"}
        for language, words in rulebook.words.items()
    }
