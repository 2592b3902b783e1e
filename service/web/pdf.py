"""A result as an A4 document: equal facts, rules and lists give equal bytes."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from fpdf import FPDF, FPDFException
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from rules.advice import Citation, Item, Proof, ProofStep, Text
from service.web.effects import Effect
from service.web.result import Block, Result, groups
from service.web.startline import StartLine
from service.web.views import Teller

STAMP = datetime(2000, 1, 1, tzinfo=UTC)
FONT = "NanumGothic"
MARGIN = 18.0
LINE = 1.5
INK, SOFT, BLUE, AMBER = (30, 33, 36), (70, 76, 83), (8, 56, 145), (138, 92, 0)
SIZES = {1: 17.0, 2: 13.5, 3: 11.5, 4: 10.0}
QR_WIDTH = 62.0
MOST_QR = 2_900
REPLACEMENT = "□"
OPEN, DECIDED = (255, 214, 140), (111, 156, 242)

# fpdf2 names the signs that a font lacks in its log: a visitor may have typed them
logging.getLogger("fpdf").setLevel(logging.CRITICAL)
logging.getLogger("fontTools").setLevel(logging.CRITICAL)


@cache
def font_files() -> tuple[Path, Path]:
    """NanumGothic, regular and bold, from the package that carries it."""
    spec = find_spec("koreanize_matplotlib")
    if spec is None or not spec.submodule_search_locations:
        raise FPDFException("koreanize-matplotlib, which carries NanumGothic, is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "fonts"
    return folder / f"{FONT}.ttf", folder / f"{FONT}Bold.ttf"


def pdf(result: Result, teller: Teller, link: str) -> bytes:
    """The document; `link` is the address that opens the answers again, empty where there is none."""
    return _Document(result, teller, link).bytes()


class _Paper(FPDF):
    """A4 pages with headings as bookmarks, numbered below."""

    def __init__(self, title: str, language: str, foot: str) -> None:
        super().__init__(format="A4")
        self.foot = foot
        for style, file in zip(("", "B"), font_files(), strict=True):
            self.add_font(FONT, style, file)
        font = self.fonts[FONT.lower()]
        self.known = frozenset(font.cmap if isinstance(font, TTFFont) else ())
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN + 4)
        self.set_creation_date(STAMP)
        self.set_lang(language)
        self.set_title(title)
        self.set_display_mode("fullwidth")
        self.set_producer("psea")
        self.add_page()

    def close(self) -> None:
        """Close the files of the fonts."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def footer(self) -> None:
        self.set_y(-MARGIN + 3)
        self.ink(SOFT)
        self.set_font(FONT, "", 7.5)
        self.cell(self.epw - 20, 4, self.clean(self.foot))
        self.cell(20, 4, f"{self.page_no()} / {{nb}}", align="R")

    def ink(self, colour: tuple[int, int, int]) -> None:
        self.set_text_color(*colour)

    def clean(self, text: str) -> str:
        """A text with a box for every sign that the font lacks."""
        return "".join(sign if ord(sign) in self.known or sign == "\n" else REPLACEMENT for sign in text)

    def write_text(
        self,
        text: str,
        size: float = 9.5,
        bold: bool = False,
        colour: tuple[int, int, int] = INK,
        indent: float = 0.0,
        mark: str = "",
        after: float = 1.2,
    ) -> None:
        """A paragraph; `mark` stands before its first line."""
        self.set_font(FONT, "B" if bold else "", size)
        self.ink(colour)
        height = size / self.k * LINE
        self.keep_together(height)
        if mark:
            self.set_x(self.l_margin + indent)
            self.cell(4, height, mark)
            indent += 4
        self.set_x(self.l_margin + indent)
        self.multi_cell(
            self.epw - indent,
            height,
            self.clean(text),
            align="L",
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )
        self.ln(after)

    def keep_together(self, height: float) -> None:
        """Go on to the next page where less than this height is left."""
        if self.y + height > self.page_break_trigger:
            self.add_page()

    def head(self, text: str, level: int) -> None:
        """A heading and its bookmark, on the next page where little room is left below."""
        size = SIZES[level]
        self.ln(0 if level == 1 else 7 - level)
        self.keep_together(26)
        if level < 4:
            self.start_section(self.clean(text), level - 1, strict=False)
        self.write_text(text, size, bold=True, colour=BLUE if level == 2 else INK, after=1.5)


class _Document:
    def __init__(self, result: Result, teller: Teller, link: str) -> None:
        self.result = result
        self.advice = result.advice
        self.teller = teller
        self.language = teller.speaker.language
        self.words = teller.words
        self.say: dict[str, Any] = teller.words["result"]
        self.link = link
        identity = self.advice.identity
        foot = f"{self.say['rulebook']} {identity.rulebook[:12]} · {self.say['facts']} {identity.facts[:12]}"
        self.paper = _Paper(f"{self.tell(self.advice.title)} – {self.words['name']}", self.language, foot)

    def bytes(self) -> bytes:
        with closing(self.paper):
            self.glance()
            self.reasons()
            self.proof()
            self.keep()
            return bytes(self.paper.output())

    def tell(self, text: Text) -> str:
        return text.in_(self.language)

    def put(self, text: str, **how: Any) -> None:
        if text.strip():
            self.paper.write_text(text, **how)

    def hint(self, text: str, indent: float = 0.0) -> None:
        self.put(text, size=8.5, colour=SOFT, indent=indent)

    def point(self, text: str, indent: float = 0.0, **how: Any) -> None:
        self.put(text, indent=indent, mark="•", **how)

    # the three depths

    def glance(self) -> None:
        paper, advice = self.paper, self.advice
        if advice.identity.register_synthetic:
            register = self.words["register"]
            self.put(f"{register['synthetic_title']} {register['synthetic']}", colour=AMBER)
        self.hint(self.say["over"])
        paper.head(self.tell(advice.title), 1)
        self.put(self.tell(advice.sentence), size=10.5)
        self.put(self.tell(advice.notice), bold=True, colour=AMBER)
        if len(advice.possible) > 1:
            paper.head(self.say["still"], 3)
            for outcome in advice.possible:
                self.point(self.tell(self.result.titles([outcome])))
        paper.head(self.say["todo"], 2)
        self.put(self.tell(advice.todo), size=10.5)
        for block in self.result.to_do:
            self.block(block, 3)
        self.days()

    def days(self) -> None:
        self.paper.head(self.say["days"], 3)
        for due in self.result.due:
            day = self.teller.speaker.day(due.day)
            sure = "" if due.certain else f" ({self.say['possible']})"
            exactly = f" — {self.say['exactly'].format(day=self.tell(due.shown))}" if due.shown else ""
            self.point(f"{day} {self.say['ends'][due.end]}: {self.tell(due.label)}{sure}{exactly}", after=0.4)
            if due.clock and due.citation is not None:
                self.put(self.tell(due.says), size=9.0, indent=4, after=0.2)
                self.cite(due.citation, 4)
        self.hint(
            self.say["no_days"]
            if not self.result.due
            else self.say["days_why"]
            if any(due.shown for due in self.result.due)
            else ""
        )

    def reasons(self) -> None:
        paper, advice, result = self.paper, self.advice, self.result
        paper.head(self.say["reasons"], 2)
        paper.head(self.say["why"], 3)
        for proof in advice.proofs:
            self.assumed(proof)
            self.step(proof.step, 0, most=1, deep=False)
        self.against()
        self.open()
        self.changes()
        parts = (
            (self.say["how"], result.how),
            (self.say["grounds_head"], result.grounds),
            (self.say["after_head"][result.test.name], result.after),
            (self.say["further"], result.other),
        )
        for title, blocks in parts:
            if blocks:
                paper.head(title, 3)
                for block in blocks:
                    self.block(block, 4)

    def proof(self) -> None:
        self.paper.head(self.say["proof"], 2)
        self.hint(self.say["full_why"])
        for proof in self.advice.proofs:
            self.paper.head(self.tell(proof.title), 3)
            self.assumed(proof)
            self.step(proof.step, 0, most=30, deep=True)
        self.paper.head(self.say["answers"], 3)
        for group in groups(self.result, self.teller):
            self.paper.head(group.label, 4)
            for told in group.answers:
                note = f" ({told.note})" if told.note else ""
                self.point(f"{told.label}: {told.shown}{note}", size=9.0, after=0.4)

    def keep(self) -> None:
        paper, identity = self.paper, self.advice.identity
        paper.head(self.say["identity"], 2)
        self.hint(self.say["identity_why"])
        register = (
            f"{identity.register_year} {identity.register_version}"
            if identity.register_version
            else self.say["no_register"]
        )
        told = (
            ("rulebook", identity.rulebook),
            ("register", register),
            ("engine", identity.engine),
            ("facts", identity.facts),
        )
        for key, value in told:
            self.point(f"{self.say[key]}: {value}", size=8.5, after=0.4)
        self.code()

    def code(self) -> None:
        paper, words = self.paper, self.words["downloads"]
        if not self.link or len(self.link) > MOST_QR:
            self.hint(words["link_long"])
            return
        paper.keep_together(QR_WIDTH + 24)
        paper.head(words["link"], 3)
        self.hint(words["link_why"])
        picture = BytesIO()
        segno.make(self.link, micro=False, error="l").save(picture, kind="png", scale=4, border=4)
        picture.seek(0)
        paper.image(picture, x=paper.l_margin, w=QR_WIDTH, link=self.link)
        paper.ln(2)

    # their parts

    def block(self, block: Block, level: int) -> None:
        own = self.say["trust_duties"] if self.result.test.name == "trust" else self.say["duties"]
        self.paper.head(own if block.key == "duties" else self.say[block.key], level)
        if block.key == "grounds":
            self.hint(self.say["grounds_why"])
        for item in block.items:
            self.item(item)

    def item(self, item: Item) -> None:
        self.paper.keep_together(20)
        sure = "" if item.certain else f" ({self.say['possible']})"
        self.point(f"{self.tell(item.label)}{sure}", bold=True, after=0.2)
        self.put(self.tell(item.says), indent=4, after=0.2)
        shown = {"by": item.by_shown, "from": item.from_shown, "until": item.until_shown}
        for key, text in {**shown, "up_to": item.up_to_shown}.items():
            if text is not None:
                self.put(f"{self.say[key]} {self.tell(text)}", indent=4, colour=BLUE, after=0.2)
        self.cite(item.citation, 4)

    def cite(self, one: Citation, indent: float, deep: bool = False, reading: bool = True) -> None:
        when = f" · {self.tell(one.when)}" if one.when else ""
        rule = f" · {one.rule}" if deep else ""
        facts = f" ({', '.join(one.facts)})" if deep and one.facts else ""
        sure = self.words["confidence"][one.confidence]
        self.put(
            f"{self.tell(one.shown)}{when} · {sure}{rule}{facts}",
            size=8.0, colour=SOFT, indent=indent, after=1.0,
        )  # fmt: skip
        if reading and one.reading is not None:
            text = self.tell(one.reading).strip()
            self.hint(f"{self.say['reading']} {text}" if text else "", indent)

    def assumed(self, proof: Proof) -> None:
        if not proof.where:
            return
        where = " · ".join(f"{self.tell(one.label)}: {self.tell(one.shown)}" for one in proof.where)
        alike = f" ({self.say['alike'].format(count=proof.alike)})" if proof.alike else ""
        self.hint(f"{self.tell(proof.title)} — {self.say['where']} {where}{alike}")

    def step(self, step: ProofStep, depth: int, most: int, deep: bool) -> None:
        indent = 4.0 * min(depth, 8)
        sure = "" if step.certain else f" ({self.say['possible']})"
        self.point(f"{self.tell(step.says) or step.citation.rule}{sure}", indent, after=0.2)
        if deep and step.values:
            used = " · ".join(f"{self.tell(one.label)}: {self.tell(one.shown)}" for one in step.values)
            self.put(used, size=8.5, indent=indent + 4, after=0.2)
        self.cite(step.citation, indent + 4, deep, reading=deep)
        if depth < most:
            for below in step.because:
                self.step(below, depth + 1, most, deep)

    def against(self) -> None:
        if not self.advice.why_not and not self.result.readings:
            return
        self.paper.head(self.say["against"], 3)
        if self.advice.why_not:
            self.paper.head(self.say["why_not"], 4)
            self.hint(self.say["why_not_why"])
        for other in self.advice.why_not:
            self.point(f"{self.tell(other.title)}: {self.tell(other.says)}", after=0.2)
            self.cite(other.citation, 4)
        if self.result.readings:
            self.paper.head(self.say["readings"], 4)
            self.hint(self.say["readings_why"])
        for one in self.result.readings:
            if one.reading is not None:
                self.point(self.tell(one.reading), after=0.2)
                self.cite(one, 4, reading=False)

    def open(self) -> None:
        if not self.advice.questions and not self.advice.unclear:
            return
        self.paper.head(self.say["not_known"], 3)
        if self.advice.questions:
            self.put(self.say["questions"])
        for question in self.advice.questions:
            label, asked = self.tell(question.label), self.tell(question.question)
            self.point(label if label == asked else f"{label} — {asked}", bold=True, after=0.2)
            self.hint(self.tell(question.where), 4)
            for line in self.told_effects(self.result.effects.get(question.spot, [])):
                self.put(line, size=9.0, indent=4, after=0.4)
        if self.advice.unclear:
            self.paper.head(self.say["unclear"], 4)
        for point in self.advice.unclear:
            self.point(self.tell(point.says), after=0.2)
            self.cite(point.citation, 4, reading=False)

    def told_effects(self, found: Sequence[Effect]) -> Iterator[str]:
        if len(found) == 1 and found[0].outcomes == self.advice.possible:
            yield self.say["effect_none"]
            return
        for one in found:
            outcome = self.outcome(one.outcomes)
            answers = [self.tell(text) for text in one.answers] + (
                [self.say["other_text"]] if one.other else []
            )
            yield (
                self.say["effect"].format(answers=", ".join(answers), outcome=outcome)
                if answers
                else self.say["effect_list"].format(outcome=outcome)
            )

    def outcome(self, outcomes: Iterable[str]) -> str:
        several = list(outcomes)
        titles = self.tell(self.result.titles(several))
        return self.say["effect_open"].format(outcomes=titles) if len(several) > 1 else titles

    def changes(self) -> None:
        moved, line = self.advice.next_day, self.result.line
        if not moved and not self.advice.changes and not line:
            return
        self.paper.head(self.say["change"], 3)
        if line:
            self.line(line)
        others = [*([moved] if moved and not line else []), *self.advice.changes]
        if others:
            self.put(self.say["change_why"])
        for one in others:
            self.point(f"{self.tell(one.label)}: {self.tell(one.shown)} → {self.outcome(one.outcomes)}")

    def line(self, line: StartLine) -> None:
        paper, name, day = self.paper, self.result.test.name, self.teller.speaker.day
        paper.head(self.say["line"][name], 4)
        self.hint(self.say["line_why"][name])
        paper.keep_together(24)
        self.drawn(line)
        for number, part in enumerate(line.parts, start=1):
            span = (
                self.say["line_both"].format(first=day(part.first), last=day(part.last))
                if part.last
                else self.say["line_since"].format(first=day(part.first))
            )
            planned = (
                f" ({self.say['line_now'][name].format(day=day(line.start))})"
                if part.now and line.start
                else ""
            )
            self.put(f"{number}. {span} → {self.outcome(part.outcomes)}{planned}", after=0.4)
        if not line.whole:
            self.hint(self.say["line_cut"].format(day=day(line.end)))

    def drawn(self, line: StartLine) -> None:
        paper, unit = self.paper, self.paper.epw / 720
        top = paper.y + 2
        paper.set_draw_color(255, 255, 255)
        for number, bar in enumerate(line.bars(), start=1):
            paper.set_fill_color(*(DECIDED if bar.part.decided else OPEN))
            paper.rect(paper.l_margin + bar.x * unit, top, bar.width * unit, 9, style="DF")
            paper.set_font(FONT, "B", 9)
            paper.ink(INK)
            if bar.width * unit > 5:
                paper.text(paper.l_margin + (bar.x + bar.width / 2) * unit - 1, top + 6, str(number))
        paper.set_draw_color(*SOFT)
        paper.set_font(FONT, "", 7.5)
        years = line.years()
        every = 1 if len(years) <= 12 else 2 if len(years) <= 24 else 5
        for place, (x, year) in enumerate(years):
            paper.line(paper.l_margin + x * unit, top + 9, paper.l_margin + x * unit, top + 11)
            if place % every == 0 and x < 690:
                paper.text(paper.l_margin + x * unit, top + 14, str(year))
        if line.mark is not None:
            x = paper.l_margin + line.mark * unit
            paper.set_draw_color(189, 44, 15)
            paper.line(x, top - 2, x, top + 11)
        paper.set_y(top + 17)
