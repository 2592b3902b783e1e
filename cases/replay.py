"""History again: published results and court decisions under two laws, and which rules tell them apart."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from cases.difference import CaseDifference, Reason, fired, standings
from cases.files import AnyCase, CaseFile, placed, readable_below
from cases.published import read_published
from cases.published.survey import NAME, RESULTS
from engine.difference import Conclusion, formula, premises
from engine.errors import InputError, Problem
from engine.rows import Rows
from engine.rulebook import Rule, Rulebook
from engine.values import UNKNOWN
from engine.worlds import Answer, answer
from rules.advice import refuse_contradiction
from rules.facts import EmploymentCase
from rules.law import UNDETERMINED, Law

RUNS = 16
ROW_RUNS = 1
COURT = Path(__file__).parent / "court"


@dataclass(frozen=True)
class Event:
    """A case of history: what was decided of it ('' where nothing is told), and how many worlds are tried."""

    case: AnyCase
    decided: str = ""
    runs: int = RUNS


class Side(NamedTuple):
    """What one law says of a case."""

    outcome: str
    possible: tuple[str, ...]


@dataclass(frozen=True)
class Replayed:
    """A case under the old law and the new; `difference` is None where they say the same."""

    event: Event
    before: Side
    after: Side
    difference: CaseDifference | None = None

    @property
    def moved(self) -> bool:
        """Whether the outcome, or what is still possible, changed."""
        return self.before != self.after

    @property
    def changed(self) -> tuple[Reason, ...]:
        """The rules that make the difference and themselves differ for this case."""
        return tuple(one for one in self.difference.reasons if one.changed) if self.difference else ()


@dataclass(frozen=True)
class RuleTally:
    """A rule that makes a difference, the law in which it fires (more surely), and in how many cases.

    `changed` says that it works otherwise for those cases; what else fires otherwise only follows. `moved`
    counts the cases whose outcome it may have moved.
    """

    rule: Rule
    law: Literal["old", "new", "both"]
    changed: bool
    cases: int
    moved: int


@dataclass(frozen=True)
class Replay:
    """Cases of one kind under the law of each case's own day and, where there is one, under a new law."""

    old: Law
    new: Law | None
    replayed: tuple[Replayed, ...]

    @property
    def differing(self) -> tuple[Replayed, ...]:
        return tuple(one for one in self.replayed if one.difference)

    @property
    def moved(self) -> tuple[Replayed, ...]:
        return tuple(one for one in self.replayed if one.moved)

    @property
    def matrix(self) -> Counter[tuple[str, str]]:
        """How many cases by their outcome before and after."""
        return Counter((one.before.outcome, one.after.outcome) for one in self.replayed)

    @property
    def decided(self) -> Counter[tuple[str, str]]:
        """How many cases by what was decided and what the new law, or the only one, says."""
        return Counter((one.event.decided, one.after.outcome) for one in self.replayed)

    def possible(self) -> Iterator[tuple[str, int, int]]:
        """Each outcome, with the number of cases in which it is possible before and after."""
        before = Counter(outcome for one in self.replayed for outcome in one.before.possible)
        after = Counter(outcome for one in self.replayed for outcome in one.after.possible)
        for outcome in self.old.rulebook.outcomes:
            yield outcome, before[outcome], after[outcome]

    def rules(self) -> list[RuleTally]:
        """The rules that make a difference: changed ones first, then those that fire otherwise most often."""
        found: defaultdict[tuple[str, str, bool], list[tuple[Reason, Replayed]]] = defaultdict(list)
        for one in self.differing:
            for reason in one.difference.reasons if one.difference else ():
                found[reason.rule.id, reason.law, reason.changed].append((reason, one))
        asked = resting_on([law.rulebook for law in (self.old, self.new) if law], [self.old.rulebook.goal])
        tallies = [
            RuleTally(
                rule=places[0][0].rule,
                law=places[0][0].law,
                changed=changed,
                cases=len(places),
                moved=sum(one.moved for _, one in places) if name in asked else 0,
            )
            for (name, _, changed), places in found.items()
        ]
        return sorted(
            tallies, key=lambda one: (not one.changed, -one.moved, -one.cases, one.rule.id, one.law)
        )

    def conclusions(self) -> list[tuple[Conclusion, int, int]]:
        """What people see that follows now or no longer: in how many cases it is gained, and lost."""
        seen = set(self.old.rulebook.outputs)
        gained: Counter[Conclusion] = Counter()
        lost: Counter[Conclusion] = Counter()
        for one in self.replayed:
            if one.difference:
                gained.update(found for found in one.difference.gained if found.predicate in seen)
                lost.update(found for found in one.difference.lost if found.predicate in seen)
        return sorted(
            ((one, gained[one], lost[one]) for one in gained.keys() | lost.keys()),
            key=lambda found: (-found[1] - found[2], found[0]),
        )


def history() -> tuple[list[Event], list[Problem]]:
    """Every published result, and the court decisions."""
    found, problems = published(RESULTS)
    court, others = below(COURT)
    return [*found, *court], [*problems, *others]


def published(table: Path) -> tuple[list[Event], list[Problem]]:
    """The results of a table; so little is known of each that it is looked at whole, not world by world."""
    rows, problems = read_published(table)
    return [
        Event(
            CaseFile[EmploymentCase](row.id, row.title, row.note, row.source, row.facts, None, row.place),
            row.decision,
            ROW_RUNS,
        )
        for row in rows
    ], problems


def below(path: Path) -> tuple[list[Event], list[Problem]]:
    """The cases of a file or of every file below a folder."""
    cases, problems = readable_below(path)
    return [Event(case) for case in cases], problems


def replay(old: Law, new: Law | None, events: Iterable[Event]) -> tuple[Replay, list[Problem]]:
    """Answer each case of the laws' kind under both, equal facts once; contradictory cases are problems."""
    stage = _Stage(old, new)
    replayed: list[Replayed] = []
    problems: list[Problem] = []
    for event in events:
        if not isinstance(event.case.facts, old.rulebook.model):
            continue
        try:
            refuse_contradiction(event.case.facts)
        except InputError as error:
            problems += placed(error.problems, event.case)
            continue
        replayed.append(stage.replayed(event))
    return Replay(old, new, tuple(replayed)), problems


def resting_on(rulebooks: Iterable[Rulebook], names: Iterable[str]) -> frozenset[str]:
    """The ids of the rules that some predicates may rest on."""
    rules = [rule for rulebook in rulebooks for rule in rulebook.rules]
    asked = set(names)
    while more := {name for rule in rules if rule.head.predicate in asked for name in premises(rule)} - asked:
        asked |= more
    return frozenset(rule.id for rule in rules if rule.head.predicate in asked)


class _Stage:
    """Answers cases under both laws and tells the answers apart."""

    def __init__(self, old: Law, new: Law | None) -> None:
        self.old = old
        self.new = new
        self.says = {law.rulebook.digest: _formulas(law.rulebook) for law in (old, new) if law}
        self.known: dict[tuple[str, int], Replayed] = {}

    def replayed(self, event: Event) -> Replayed:
        key = self.key(event)
        if key not in self.known:
            self.known[key] = self.answered(event)
        found = self.known[key]
        difference = found.difference and replace(found.difference, case=event.case)
        return replace(found, event=event, difference=difference)

    def key(self, event: Event) -> tuple[str, int]:
        """Names of employers are no facts that a rule reads."""
        facts = event.case.facts
        if isinstance(facts, EmploymentCase):
            facts = facts.with_value(NAME, UNKNOWN)
        return facts.model_dump_json(), event.runs

    def answered(self, event: Event) -> Replayed:
        before = answer(self.old.executor, event.case.facts, event.runs)
        if self.new is None:
            return Replayed(event, _side(before), _side(before))
        after = answer(self.new.executor, event.case.facts, event.runs)
        return Replayed(
            event, _side(before), _side(after), self.difference(event.case, self.new, before, after)
        )

    def difference(self, case: AnyCase, new: Law, before: Answer, after: Answer) -> CaseDifference | None:
        then, now = standings(before, self.old.rulebook), standings(after, new.rulebook)
        if then == now and before.outcomes == after.outcomes:
            return None
        return CaseDifference(
            case=case,
            outcomes=(_side(before).outcome, _side(after).outcome),
            possible=(before.outcomes, after.outcomes),
            gained=tuple(sorted(now.keys() - then.keys())),
            lost=tuple(sorted(then.keys() - now.keys())),
            altered=tuple(sorted(one for one in then.keys() & now.keys() if then[one] != now[one])),
            reasons=tuple(self.reasons(new, before, after)),
        )

    def reasons(self, new: Law, before: Answer, after: Answer) -> Iterator[Reason]:
        """What fires in one law only, or more surely; and changed rules that fire in both."""
        then, now = fired(before), fired(after)
        old_sayings = self.sayings(self.old, before.base.conclusions.given)
        new_sayings = self.sayings(new, after.base.conclusions.given)
        versions = {rule.id: rule for rule in (*self.old.rulebook.rules, *new.rulebook.rules)}
        for name in sorted(then.keys() | now.keys()):
            law = _law(then.get(name), now.get(name))
            changed = old_sayings.get(name) != new_sayings.get(name)
            if changed or law != "both":
                yield Reason(versions[name], law, changed)

    def sayings(self, law: Law, given: Rows) -> Mapping[str, set[Hashable]]:
        """What each rule may say on the days of a case: its versions in force, with their parameters."""
        found: defaultdict[str, set[Hashable]] = defaultdict(set)
        for rule, says in self.says[law.rulebook.digest]:
            if _may_be_in_force(rule, law.rulebook, given):
                found[rule.id].add((says, *(given.parameters[name] for name in rule.parameters)))
        return found


def _formulas(rulebook: Rulebook) -> list[tuple[Rule, Hashable]]:
    return [(rule, (formula(rule), rule.confidence)) for rule in rulebook.rules]


def _may_be_in_force(rule: Rule, rulebook: Rulebook, given: Rows) -> bool:
    if not rule.selector:
        return True
    source, name = rulebook.dates[rule.selector]
    first, last = rule.period.numbers
    return any(low <= last and first <= high for low, high in (row.values[name] for row in given.of(source)))


def _law(then: bool | None, now: bool | None) -> Literal["old", "new", "both"]:
    """In which law a rule fires more surely; None stands for not at all."""
    if then == now:
        return "both"
    return "new" if then is None or (now and not then) else "old"


def _side(found: Answer) -> Side:
    return Side(found.outcome or UNDETERMINED, found.outcomes)
