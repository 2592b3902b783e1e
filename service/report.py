"""An advice as a page in the terminal."""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text as Line
from rich.tree import Tree

from rules.advice import Advice, EmploymentAdvice, Item, NotThis, Proof, ProofStep, TrustAdvice
from service.language import say, words

_Sections = Mapping[type[Advice], Mapping[str, tuple[str, ...]]]
_BEFORE: _Sections = {
    EmploymentAdvice: {
        "due": ("duties", "routes", "committees"),
        "clocks": ("clocks",),
        "at_stake": ("penalties",),
        "decided": ("decided",),
    },
    TrustAdvice: {
        "recusals": ("recusals",),
        "keep_out": ("keep_out",),
        "conduct": ("conduct",),
        "due": ("duties",),
        "clocks": ("clocks",),
        "at_stake": ("penalties",),
    },
}
_AFTER: _Sections = {
    EmploymentAdvice: {
        "after": ("after_joining",),
        "grounds": ("grounds",),
        "binding": ("binding_grounds",),
        "other": ("other",),
    },
    TrustAdvice: {"during_trust": ("during_trust",), "publication": ("publication",), "other": ("other",)},
}
_MARKS = {"V": "green", "P": "yellow", "I": "yellow", "U": "red"}


def show(advice: Advice, language: str, console: Console, notes: Iterable[str] = ()) -> None:
    """Print an advice: the answer first, then what to do, why, what is open and what would change it."""
    for part in _Page(advice, language).parts(notes):
        console.print(part)


class _Page:
    def __init__(self, advice: Advice, language: str) -> None:
        self.advice = advice
        self.language = language

    def say(self, key: str, **values: str) -> str:
        return say(self.language, key, **values)

    def parts(self, notes: Iterable[str]) -> Iterator[RenderableType]:
        advice = self.advice
        if advice.identity.register_synthetic:
            yield Line(self.say("synthetic"), style="bold black on yellow")
        yield Panel(
            f"[bold]{escape(advice.title.in_(self.language))}[/bold]\n\n"
            f"{escape(advice.sentence.in_(self.language))}\n\n[dim]{escape(advice.notice.in_(self.language))}[/dim]",
            title=self.say("answer"),
            title_align="left",
            width=100,
        )
        yield from self.section("todo", [escape(advice.todo.in_(self.language)), *map(escape, notes)])
        yield from self.items(_BEFORE)
        yield from self.section("why", [self.proof(proof) for proof in advice.proofs])
        yield from self.section("why_not", map(self.not_this, advice.why_not))
        yield from self.section("open", self.open())
        yield from self.section(
            "unclear", (escape(point.says.in_(self.language)) for point in advice.unclear)
        )
        yield from self.section("would_change", self.changes())
        yield from self.items(_AFTER)
        yield from self.section("identity", [self.identity()])

    def items(self, sections: _Sections) -> Iterator[RenderableType]:
        for key, groups in sections[type(self.advice)].items():
            yield from self.section(
                key, [self.item(item) for group in groups for item in getattr(self.advice, group)]
            )

    def section(self, key: str, lines: Iterable[RenderableType]) -> Iterator[RenderableType]:
        found = list(lines)
        if found:
            yield Line(f"\n{self.say(key)}", style="bold blue")
            for line in found:
                yield Padding(self.bullet(line) if isinstance(line, str) else line, (0, 0, 0, 2))

    def bullet(self, text: str) -> RenderableType:
        row = Table.grid(padding=(0, 1))
        row.add_row("•", text)
        return row

    def item(self, item: Item) -> str:
        days = {"by": item.by_shown, "from": item.from_shown, "until": item.until_shown}
        told = [self.say(key, day=day.in_(self.language)) for key, day in days.items() if day]
        when = f" — [bold]{', '.join(told)}[/bold]" if told else ""
        most = (
            f" ({self.say('up_to', amount=item.up_to_shown.in_(self.language))})" if item.up_to_shown else ""
        )
        sure = "" if item.certain else f" [yellow]({self.say('possible')})[/yellow]"
        says = item.says.in_(self.language)
        return (
            f"[bold]{escape(item.label.in_(self.language))}[/bold]{when}{most}{sure} "
            f"[dim]{escape(item.citation.shown.in_(self.language))}[/dim]"
            + (f"\n{escape(says)}" if says else "")
        )

    def proof(self, proof: Proof) -> Tree:
        where = "; ".join(f"{a.label.in_(self.language)}: {a.shown.in_(self.language)}" for a in proof.where)
        if proof.alike:
            where += f" ({self.say('alike', count=str(proof.alike))})"
        title = f"[bold]{escape(proof.title.in_(self.language))}[/bold]"
        tree = Tree(f"{title} — {escape(where)}" if where else title, guide_style="dim")
        branch = tree.add(self.step(proof.step))
        for step in proof.step.because:
            self.grow(branch, step)
        return tree

    def grow(self, tree: Tree, step: ProofStep) -> None:
        branch = tree.add(self.step(step))
        for below in step.because:
            self.grow(branch, below)

    def step(self, step: ProofStep) -> str:
        mark, citation = step.citation.confidence, step.citation
        version = f" · {escape(citation.when.in_(self.language))}" if citation.when else ""
        says = step.says.in_(self.language) or citation.rule
        cite = escape(citation.shown.in_(self.language))
        sure = f"[{_MARKS[mark]}]{mark}[/{_MARKS[mark]}]"
        line = f"{escape(says)} [dim]{cite}{version} · {citation.rule}[/dim] {sure}"
        if citation.reading:
            line += f"\n[dim]{self.say('reading')}: {escape(citation.reading.in_(self.language))}[/dim]"
        return line

    def not_this(self, other: NotThis) -> str:
        return (
            f"[bold]{escape(other.title.in_(self.language))}[/bold]: {escape(other.says.in_(self.language))} "
            f"[dim]{escape(other.citation.shown.in_(self.language))}[/dim]"
        )

    def open(self) -> Iterator[str]:
        if self.advice.questions:
            yield f"[dim]{self.say('open_help')}[/dim]"
        for question in self.advice.questions:
            where = question.where.in_(self.language)
            yield (
                f"[bold]{escape(question.label.in_(self.language))}[/bold] [dim]({question.spot})[/dim]\n"
                f"{escape(question.question.in_(self.language))}"
                + (f"\n[dim]{escape(where)}[/dim]" if where else "")
            )

    def changes(self) -> Iterator[str]:
        if (moved := self.advice.next_day) is not None:
            yield self.say(
                "next_day", day=escape(moved.shown.in_(self.language)), outcome=self.titles(moved.titles)
            )
        for change in self.advice.changes:
            yield self.say(
                "change",
                label=escape(change.label.in_(self.language)),
                value=f"[bold]{escape(change.shown.in_(self.language))}[/bold]",
                outcome=self.titles(change.titles),
            )

    def titles(self, titles: Iterable[object]) -> str:
        return " / ".join(escape(getattr(title, self.language)) for title in titles)

    def identity(self) -> str:
        identity = self.advice.identity
        register = (
            f"{identity.register_version[:12]} ({identity.register_year})"
            if identity.register_version
            else self.say("register_none")
        )
        marks = " · ".join(f"{mark} {text}" for mark, text in words(self.language)["confidence"].items())
        versions = " · ".join(
            f"{self.say(name)} {version}"
            for name, version in (
                ("rulebook", identity.rulebook[:12]),
                ("register", register),
                ("engine", identity.engine),
                ("facts", identity.facts[:12]),
            )
        )
        return f"[dim]{versions}\n{marks}[/dim]"
