"""The report of a replay as one page that stands alone: no script, no other file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cases.population import model
from cases.record import record
from cases.replay import RUNS, Replay, Replayed, RuleTally
from cases.simulation import DAYS, FIRST, SERVICES, THREE_YEARS, Effect, Simulation, Turn
from engine import VERSION
from engine.speech import Speaker
from rules.law import UNDETERMINED, Law, employment
from rules.speech import LawSpeaker
from service.replay.charts import Chart, Series, shown
from service.replay.report import Names, Report, months, rate_per_cent
from service.replay.words import words

FOLDER = Path(__file__).parent
STYLES = (FOLDER.parent / "web" / "static" / "style.css", FOLDER / "report.css")
MOST_BARS = 15
MOST_RULES = 5
Row = tuple[str, ...]


def page(report: Report, language: str) -> str:
    """The page. Equal reports give equal bytes."""
    say = words(language)
    laws = [_LawPage(replay, names, language) for replay, names in report.replays]
    simulated = _SimulationPage(report.simulation, language) if report.simulation else None
    return (
        _templates()
        .get_template("report.html")
        .render(
            lang=language,
            say=say,
            style=Markup("\n".join(path.read_text(encoding="utf-8") for path in STYLES)),
            report=report,
            laws=laws,
            record=_RecordPage(language),
            simulated=simulated,
            passed=[say["passed"].format(rulebook=say["rulebooks"][name]) for name in report.passed],
            about=say["what"]["rows" if report.whole else "files"].format(runs=RUNS),
            engine=VERSION,
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True)
class RuleRow:
    """A rule in the table of rules."""

    id: str
    cite: str
    says: str
    fires: str
    cases: int
    moved: int


@dataclass(frozen=True)
class CaseRow:
    """A case whose outcome, or what is still possible, is another."""

    name: str
    title: str
    decided: str
    before: str
    now: str
    rules: tuple[str, ...]
    more: str


class _LawPage:
    """One rulebook's part of the page."""

    def __init__(self, replay: Replay, names: Names, language: str) -> None:
        self.replay = replay
        self.language = language
        self.say = words(language)
        self.name = self.say["rulebooks"][replay.old.rulebook.name]
        self.old_name = names.old[language]
        self.new_name = names.new.get(language, "")
        self.speakers = {"old": LawSpeaker(replay.old.rulebook, language)}
        self.speakers["new"] = (
            LawSpeaker(replay.new.rulebook, language) if replay.new else self.speakers["old"]
        )
        self.tag = replay.old.rulebook.name

    def outcome(self, label: str) -> str:
        if label == UNDETERMINED:
            return str(self.say["undetermined"])
        return self.speakers["old"].words.text("outcomes", label, "title") or label

    def outcomes(self, label: str, possible: Sequence[str]) -> str:
        if label != UNDETERMINED:
            return self.outcome(label)
        return f"{self.outcome(label)} ({' / '.join(self.outcome(one) for one in possible)})"

    @cached_property
    def matrix(self) -> tuple[Row, list[Row]]:
        """Outcomes before, by outcomes now."""
        labels = [*self.replay.old.rulebook.outcomes, UNDETERMINED]
        counts = self.replay.matrix
        rows = [label for label in labels if any(counts[label, now] for now in labels)]
        columns = [label for label in labels if any(counts[before, label] for before in labels)]
        heading = (self.say["matrix"]["before"], *(self.outcome(label) for label in columns))
        return heading, [
            (self.outcome(row), *(str(counts[row, column]) for column in columns)) for row in rows
        ]

    @property
    def possible(self) -> Chart:
        say = self.say["possible"]
        found = list(self.replay.possible())
        before = Series(say["before" if self.replay.new else "only"], tuple(before for _, before, _ in found))
        now = Series(say["now"], tuple(now for _, _, now in found))
        return Chart(
            id=f"{self.tag}-possible",
            title=say["title"],
            description=say["about" if self.replay.new else "about_only"],
            heading=say["outcome"],
            labels=tuple(self.outcome(outcome) for outcome, _, _ in found),
            series=(before, now) if self.replay.new else (before,),
        )

    @cached_property
    def decided(self) -> tuple[Row, list[Row]] | None:
        """What was decided, by what the law now says; None where no decision is told."""
        counts = self.replay.decided
        told = self.say["decisions"]
        seen = {decided for decided, _ in counts}
        if seen <= {""}:
            return None
        columns = [
            label
            for label in (*self.replay.old.rulebook.outcomes, UNDETERMINED)
            if any(counts[decided, label] for decided in seen)
        ]
        heading = (self.say["decided"]["decision"], *(self.outcome(label) for label in columns))
        rows = [
            (
                told[decided] if decided else self.say["decided"]["none"],
                *(str(counts[decided, column]) for column in columns),
            )
            for decided in (*told, "")
            if decided in seen
        ]
        return heading, rows

    @cached_property
    def tallies(self) -> list[RuleTally]:
        return self.replay.rules()

    @property
    def rules(self) -> list[RuleRow]:
        return [
            RuleRow(
                id=one.rule.id,
                cite=self.speakers["old"].cite(one.rule.cite),
                says=self.speakers["old" if one.law == "old" else "new"].rule(one.rule),
                fires=self.say["rules"]["law"][one.law],
                cases=one.cases,
                moved=one.moved,
            )
            for one in self.tallies
            if one.changed and one.moved
        ]

    @property
    def rules_chart(self) -> Chart:
        say = self.say["rules"]
        shown_rules = self.rules[:MOST_BARS]
        return Chart(
            id=f"{self.tag}-rules",
            title=say["title"],
            description=f"{say['about']} {say['most'].format(count=len(shown_rules))}",
            heading=say["rule"],
            labels=tuple(f"{one.id} · {one.cite} · {one.fires}" for one in shown_rules),
            series=(Series(say["moved"], tuple(one.moved for one in shown_rules)),),
        )

    @property
    def follow(self) -> str:
        others = sum(1 for one in self.tallies if not (one.changed and one.moved))
        return str(self.say["rules"]["follow"]).format(count=others)

    @property
    def conclusions(self) -> list[tuple[str, int, int]]:
        return [
            (self.speakers["new" if gained else "old"].conclusion(one), gained, lost)
            for one, gained, lost in self.replay.conclusions()
            if one.predicate != self.replay.old.rulebook.goal
        ]

    @property
    def cases(self) -> Iterator[CaseRow]:
        on_the_way = {one.rule.id for one in self.tallies if one.moved}
        for one in self.replay.moved:
            yield self.case(one, on_the_way)

    def case(self, one: Replayed, on_the_way: set[str]) -> CaseRow:
        rules = [reason.rule.id for reason in one.changed if reason.rule.id in on_the_way]
        rest = len(rules) - MOST_RULES
        told = self.say["decisions"]
        return CaseRow(
            name=one.event.case.name,
            title=one.event.case.title,
            decided=told[one.event.decided] if one.event.decided else "",
            before=self.outcomes(*one.before),
            now=self.outcomes(*one.after),
            rules=tuple(rules[:MOST_RULES]),
            more=self.say["cases"]["more"].format(count=rest) if rest > 0 else "",
        )

    @property
    def digests(self) -> list[tuple[str, str]]:
        laws: list[tuple[str, Law | None]] = [
            (self.old_name, self.replay.old),
            (self.new_name, self.replay.new),
        ]
        return [(name, law.rulebook.digest) for name, law in laws if law]


class _RecordPage:
    """The statistics of record."""

    def __init__(self, language: str) -> None:
        self.say = words(language)["record"]

    @property
    def rates(self) -> Chart:
        say = self.say["rates"]
        limits = record().limits
        return Chart(
            id="record-rates",
            title=say["title"],
            description=say["about"],
            heading=say["year"],
            labels=tuple(str(one.year) for one in limits),
            series=(Series(say["rate"], tuple(one.rate for one in limits)),),
            shape="columns",
            unit=" %",
        )

    @property
    def rate_rows(self) -> list[Row]:
        return [
            (str(one.year), f"{one.reviewed:,}", f"{one.ineligible:,}", f"{one.rate:.1f} %")
            for one in record().limits
        ]

    @property
    def france(self) -> Chart:
        say = self.say["france"]
        shares = record().france.model_dump()
        return Chart(
            id="record-france",
            title=say["title"],
            description=say["about"],
            heading=say["result"],
            labels=tuple(self.say["france_results"][name] for name in shares),
            series=(Series(say["share"], tuple(shares.values())),),
            unit=" %",
        )

    @property
    def months(self) -> Chart:
        say = self.say["months"]
        return Chart(
            id="record-months",
            title=say["title"],
            description=say["about"],
            heading=say["month"],
            labels=tuple(months()),
            series=(
                Series(say["reviewed"], tuple(counts.reviewed for counts in months().values())),
                Series(say["refused"], tuple(counts.refused for counts in months().values())),
            ),
            shape="columns",
        )


class _SimulationPage:
    """The simulation, its assumptions and how far it hangs on them."""

    def __init__(self, simulation: Simulation, language: str) -> None:
        self.simulation = simulation
        self.say = words(language)["simulation"]
        self.speaker = LawSpeaker(employment().rulebook, language)
        self.plain = Speaker(employment().rulebook, language)

    @property
    def shares(self) -> list[Row]:
        return [
            (
                self.say["shares"][name],
                shown(float(one.share), " %"),
                f"{one.low:g} %, {one.high:g} %" if one.low is not None else "",
                self.say["basis"][one.basis],
            )
            for name, one in model().assumptions.items()
        ]

    @property
    def origins(self) -> list[Row]:
        return [
            (self.say["origins"][name], f"{origin.weight:g} %", self.say["basis"][origin.basis])
            for name, origin in model().origins.items()
        ]

    @property
    def employers(self) -> list[Row]:
        options = self.speaker.words.part("options")["employer.kind"]
        return [
            (options[kind], f"{made.weight:g} %", self.say["basis"][made.basis])
            for kind, made in model().employers.items()
        ]

    @property
    def years(self) -> Chart:
        say = self.say["years"]
        years = self.simulation.years
        own = Series(say["own"], tuple(year.own.must_file for year in years))
        days = [
            Series(self.plain.day(day), tuple(year.by_day[day].must_file for year in years))
            for day in DAYS
            if day != SERVICES
        ]
        return Chart(
            id="simulation-years",
            title=say["title"],
            description=say["about"],
            heading=say["year"],
            labels=tuple(str(year.year) for year in years),
            series=(own, *days),
            shape="columns",
        )

    @property
    def year_table(self) -> tuple[Row, list[Row]]:
        say = self.say["years"]
        heading = (say["year"], say["people"], say["own"], *(self.plain.day(day) for day in DAYS))
        rows = [
            (
                str(year.year),
                f"{year.own.people:,}",
                f"{year.own.must_file:,}",
                *(_share(year.by_day[day].must_file, year.own.people) for day in DAYS),
            )
            for year in self.simulation.years
        ]
        return heading, rows

    @property
    def held(self) -> Chart:
        say = self.say["held"]
        years = self.simulation.years
        return Chart(
            id="simulation-held",
            title=say["title"],
            description=say["about"],
            heading=say["year"],
            labels=tuple(str(year.year) for year in years),
            series=(
                Series(say["reviewed"], tuple(year.reviewed for year in years)),
                Series(self.plain.day(THREE_YEARS), tuple(year.reviewed_held[THREE_YEARS] for year in years)),
            ),
            shape="columns",
        )

    @property
    def held_table(self) -> tuple[Row, list[Row]]:
        say, years = self.say["held"], self.say["years"]
        heading = (years["year"], say["reviewed"], years["own"], *(self.plain.day(day) for day in DAYS))
        rows = [
            (
                str(year.year),
                f"{year.reviewed:,}",
                _share(year.own.held, year.reviewed),
                *(_share(year.reviewed_held[day], year.reviewed) for day in DAYS),
            )
            for year in self.simulation.years
        ]
        return heading, rows

    @property
    def effects(self) -> list[Row]:
        return [
            (
                self.say["effects"]["names"][effect.name],
                _share(effect.before.must_file, effect.before.people),
                _share(effect.after.must_file, effect.after.people),
                _turned(effect.filing),
                _share(effect.before.held, effect.before.must_file),
                _share(effect.after.held, effect.after.must_file),
                _turned(effect.standard),
            )
            for effect in self.simulation.effects
        ]

    @property
    def effects_heading(self) -> Row:
        say = self.say["effects"]
        turned = f"{say['begin']} / {say['cease']}"
        filing, standard = (
            [f"{say[question]}, {say[side]}" for side in ("before", "after")]
            for question in ("filing", "standard")
        )
        return (say["change"], *filing, turned, *standard, turned)

    @property
    def effects_chart(self) -> Chart:
        say = self.say["effects"]
        effects = self.simulation.effects
        return Chart(
            id="simulation-effects",
            title=f"{say['title']}: {say['filing']}",
            description=say["about"],
            heading=say["change"],
            labels=tuple(say["names"][effect.name] for effect in effects),
            series=(
                Series(say["before"], tuple(_must_file(effect, before=True) for effect in effects)),
                Series(say["after"], tuple(_must_file(effect, before=False) for effect in effects)),
            ),
            unit=" %",
        )

    @property
    def rules(self) -> Iterator[tuple[str, list[Row]]]:
        """For each change that turned an answer: the rules, with the question and the people."""
        for effect in self.simulation.effects:
            turns = ("filing", effect.filing), ("standard", effect.standard)
            if rows := [row for question, turn in turns for row in self.rules_of(question, turn)]:
                yield self.say["effects"]["names"][effect.name], rows

    def rules_of(self, question: str, turn: Turn) -> Iterator[Row]:
        known = {rule.id: rule for rule in employment().rulebook.rules}
        for count in turn.rules:
            cite = self.speaker.cite(known[count.rule].cite)
            yield (
                f"{count.rule} · {cite}",
                self.say["effects"][question],
                self.say["by_rule"]["law"][count.law],
                f"{count.people:,}",
            )

    @property
    def sensitivity(self) -> tuple[Chart, Chart]:
        say = self.say["sensitivity"]
        return (
            self.varied("simulation-varied-filing", say["filing_chart"], standard=False),
            self.varied("simulation-varied-held", say["held_chart"], standard=True),
        )

    def varied(self, name: str, title: str, *, standard: bool) -> Chart:
        say = self.say["sensitivity"]
        found = {(one.assumption, one.end): one.by_day for one in self.simulation.variations}
        assumptions = list(dict.fromkeys(name for name, _ in found))

        def figure(by_day: Any) -> float:
            if standard:
                return rate_per_cent(by_day[THREE_YEARS].held, by_day[THREE_YEARS].must_file)
            return rate_per_cent(by_day[FIRST].must_file, by_day[FIRST].people)

        middle = figure(self.simulation.whole)
        return Chart(
            id=name,
            title=title,
            description=say["about"],
            heading=say["assumption"],
            labels=tuple(self.label(one) for one in assumptions),
            series=(
                Series(say["low"], tuple(figure(found[one, "low"]) for one in assumptions)),
                Series(say["middle"], (middle,) * len(assumptions)),
                Series(say["high"], tuple(figure(found[one, "high"]) for one in assumptions)),
            ),
            unit=" %",
        )

    def label(self, name: str) -> str:
        one = model().assumptions[name]
        return f"{self.say['short'][name]} ({one.low:g} – {one.share:g} – {one.high:g} %)"


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({rate_per_cent(part, whole)} %)"


def _turned(turn: Turn) -> str:
    return f"{turn.begin:,} / {turn.cease:,}"


def _must_file(effect: Effect, *, before: bool) -> float:
    tally = effect.before if before else effect.after
    return rate_per_cent(tally.must_file, tally.people)
