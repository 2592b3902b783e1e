"""Rules as SQL with what a reader of it must know, as comments: the text is SQL as a whole."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from engine.bodies import Bodies
from engine.difference import Conclusion, concluded
from engine.program import compile_program
from engine.rulebook import Rule, Rulebook
from engine.selects import relation_table
from engine.sql_text import CASES, Meaning, Readable, Reading, said
from engine.tables import item_table
from engine.values import Domain
from rules.speech import LawSpeaker
from service.language import words


class RulesSql:
    """Writes the rules of one rulebook as SQL, in any language."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    @cached_property
    def reading(self) -> Reading:
        return Reading(Bodies(compile_program(self.rulebook)))

    def text(self, rule: Rule, language: str) -> str:
        """One version of a rule: comments that explain, then the query."""
        readable = self.reading.rule(rule)
        lines = _Explained(rule, readable, self.rulebook, language).lines()
        return "\n".join([*(f"-- {' '.join(line.split())}" for line in lines), f"{readable.text};"])

    def texts(self, rules: Sequence[Rule], language: str) -> str:
        return "\n\n".join(self.text(rule, language) for rule in rules)


class _Explained:
    """What is to be said of a rule, its tables and its columns."""

    def __init__(self, rule: Rule, readable: Readable, rulebook: Rulebook, language: str) -> None:
        self.rule = rule
        self.readable = readable
        self.rulebook = rulebook
        self.speaker = LawSpeaker(rulebook, language)
        self.words = words(language)["sql"]

    def lines(self) -> Iterator[str]:
        rule, speaker = self.rule, self.speaker
        yield f"{rule.id} · {speaker.cite(rule.cite)} · {speaker.version(rule)} · {rule.confidence}"
        yield f"→ {rule.shape['then']}: {speaker.conclusion(self._conclusion())}"
        yield self.words["truth"]
        yield self.words["ends"]
        if rule.confidence == "U":
            yield self.words["unclear"]
        if rule.total:
            yield self.words["summed"].format(argument=rule.total)
        if self.readable.selects > 1:
            yield self.words["several"]
        yield from (self._table(name) for name in self.readable.tables)
        yield from (self._column(one) for one in self.readable.meanings if one.kind != "argument")

    def _conclusion(self) -> Conclusion:
        """What follows, with its label where there is just one."""
        bare, *labelled = concluded(self.rule, self.rulebook)
        return labelled[0] if len(labelled) == 1 else bare

    def _table(self, table: str) -> str:
        if table == CASES:
            return f"{table}: {self.words['cases']}"
        for source, section in self.rulebook.sections.items():
            if section.listed and table == item_table(source):
                return f"{table}: {self.words['listed'].format(fact=self.speaker.predicate(source))}"
        (predicate,) = (name for name in self.rulebook.predicates if table == relation_table(name))
        return f"{table}: {self.words['relation'].format(conclusion=self.speaker.predicate(predicate))}"

    def _column(self, meaning: Meaning) -> str:
        match meaning.kind:
            case "parameter":
                worth = "; ".join(self._worth(meaning.source))
                return f"{meaning.name}: {self.speaker.parameter(meaning.source)}: {worth}"
            case "conclusion":
                means = self.speaker.conclusion(self._flag(meaning))
                return f"{meaning.name}: {self._atom(meaning)}: {means}"
        label = self.speaker.words.text("fields", f"{meaning.source}.{meaning.field}", "label")
        return f"{meaning.name}: {label or meaning.field}"

    def _worth(self, parameter: str) -> Iterator[str]:
        for value in self.rulebook.parameters[parameter].values:
            when = self.speaker.picked(value.selector, value.period)
            yield f"{self.speaker.worth(value.number)} ({when})"

    def _atom(self, meaning: Meaning) -> str:
        """A conclusion as rules write it."""
        signature = self.rulebook.predicates[meaning.source]
        constants = {name: _constant(number, signature[name]) for name, number in meaning.ground}
        shown = (f"{name}={constants.get(name, name)}" for name in signature)
        return f"{meaning.source}({', '.join(shown)})"

    def _flag(self, meaning: Meaning) -> Conclusion:
        signature = self.rulebook.predicates[meaning.source]
        labels = (said(number, signature[name]) for name, number in meaning.ground if signature[name].options)
        return Conclusion(meaning.source, next(labels, ""))


def _constant(number: int, domain: Domain) -> str:
    """A constant as rules write it: labels in quotes."""
    return repr(said(number, domain)) if domain.options else said(number, domain)
