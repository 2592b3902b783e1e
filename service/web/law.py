"""The pages of the rules: every provision along the years, and each rule with its versions."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cache, cached_property
from importlib.resources import as_file, files
from typing import Any
from urllib.parse import quote, urlencode

import yaml

from cases.files import find_cases
from engine.difference import Conclusion, concluded, in_force, premises
from engine.documents import read_all
from engine.periods import Period
from engine.rulebook import Parameter, Rule, Rulebook
from rules.speech import LawSpeaker
from service.rules_sql import RulesSql
from service.web.visit import View
from service.web.words import words

PATH = "/rules"
WIDTH = 720
NEAR = 5
LONG = 40
_WRITTEN = ("rule", "cite", "facts", "confidence", "in_force", "when", "where", "unless", "then")


@dataclass(frozen=True)
class Bar:
    """A version along the years: where it begins and how wide it is, in the units of the drawing."""

    x: float
    width: float
    text: str
    now: bool


@dataclass(frozen=True)
class Axis:
    """The years of a rulebook: `ticks` are where the years begin, `day` is where the day asked for lies."""

    first: int
    last: int
    ticks: Sequence[tuple[float, int]]
    day: float | None

    @classmethod
    def of(cls, rulebook: Rulebook, on: date | None) -> "Axis":
        """From the first to the last year that a version of the rulebook begins or ends in, and one more."""
        _, supported = rulebook.supported
        periods = [supported, *(in_force(rule)[1] for rule in rulebook.rules)]
        years = [day.year for period in periods for day in (period.first, period.last) if day]
        low = supported.first.year if supported.first else min(years, default=2000)
        first, last = date(low, 1, 1).toordinal(), date(max(years, default=low) + 1, 12, 31).toordinal()
        span = range(low, date.fromordinal(last).year + 1)
        axis = cls(first, last, (), None)
        ticks = [(axis.x(date(year, 1, 1).toordinal()), year) for year in span]
        within = on is not None and first <= on.toordinal() <= last
        return cls(first, last, ticks, axis.x(on.toordinal()) if on and within else None)

    def x(self, day: int) -> float:
        bounded = min(max(day, self.first), self.last + 1)
        return round(WIDTH * (bounded - self.first) / (self.last + 1 - self.first), 1)

    def ends(self, period: Period, supported: Period) -> tuple[float, float]:
        """Where a period begins and ends; an open beginning is that of the supported law."""
        first = period.first or supported.first or date.min
        return self.x(first.toordinal()), self.x((period.last or date.max).toordinal() + 1)


@dataclass(frozen=True)
class Link:
    """A place to go to, its words, and a note."""

    href: str
    label: str
    note: str = ""


@dataclass(frozen=True)
class Example:
    """A case file that names a rule."""

    title: str
    outcome: str


@dataclass(frozen=True)
class Examples:
    """The examples in which a rule fires, and those in which it stays silent."""

    fires: Sequence[Example] = ()
    silent: Sequence[Example] = ()


@cache
def examples() -> Mapping[str, Examples]:
    """The examples by rule, as the case files expect them; nothing is run."""
    found: dict[str, dict[str, list[Example]]] = defaultdict(lambda: {"fires": [], "silent": []})
    with as_file(files("cases")) as folder:
        documents = [document.data for path in find_cases(folder) for document in read_all(path)]
    for data in documents:
        expected = data.get("expect") if isinstance(data, dict) else None
        if isinstance(expected, dict):
            example = Example(str(data.get("title", "")), str(expected.get("outcome", "")))
            for kind in ("fires", "silent"):
                for rule in expected.get(kind, ()):
                    found[rule][kind].append(example)
    return {rule: Examples(**kinds) for rule, kinds in found.items()}


def formula(rule: Rule) -> str:
    """A version as YAML, with its dates as a rulebook writes them."""
    selector, period = in_force(rule)
    shape = dict(rule.shape) | ({"in_force": {selector: str(period)}} if selector else {})
    whole = {key: shape[key] for key in _WRITTEN if key in shape}
    return yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=1_000)


class LawPages:
    """The pages of all rulebooks, which are loaded when the first of them is asked for."""

    def __init__(self, rulebooks: Callable[[], Sequence[Rulebook]]) -> None:
        self._load = rulebooks

    @cached_property
    def rulebooks(self) -> Sequence[Rulebook]:
        return tuple(self._load())

    @cached_property
    def sql(self) -> Mapping[str, RulesSql]:
        """What writes the rules of each rulebook as SQL, by its name."""
        return {rulebook.name: RulesSql(rulebook) for rulebook in self.rulebooks}

    def index(self, language: str, on: str) -> View:
        """Every rule by provision, or those in force on a day."""
        asked = Asked.read(on)
        pages = [_Page(rulebook, language, asked, self.within(rulebook)) for rulebook in self.rulebooks]
        context = {"shelves": [page.shelf() for page in pages], "path": PATH}
        return self.view("rules.html", language, asked, context)

    def rule(self, name: str, language: str, on: str, within: str = "") -> View:
        """One rule; where there is none of that name, the nearest ones. `within` names its rulebook."""
        asked = Asked.read(on)
        for rulebook in sorted(self.rulebooks, key=lambda one: one.name != within):
            if versions := [rule for rule in rulebook.rules if rule.id == name]:
                page = _Page(rulebook, language, asked, self.within(rulebook))
                context = {"rule": page.rule(versions, self.sql[rulebook.name]), "path": f"{PATH}/{name}"}
                return self.view("rule.html", language, asked, context, within)
        return self.missing(name, language)

    def missing(self, name: str, language: str) -> View:
        near: list[Link] = []
        for rulebook in self.rulebooks:
            page = _Page(rulebook, language, Asked(), self.within(rulebook))
            ids = sorted({rule.id for rule in rulebook.rules})
            near += [page.link_to(rulebook, one) for one in get_close_matches(name, ids, NEAR, 0.5)]
        shown = name if len(name) <= LONG else name[:LONG] + "…"
        context = {"name": shown, "near": near, "path": PATH}
        return View("rules-missing.html", context, 404)

    def within(self, rulebook: Rulebook) -> frozenset[str]:
        """The rules of a rulebook whose names another, earlier one has as well."""
        earlier = self.rulebooks[: self.rulebooks.index(rulebook)]
        others = {rule.id for one in earlier for rule in one.rules}
        return frozenset(rule.id for rule in rulebook.rules if rule.id in others)

    def view(
        self, template: str, language: str, asked: "Asked", context: dict[str, Any], within: str = ""
    ) -> View:
        wrong = [("on", words(language)["rules"]["no_day"])] if asked.wrong else []
        other = "ko" if language == "en" else "en"
        more = {"in": within} if within else {}
        common = {
            "on": asked.text,
            "within": within,
            "wrong": wrong,
            "other_query": query(other, asked, **more),
            "whole": query(language, Asked(), **more),
        }
        return View(template, {**common, **context}, 400 if asked.wrong else 200)


@dataclass(frozen=True)
class Asked:
    """The day asked for: as it was typed, and as a day where it is one."""

    text: str = ""
    day: date | None = None

    @property
    def wrong(self) -> bool:
        return bool(self.text) and self.day is None

    @classmethod
    def read(cls, text: str) -> "Asked":
        text = text.strip()[:LONG]
        try:
            return cls(text, date.fromisoformat(text))
        except ValueError:
            return cls(text)


def query(language: str, asked: Asked, **more: str) -> str:
    """The query of an address: the language where it is not Korean, and the day asked for."""
    said = {"lang": "en" if language == "en" else "", "on": asked.text, **more}
    said = {name: text for name, text in said.items() if text}
    return f"?{urlencode(said)}" if said else ""


class _Page:
    """What the templates are given of one rulebook; `doubled` are rule names that need its name as well."""

    def __init__(self, rulebook: Rulebook, language: str, asked: Asked, doubled: frozenset[str]) -> None:
        self.rulebook = rulebook
        self.language = language
        self.asked = asked
        self.doubled = doubled
        self.speaker = LawSpeaker(rulebook, language, asked.day)
        self.axis = Axis.of(rulebook, asked.day)
        self.words: Mapping[str, Any] = words(language)["rules"]

    def shelf(self) -> dict[str, Any]:
        """A rulebook: its provisions with the rules asked for."""
        sections = [] if self.outside else [self.section(name) for name in self.in_order()]
        return {
            "name": self.rulebook.name,
            "title": self.title,
            "digest": self.rulebook.digest,
            "supported": self.speaker.picked(*self.rulebook.supported),
            "outside": self.outside,
            "axis": self.axis,
            "sections": [section for section in sections if section["rules"] or section["parameters"]],
        }

    @property
    def outside(self) -> bool:
        """Whether the rulebook lacks the law of the day asked for."""
        return self.asked.day is not None and self.asked.day not in self.rulebook.supported[1]

    @property
    def title(self) -> str:
        return str(self.words["rulebooks"].get(self.rulebook.name, self.rulebook.name))

    def in_order(self) -> list[str]:
        """The provisions as the words list them: as a reader would ask."""
        told = list(self.speaker.words.part("provisions"))
        return sorted(
            self.rulebook.provisions, key=lambda name: told.index(name) if name in told else len(told)
        )

    def section(self, name: str) -> dict[str, Any]:
        grouped: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rulebook.rules:
            if rule.provision == name and self.asked_for(in_force(rule)[1]):
                grouped[rule.id].append(rule)
        return {
            "id": f"{self.rulebook.name}-{name}",
            "title": self.speaker.provision(name),
            "cite": self.speaker.cite(self.rulebook.provisions[name].cite),
            "rules": [self.line(versions) for versions in grouped.values()],
            "parameters": [
                self.parameter(one)
                for one in self.rulebook.parameters.values()
                if one.provision == name and any(self.asked_for(value.period) for value in one.values)
            ],
        }

    def asked_for(self, period: Period) -> bool:
        return self.asked.day is None or self.asked.day in period

    def line(self, versions: Sequence[Rule]) -> dict[str, Any]:
        rule = versions[-1]
        return {
            "link": self.link(rule.id),
            "says": self.speaker.rule(rule),
            "cites": list(dict.fromkeys(self.speaker.cite(one.cite) for one in versions)),
            "bars": [self.bar(one) for one in versions],
        }

    def bar(self, rule: Rule) -> Bar:
        _, period = in_force(rule)
        first, last = self.axis.ends(period, self.rulebook.supported[1])
        now = self.asked.day is not None and not self.outside and self.asked.day in period
        return Bar(first, round(max(last - first, 2), 1), self.speaker.version(rule), now)

    def parameter(self, parameter: Parameter) -> dict[str, Any]:
        return {
            "name": self.speaker.parameter(parameter.name),
            "values": [
                {
                    "worth": self.speaker.worth(value.number),
                    "when": self.speaker.picked(value.selector, value.period),
                    "cite": self.speaker.cite(value.cite),
                    "confidence": value.confidence,
                }
                for value in parameter.values
                if self.asked_for(value.period)
            ],
        }

    def link(self, name: str) -> Link:
        more = {"in": self.rulebook.name} if name in self.doubled else {}
        return Link(f"{PATH}/{quote(name)}{query(self.language, self.asked, **more)}", name)

    def link_to(self, rulebook: Rulebook, name: str) -> Link:
        rule = next(rule for rule in rulebook.rules if rule.id == name)
        link = self.link(name)
        return Link(link.href, name, self.speaker.rule(rule))

    # one rule

    def rule(self, versions: Sequence[Rule], sql: RulesSql) -> dict[str, Any]:
        rule = versions[-1]
        provision = self.rulebook.provisions[rule.provision]
        known = examples().get(rule.id, Examples())
        parameters = dict.fromkeys(name for one in versions for name in one.parameters)
        anchor = f"{PATH}{query(self.language, self.asked)}#{self.rulebook.name}-{rule.provision}"
        return {
            "id": rule.id,
            "shelf": self.title,
            "provision": Link(anchor, self.speaker.provision(rule.provision)),
            "cite": self.speaker.cite(provision.cite),
            "concludes": ", ".join(dict.fromkeys(self.conclusions(versions))),
            "holds": self.speaker.rule(rule),
            "fails": self.speaker.rule(rule, "fails"),
            "axis": self.axis,
            "bars": [self.bar(one) for one in versions],
            "versions": [self.version(one, place, sql) for place, one in enumerate(versions, start=1)],
            "outside": self.outside,
            "supported": self.speaker.picked(*self.rulebook.supported),
            "in_force": any(self.bar(one).now for one in versions),
            "parameters": [self.parameter(self.rulebook.parameters[name]) for name in parameters],
            "used_by": list(self.used_by(rule)),
            "examples": {"fires": self.told(known.fires), "silent": self.told(known.silent)},
        }

    def conclusions(self, versions: Sequence[Rule]) -> Iterator[str]:
        for rule in versions:
            found = list(concluded(rule, self.rulebook))
            labelled = [one for one in found if one.label]
            yield from (self.speaker.conclusion(one) for one in labelled or found)

    def version(self, rule: Rule, place: int, sql: RulesSql) -> dict[str, Any]:
        return {
            "place": place,
            "when": self.speaker.version(rule),
            "now": self.bar(rule).now,
            "cite": self.speaker.cite(rule.cite),
            "confidence": rule.confidence,
            "reading": "" if rule.confidence == "V" else self.speaker.rule(rule, "reading"),
            "formula": formula(rule),
            "sql": sql.text(rule, self.language),
            "rests_on": list(self.rests_on(rule)),
            "facts": [self.fact_line(line) for line in rule.facts],
        }

    def rests_on(self, rule: Rule) -> Iterator[dict[str, Any]]:
        """What a version asks about, and the rules that give it; `denied` where it must not hold."""
        denied = {atom.predicate for atom in rule.unless}
        for predicate in sorted(premises(rule) & self.rulebook.predicates.keys()):
            rules = dict.fromkeys(one.id for one in self.rulebook.by_predicate[predicate])
            yield {
                "label": self.speaker.conclusion(Conclusion(predicate)),
                "denied": predicate in denied,
                "links": [self.link(name) for name in rules],
            }

    def used_by(self, rule: Rule) -> Iterator[Link]:
        using = [one for one in self.rulebook.rules if rule.head.predicate in premises(one)]
        for name, one in {one.id: one for one in using}.items():
            yield Link(self.link(name).href, name, self.speaker.provision(one.provision))

    def fact_line(self, line: str) -> dict[str, str]:
        source = self.rulebook.sources.get(line, {})
        return {
            "id": line,
            "confidence": str(source.get("confidence", "")),
            "cite": self.speaker.cite(str(source.get("article", ""))),
            "text": str(source.get("text", "")),
        }

    def told(self, found: Sequence[Example]) -> list[Example]:
        """Examples with the titles of their outcomes."""
        title = self.speaker.words.text
        return [Example(one.title, title("outcomes", one.outcome, "title") or one.outcome) for one in found]
