"""Which law the rulebooks hold: each line of the fact base with its rules, or with why it has none."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.rulebook import Rule, Rulebook
from rules.citations import in_korean

GapKind = Literal["unencoded", "needless_reason", "unknown", "lost", "unexpected"]

EXPECTED: Mapping[str, str] = {
    "employment": "V-01..18 C-01..16 E-01..29 B-01..11 I-01..11 R-01..21 W-01..04 L-01..06 P-01..05 "
    "G-01..13 H-01..09 S-01..05 M-01..16 K-01..07 N-01..10 X-01..04",
    "trust": "BV-01..09 BW-01..19 BR-01..15 BT-01..09 BX-01..15 BP-01..06 BQ-01..04 BS-01..09 "
    "BF-01 BL-01 BZ-01",
    "procedure": "Q-01..11 O-01..04 F-01..16 U-01..05 A-01..07 procedure.K-01..13 FO-01..05 "
    "procedure.G-01..07 procedure.H-01..04 MA-01..04",
    "thresholds": "T-01..15 AS-01..08 LI-01..10 Y-2000..2001 Y-2012..2013 Y-2014a Y-2014b Y-2015a Y-2015b "
    "Y-2016..2027 Y-2020assoc Y-2020mid CK",
}
TITLES: Mapping[str, str] = {
    "employment": "Employment after retirement",
    "trust": "Stock, blind trust and recusal",
    "procedure": "Self-test and procedure",
    "thresholds": "Thresholds, lists and yearly totals",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no rule encodes a line: its kind, and one sentence per language."""

    kind: str
    why: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the fact base. `first` and `last` are a day, month or year, `open` or `-`; `rules` are
    `rulebook:rule` pairs.
    """

    id: str
    file: str
    article: str
    first: str
    last: str
    confidence: str
    text: str
    rules: tuple[str, ...]
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Gap:
    """What is wrong with one line: nothing encodes or explains it (`unencoded`), a rule cites what is said to
    need none (`needless_reason`), a rule cites no line (`unknown`), a line of the fact base is missing
    (`lost`), or one stands in the sources that is not in it (`unexpected`).
    """

    kind: GapKind
    line: str
    rules: tuple[str, ...] = ()


def covered(rulebooks: Sequence[Rulebook]) -> tuple[Line, ...]:
    """Every line of the sources, in their order, with the rules that cite it."""
    citing = _citing(rulebooks)
    return tuple(_line(name, entry, citing.get(name, ())) for name, entry in _sources(rulebooks).items())


def missing(rulebooks: Sequence[Rulebook]) -> tuple[Gap, ...]:
    """Everything that keeps the coverage from being complete; empty when nothing does."""
    lines = {line.id: line for line in covered(rulebooks)}
    expected = {name: file for file in EXPECTED for name in expected_of(file)}
    return (
        *(Gap("unencoded", line.id) for line in lines.values() if not (line.rules or line.reason)),
        *(Gap("needless_reason", line.id, line.rules) for line in lines.values() if _needless(line)),
        *(Gap("unknown", name, rules) for name, rules in _citing(rulebooks).items() if name not in lines),
        *(Gap("lost", name) for name in expected if name not in lines),
        *(Gap("unexpected", line.id) for line in lines.values() if expected.get(line.id) != line.file),
    )


def _needless(line: Line) -> bool:
    return bool(line.rules) and line.reason is not None


def expected_of(file: str) -> tuple[str, ...]:
    """The ids that a part of the fact base has: `employment`, `trust`, `procedure` or `thresholds`."""
    return tuple(name for span in EXPECTED[file].split() for name in _spelt_out(span))


def _spelt_out(span: str) -> Iterator[str]:
    start, _, last = span.partition("..")
    if not last:
        yield start
        return
    family, _, first = start.rpartition("-")
    for number in range(int(first), int(last) + 1):
        yield f"{family}-{number:0{len(first)}}"


def _sources(rulebooks: Sequence[Rulebook]) -> Mapping[str, Mapping[str, Any]]:
    return {name: entry for rulebook in rulebooks for name, entry in rulebook.sources.items()}


def _citing(rulebooks: Sequence[Rulebook]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for rulebook in rulebooks:
        for rule in rulebook.rules:
            for name in rule.facts:
                found.setdefault(name, set()).add(f"{rulebook.name}:{rule.id}")
    return {name: tuple(sorted(rules)) for name, rules in sorted(found.items())}


def _line(name: str, entry: Mapping[str, Any], rules: tuple[str, ...]) -> Line:
    uncoded = entry.get("uncoded")
    return Line(
        id=name,
        file=entry.get("file", ""),
        article=entry["article"],
        first=entry["from"],
        last=entry["to"],
        confidence=entry["confidence"],
        text=entry["text"],
        rules=rules,
        reason=Reason(uncoded["kind"], uncoded["why"]) if uncoded else None,
    )


def overview(rulebooks: Sequence[Rulebook]) -> str:
    """Sections of Markdown: who is under which version, every provision, and what is not known."""
    lines = covered(rulebooks)
    return "\n".join(
        (
            f"## Which version governs whom\n\n{table(cohorts(lines))}",
            *(f"## By provision: {rulebook.name}\n\n{provisions(rulebook)}" for rulebook in rulebooks),
            f"## Not known for certain\n\n{table(unclear(lines))}",
        )
    )


def markdown(rulebooks: Sequence[Rulebook]) -> str:
    """Sections of Markdown: how much is encoded, and every line of each part of the fact base."""
    lines = covered(rulebooks)
    return "\n".join(
        (
            f"## How much\n\n{summary(lines)}",
            *(
                f"## {title}\n\n{table([line for line in lines if line.file == file])}"
                for file, title in TITLES.items()
            ),
        )
    )


def in_force(line: Line) -> str:
    """When a line is in force, in short: `2015-03-31..`, `..2014-06-24`, `2016` for an event."""
    match line.first, line.last:
        case "-", "-":
            return "not dated"
        case "-", "open":
            return "in force"
        case first, "-":
            return first
        case first, last:
            return f"{first.strip('-')}..{last.removeprefix('open')}"


def table(lines: Sequence[Line]) -> str:
    """Lines of the fact base as a Markdown table."""
    return _table(
        ("line", "article", "in force", "how sure", "what it says", "rules, or why there is none"),
        (
            (line.id, line.article, in_force(line), line.confidence, line.text, _held_by(line))
            for line in lines
        ),
    )


def _held_by(line: Line) -> str:
    if line.rules:
        return ", ".join(f"`{rule}`" for rule in line.rules)
    return f"{line.reason.kind}: {line.reason.why['en']}" if line.reason else "**missing**"


def summary(lines: Sequence[Line]) -> str:
    """How many lines of each part rules encode, as a Markdown table."""
    return _table(
        ("part", "lines", "encoded", "explained", "missing"),
        (_counts(file, [line for line in lines if line.file == file]) for file in EXPECTED),
    )


def _counts(file: str, lines: Sequence[Line]) -> tuple[str, ...]:
    encoded = sum(bool(line.rules) for line in lines)
    explained = sum(line.reason is not None and not line.rules for line in lines)
    return TITLES[file], *(
        str(count) for count in (len(lines), encoded, explained, len(lines) - encoded - explained)
    )


def cohorts(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of supplementary provisions: which version governs whom."""
    return tuple(line for line in lines if " suppl." in line.article)


def unclear(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines of which something is not known."""
    return tuple(line for line in lines if "U" in line.confidence)


def provisions(rulebook: Rulebook) -> str:
    """The provisions of a rulebook as a Markdown table: versions, how sure, and fact lines."""
    return _table(
        ("provision", "조문", "rules", "versions by date", "V", "P", "I", "U", "fact lines"),
        (_provision(rulebook, name) for name in sorted(rulebook.provisions)),
    )


def _provision(rulebook: Rulebook, name: str) -> tuple[str, ...]:
    rules = [rule for rule in rulebook.rules if rule.provision == name]
    sure = Counter(str(rule.confidence) for rule in rules)
    return (
        f"{rulebook.words['en'].text('provisions', name) or name} (`{name}`)",
        in_korean(rulebook.provisions[name].cite),
        str(len({rule.id for rule in rules})),
        _periods(rules),
        *(str(sure[mark]) for mark in "VPIU"),
        ", ".join(sorted({line for rule in rules for line in rule.facts})),
    )


def _periods(rules: Sequence[Rule]) -> str:
    periods = sorted({f"{rule.selector} {rule.period}" for rule in rules if rule.selector})
    return "; ".join(periods) or "all"


def _table(header: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = (header, ["---"] * len(header), *rows)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
