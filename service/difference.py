"""What differs between two laws, as a page in the terminal and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from cases.difference import CaseDifference, Reason, differences
from cases.files import AnyCase
from engine.difference import Conclusion, Difference, ParameterChange, RuleChange, compare, holds, in_force
from engine.errors import Place, Problem, nearest, refuse
from engine.rulebook import ParameterValue, Rule
from rules.advice import LANGUAGES
from rules.compare import law_on
from rules.law import UNDETERMINED, Law, open_law
from rules.speech import LawSpeaker
from service.language import words

NEAREST = 3
_STYLES = {"begins": "green", "ends": "red", "changes": "yellow", "words": "dim"}


@dataclass(frozen=True)
class Compared:
    """Two laws beside each other: what they are called, how they differ, and which cases differ."""

    old: Law
    new: Law
    names: tuple[str, str]
    difference: Difference
    cases: Sequence[CaseDifference] = ()
    ran: int | None = None


def days_beside(
    laws: Sequence[Law], days: tuple[date, date], by: str, language: str
) -> tuple[list[Compared], list[str]]:
    """The laws of two days, rulebook by rulebook, and the names of rulebooks that lack one of them.

    Raises InputError where every rulebook lacks one, or no rulebook knows the date `by`.
    """
    dates = {name for law in laws for name in law.rulebook.dates}
    if by and by not in dates:
        raise refuse(f"{by!r} is not a date that picks a version", nearest(by, dates), Place("--by"))
    known = [law for law in laws if all(holds(law.rulebook, day, by) for day in days)]
    found = []
    for law in known or laws[:1]:
        old, new = (law_on(law, day, by) for day in days)
        names = [law_name(law, day, by, language) for day in days]
        found.append(Compared(old, new, (names[0], names[1]), compare(old.rulebook, new.rulebook)))
    return found, [law.rulebook.name for law in laws if law not in known]


def folders_beside(one: Path, other: Path) -> Compared:
    """Two rulebooks. Raises InputError where one cannot be loaded, or they answer different cases."""
    old, new = open_law(one), open_law(other)
    if old.rulebook.model is not new.rulebook.model:
        message = f"{old.rulebook.name!r} and {new.rulebook.name!r} are different rulebooks"
        raise refuse(message, "Give two folders of the same rulebook", Place(str(other)))
    return Compared(old, new, (str(one), str(other)), compare(old.rulebook, new.rulebook))


def law_name(law: Law, day: date, by: str, language: str) -> str:
    """What the law of a day is called."""
    speaker = LawSpeaker(law.rulebook, language)
    named = str(words(language)["diff"]["day"]).format(day=speaker.speaker.day(day))
    return f"{named} ({speaker.date(by)})" if by else named


def with_cases(compared: Compared, cases: Iterable[AnyCase]) -> tuple[Compared, list[Problem]]:
    """The same two laws with the cases that they answer otherwise, and problems of contradictory cases."""
    found, problems, ran = differences(compared.old, compared.new, cases)
    return replace(compared, cases=found, ran=ran), problems


def show(compared: Compared, language: str, console: Console) -> None:
    """Print what differs, provision by provision, then conclusions, then cases."""
    for line in _Page(compared, language).lines():
        text = line.lstrip(" ")
        console.print(Padding(text, (0, 0, 0, len(line) - len(text)), expand=False) if text else "")


class _Page:
    def __init__(self, compared: Compared, language: str) -> None:
        self.compared = compared
        self.difference = compared.difference
        self.say: dict[str, Any] = words(language)["diff"]
        self.old = LawSpeaker(compared.old.rulebook, language)
        self.new = LawSpeaker(compared.new.rulebook, language)

    def lines(self) -> Iterator[str]:
        one, other = self.compared.names
        name = self.say["rulebooks"].get(self.new.rulebook.name, self.new.rulebook.name)
        heading = self.say["heading"].format(rulebook=name, old=one, new=other)
        yield f"[bold blue]{escape(heading)}[/bold blue]"
        if self.difference.nothing:
            yield f"  {self.say['nothing']}"
        for part in self.difference.provisions:
            provision = self.new.rulebook.provisions.get(part.name) or self.old.rulebook.provisions[part.name]
            speaker = self.new if part.name in self.new.rulebook.provisions else self.old
            cite = escape(speaker.cite(provision.cite))
            yield ""
            yield f"[bold]{escape(speaker.provision(part.name))}[/bold] [dim]{cite}[/dim]"
            for rule in part.rules:
                yield from (f"  {line}" for line in self.rule(rule))
            for parameter in part.parameters:
                yield f"  {self.parameter(parameter)}"
        yield from self.conclusions("gained", self.difference.gained, self.new)
        yield from self.conclusions("lost", self.difference.lost, self.old)
        if self.difference.besides:
            parts = ", ".join(self.say["parts"][name] for name in self.difference.besides)
            yield ""
            yield f"{self.say['besides']}: {parts}"
        yield from self.cases()

    def rule(self, change: RuleChange) -> Iterator[str]:
        rule = change.rule
        speaker = self.old if change.new is None else self.new
        kind = f"[{_STYLES[change.kind]}]{self.say['kinds'][change.kind]}[/{_STYLES[change.kind]}]"
        about = f"{speaker.cite(rule.cite)} · {speaker.version(rule)} · {rule.confidence}"
        yield f"{kind} [bold]{rule.id}[/bold] [dim]{escape(about)}[/dim]"
        yield f"  {escape(speaker.rule(rule) or rule.shape['then'])}"
        if change.old and change.new:
            for aspect in self.say["aspects"]:
                if aspect in change.aspects:
                    before, after = (
                        escape(self.aspect(one, aspect, by))
                        for one, by in ((change.old, self.old), (change.new, self.new))
                    )
                    yield f"  {self.say['aspects'][aspect]}: {before} → {after}"
        for line in change.removed:
            yield f"  [red]- {line.key} {escape(line.text)}[/red]"
        for line in change.added:
            yield f"  [green]+ {line.key} {escape(line.text)}[/green]"

    def aspect(self, rule: Rule, aspect: str, speaker: LawSpeaker) -> str:
        match aspect:
            case "provision":
                return speaker.provision(rule.provision)
            case "in_force":
                return speaker.version(rule)
            case "cite":
                return speaker.cite(rule.cite)
            case "facts":
                return ", ".join(rule.facts)
        return rule.confidence

    def parameter(self, change: ParameterChange) -> str:
        old, new = self.value(change.old, self.old), self.value(change.new, self.new)
        name = self.new.parameter(change.name)
        return f"[bold]{escape(name)}[/bold] {escape(old)} → {escape(new)}"

    def value(self, value: ParameterValue | None, speaker: LawSpeaker) -> str:
        if value is None:
            return str(self.say["none"])
        about = [speaker.cite(value.cite), value.confidence]
        if value.period.first or value.period.last:
            about.insert(0, speaker.picked(value.selector, value.period))
        return f"{speaker.worth(value.number)} ({' · '.join(about)})"

    def conclusions(self, key: str, found: Iterable[Conclusion], speaker: LawSpeaker) -> Iterator[str]:
        named = [f"  {escape(speaker.conclusion(one))} [dim]{one}[/dim]" for one in found]
        if named:
            yield ""
            yield f"[bold]{self.say[key]}[/bold]"
            yield from named

    def cases(self) -> Iterator[str]:
        if self.compared.ran is None:
            return
        told = self.say["cases"].format(ran=self.compared.ran, found=len(self.compared.cases))
        yield ""
        yield f"[bold]{told}[/bold]"
        for one in self.compared.cases:
            yield ""
            yield f"[bold]{escape(one.case.name)}[/bold] [dim]{escape(str(one.case.place))}[/dim]"
            if one.case.title:
                yield f"  {escape(one.case.title)}"
            yield f"  {escape(self.answers(one))}"
            for key, found, speaker in (
                ("follows", one.gained, self.new),
                ("ceases", one.lost, self.old),
                ("altered", one.altered, self.new),
            ):
                if names := self.shown(found, speaker):
                    yield f"  {self.say[key].format(names=escape(names))}"
            yield from (f"  {line}" for line in self.reasons(one.reasons))

    def answers(self, one: CaseDifference) -> str:
        if one.possible[0] == one.possible[1]:
            return f"{self.outcome(one, 0, self.old)} ({self.say['same']})"
        return f"{self.outcome(one, 0, self.old)} → {self.outcome(one, 1, self.new)}"

    def outcome(self, one: CaseDifference, side: int, speaker: LawSpeaker) -> str:
        title = speaker.words.text("outcomes", one.outcomes[side], "title") or one.outcomes[side]
        if one.outcomes[side] != UNDETERMINED:
            return title
        goal = speaker.rulebook.goal
        return (
            f"{title} ({' / '.join(speaker.conclusion(Conclusion(goal, it)) for it in one.possible[side])})"
        )

    def shown(self, found: Iterable[Conclusion], speaker: LawSpeaker) -> str:
        """The conclusions that people see, but the outcome, which stands above."""
        rulebook = speaker.rulebook
        seen = [one for one in found if one.predicate in rulebook.outputs and one.predicate != rulebook.goal]
        return ", ".join(speaker.conclusion(one) for one in seen)

    def reasons(self, reasons: Sequence[Reason]) -> Iterator[str]:
        """The changed rules and those nearest to the outcome; the others are counted."""
        told = [one for place, one in enumerate(reasons) if one.changed or place < NEAREST]
        for one in told:
            speaker = self.old if one.law == "old" else self.new
            mark = f" [yellow]({self.say['changed']})[/yellow]" if one.changed else ""
            says = escape(speaker.rule(one.rule) or one.rule.id)
            cite = escape(f"{speaker.cite(one.rule.cite)} · {one.rule.id}")
            yield f"• {self.say['law'][one.law]}: {says} [dim]{cite}[/dim]{mark}"
        if len(reasons) > len(told):
            yield f"[dim]{self.say['more'].format(count=len(reasons) - len(told))}[/dim]"


def as_data(compared: Compared) -> dict[str, Any]:
    """What differs as plain data, with its words in both languages."""
    return _Data(compared).whole()


class _Data:
    def __init__(self, compared: Compared) -> None:
        self.compared = compared
        self.old = {language: LawSpeaker(compared.old.rulebook, language) for language in LANGUAGES}
        self.new = {language: LawSpeaker(compared.new.rulebook, language) for language in LANGUAGES}

    def whole(self) -> dict[str, Any]:
        compared, difference = self.compared, self.compared.difference
        found: dict[str, Any] = {
            "rulebook": compared.new.rulebook.name,
            "old": {"law": compared.names[0], "digest": compared.old.rulebook.digest},
            "new": {"law": compared.names[1], "digest": compared.new.rulebook.digest},
            "provisions": [
                {
                    "provision": part.name,
                    "rules": [self.rule(change) for change in part.rules],
                    "parameters": [self.parameter(change) for change in part.parameters],
                }
                for part in difference.provisions
            ],
            "gained": [self.conclusion(one, self.new) for one in difference.gained],
            "lost": [self.conclusion(one, self.old) for one in difference.lost],
            "besides": list(difference.besides),
        }
        if compared.ran is not None:
            found |= {"ran": compared.ran, "cases": [self.case(one) for one in compared.cases]}
        return found

    def rule(self, change: RuleChange) -> dict[str, Any]:
        speakers = self.old if change.new is None else self.new
        return {
            "rule": change.rule.id,
            "kind": change.kind,
            "aspects": list(change.aspects),
            "old": _version(change.old),
            "new": _version(change.new),
            "removed": [line._asdict() for line in change.removed],
            "added": [line._asdict() for line in change.added],
            "words": {language: speaker.rule(change.rule) for language, speaker in speakers.items()},
        }

    def parameter(self, change: ParameterChange) -> dict[str, Any]:
        return {
            "parameter": change.name,
            "old": _value(change.old),
            "new": _value(change.new),
            "words": {language: speaker.parameter(change.name) for language, speaker in self.new.items()},
        }

    def conclusion(self, one: Conclusion, speakers: dict[str, LawSpeaker]) -> dict[str, Any]:
        said = {language: speaker.conclusion(one) for language, speaker in speakers.items()}
        return {"conclusion": str(one), "words": said}

    def case(self, one: CaseDifference) -> dict[str, Any]:
        sides = zip(("old", "new"), one.outcomes, one.possible, strict=True)
        return {
            "case": one.case.name,
            "title": one.case.title,
            **{side: {"outcome": outcome, "possible": list(possible)} for side, outcome, possible in sides},
            "gained": [str(conclusion) for conclusion in one.gained],
            "lost": [str(conclusion) for conclusion in one.lost],
            "altered": [str(conclusion) for conclusion in one.altered],
            "reasons": [self.reason(reason) for reason in one.reasons],
        }

    def reason(self, reason: Reason) -> dict[str, Any]:
        speakers = self.old if reason.law == "old" else self.new
        return {
            "rule": reason.rule.id,
            "cite": reason.rule.cite,
            "fires_in": reason.law,
            "changed": reason.changed,
            "words": {language: speaker.rule(reason.rule) for language, speaker in speakers.items()},
        }


def _version(rule: Rule | None) -> dict[str, Any] | None:
    if rule is None:
        return None
    selector, period = in_force(rule)
    return {
        "cite": rule.cite,
        "confidence": rule.confidence,
        "facts": list(rule.facts),
        "picked_by": selector or None,
        "in_force": str(period),
    }


def _value(value: ParameterValue | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {"value": value.number, "cite": value.cite, "confidence": value.confidence}
