"""What SQL found in a case, read back from the words, relations and flags of a script."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from engine.bodies import Form, Ground
from engine.execution import Fact
from engine.queries import Part, Script
from engine.rulebook import Rulebook


@dataclass(frozen=True)
class Found:
    """What follows in one case: facts and the keys of rules, each with whether certainly."""

    facts: dict[Fact, bool] = field(default_factory=dict)
    fired: dict[str, bool] = field(default_factory=dict)

    def add(self, fact: Fact, certain: bool) -> None:
        self.facts[fact] = self.facts.get(fact, False) or certain

    def labels(self, rulebook: Rulebook) -> dict[str, bool]:
        """The outcomes still possible, each with whether it is certain."""
        found = {
            rulebook.label(rulebook.goal, "kind", arguments[0][1][0]): certain
            for (predicate, arguments), certain in self.facts.items()
            if predicate == rulebook.goal
        }
        return {label: found[label] for label in rulebook.outcomes if label in found}


@dataclass(frozen=True, eq=False)
class Reader:
    """Reads the results of a script as facts and fired rules."""

    script: Script

    @cached_property
    def rulebook(self) -> Rulebook:
        return self.script.bodies.program.rulebook

    def read(self, part: Part, rows: Iterable[Sequence[int]], cases: Sequence[Found]) -> None:
        """Add what the rows of a part say to what was found in their cases."""
        for number, *numbers in rows:
            case = cases[number]
            if part.kind == "answer":
                facts, fired = self.pattern(numbers[: len(self.script.words)])
                case.fired.update(fired)
                for fact, certain in facts.items():
                    case.add(fact, certain)
            elif part.kind == "relation":
                fact, certain = self.relation(part.name, numbers)
                case.add(fact, certain)
            else:
                for fact, certain in self.flags(part.name, numbers):
                    case.add(fact, certain)

    def pattern(self, words: Sequence[int]) -> tuple[Mapping[Fact, bool], Mapping[str, bool]]:
        """The facts and the rules that the words of a case tell of."""
        facts: dict[Fact, bool] = {}
        fired: dict[str, bool] = {}
        for name, word in zip(self.script.words, words, strict=True):
            for key, certain in self._word(name, word):
                fired[key] = fired.get(key, False) or certain
                rule = self.rulebook.by_key[key]
                form = self.script.bodies.forms[rule.head.predicate]
                if rule.constant_fact and not form.relation:
                    facts[rule.constant_fact] = facts.get(rule.constant_fact, False) or certain
        return facts, fired

    @lru_cache(maxsize=100_000)  # noqa: B019
    def _word(self, name: str, word: int) -> tuple[tuple[str, bool], ...]:
        return tuple(told for place, told in enumerate(self.script.words[name]) if word >> place & 1)

    def relation(self, predicate: str, numbers: Sequence[int]) -> tuple[Fact, bool]:
        """The fact that a row of a relation says: a rule, the ends of the arguments, must."""
        names = self.script.bodies.arguments(predicate)
        ends = numbers[1 : 1 + 2 * len(names)]
        worth = zip(ends[::2], ends[1::2], strict=True)
        return (predicate, tuple(zip(names, worth, strict=True))), bool(numbers[len(ends) + 1])

    def flags(self, source: str, numbers: Sequence[int]) -> Iterator[tuple[Fact, bool]]:
        """The facts that the flags of a listed fact say: its serial, then must and may of each."""
        serial, *flags = numbers
        grounds = [(form, ground) for form in self.script.bodies.borne_by(source) for ground in form.grounds]
        for (form, ground), must, may in zip(grounds, flags[::2], flags[1::2], strict=False):
            if may:
                yield self._borne(form, ground, serial), bool(must)

    def _borne(self, form: Form, ground: Ground, serial: int) -> Fact:
        worth = {**dict(ground), form.reference: serial}
        names = self.script.bodies.arguments(form.predicate)
        return form.predicate, tuple((name, (worth[name], worth[name])) for name in names)
