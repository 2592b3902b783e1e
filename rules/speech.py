"""The law itself in words: rules without a case, versions, parameters and what may follow."""

from datetime import date

from engine.difference import Conclusion, in_force
from engine.periods import Period
from engine.rulebook import Rule, Rulebook
from engine.speech import Speaker
from engine.values import Domain
from engine.words import filled, placeholders
from rules.citations import in_korean

_PERIODS = {
    "ko": ("언제나", "{0}부터", "{1}까지", "{0}부터 {1}까지"),
    "en": ("always", "from {0}", "until {1}", "{0} to {1}"),
}
_LEAST_MONEY = 10**6


class LawSpeaker:
    """Speaks of the rules of one rulebook in one language; of parameters with their values `on` a day."""

    def __init__(self, rulebook: Rulebook, language: str, on: date | None = None) -> None:
        self.on = on
        self.rulebook = rulebook
        self.language = language
        self.speaker = Speaker(rulebook, language)
        self.words = self.speaker.words

    def provision(self, name: str) -> str:
        return self.words.text("provisions", name) or name

    def cite(self, cite: str) -> str:
        return in_korean(cite) if self.language == "ko" else cite

    def predicate(self, name: str) -> str:
        return self.words.text("predicates", name) or self.words.text("facts", name, "label") or name

    def conclusion(self, conclusion: Conclusion) -> str:
        """A conclusion by its name; an outcome by its title."""
        predicate, label = conclusion
        title = self.words.text("outcomes", label, "title") if predicate == self.rulebook.goal else ""
        if title or not label:
            return title or self.predicate(predicate)
        named = self.words.part("labels").get(predicate, {}).get(label, label)
        return f"{self.predicate(predicate)}: {named}"

    def rule(self, rule: Rule, kind: str = "holds") -> str:
        """What a rule says where it `holds` or `fails`, or its `reading`; values by name, in brackets."""
        text = self.words.text("rules", rule.id, kind)
        return filled(text, {name: self._named(name, rule) for name in placeholders(text)})

    def _named(self, name: str, rule: Rule) -> str:
        variable, _, field = name.partition(".")
        if not field:
            return self._settled(name)
        source = rule.binds.get(variable, "")
        return f"[{self.words.text('fields', f'{source}.{field}', 'label') or name}]"

    def _settled(self, name: str) -> str:
        """The value of a parameter that has one alone, else its name."""
        parameter = self.rulebook.parameters.get(name)
        values = {
            value.number
            for value in (parameter.values if parameter else ())
            if self.on is None or self.on in value.period
        }
        without_unit = self.parameter(name).partition("(")[0].strip()
        return self.worth(values.pop()) if len(values) == 1 else f"[{without_unit}]"

    def parameter(self, name: str) -> str:
        return self.words.text("parameters", name) or name

    def worth(self, number: int) -> str:
        """A parameter's value: from a million on it is money, below it counts days, months or years."""
        return self.speaker.scalar(number, Domain("won" if number >= _LEAST_MONEY else "int"))

    def version(self, rule: Rule) -> str:
        """When a version is in force, by the date that picks it, as it is written."""
        return self.picked(*in_force(rule))

    def picked(self, selector: str, period: Period) -> str:
        return f"{self.date(selector)} {self.days(period)}" if selector else self.days(period)

    def date(self, selector: str) -> str:
        """The date that picks a version, by the label of its field."""
        source, field = self.rulebook.dates[selector]
        return self.words.text("fields", f"{source}.{field}", "label") or selector

    def days(self, period: Period) -> str:
        always, since, until, both = _PERIODS["ko" if self.language == "ko" else "en"]
        first, last = (self.speaker.day(day) if day else "" for day in (period.first, period.last))
        shape = (both if last else since) if first else (until if last else always)
        return shape.format(first, last)
