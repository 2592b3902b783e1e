"""One request of the self-test: what was posted, and the page that follows from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from pydantic import ValidationError

from engine.errors import InputError
from engine.facts import Spot
from engine.speech import Speaker
from engine.values import Domain, parse_known
from rules.advice import EmploymentAdvice, TrustAdvice, advise, advise_holder
from rules.facts import EmploymentCase
from rules.holdings import TrustCase
from rules.law import Law
from rules.lexicon import Lexicon
from service.web import employers
from service.web.answers import (
    AGENCY,
    FROM_REGISTER,
    MOST_ITEMS,
    RANK,
    Answers,
    key_of,
    page_of,
    spot_of,
)
from service.web.forms import SECTIONS, WORDS, Form
from service.web.inputs import BLANK, Raw, Wrong, kind_of, name_of, read, read_text, typed
from service.web.interview import Step, aside, case_of, next_step
from service.web.result import Result, told
from service.web.views import Teller, is_page
from service.web.words import words

if TYPE_CHECKING:
    from service.register.register import Register

MAX_FIELDS = 2_000
CHECK, RESULT = "check", "result"
_TRUTHS = {"true": True, "false": False, "unknown": None}


@dataclass(frozen=True)
class Posted:
    """The form of a page: the answers so far, what was typed on the page, and the button that was pressed."""

    answers: Answers
    raw: Raw = field(default_factory=dict)
    page: str = ""
    do: str = ""
    origin: str = ""

    @classmethod
    def read(cls, body: bytes) -> "Posted":
        """Read a form. Raises ValueError where it has too many fields."""
        pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
        raw: dict[str, tuple[str, ...]] = {}
        for name, value in pairs:
            if name.startswith("input."):
                raw[name] = (*raw.get(name, ()), value)
        last = dict(pairs)
        return cls(
            answers=Answers.read(pairs),
            raw=raw,
            page=last.get("page", ""),
            do=next((value for name, value in pairs if name == "do"), ""),
            origin=CHECK if last.get("origin") == CHECK else "",
        )


@dataclass(frozen=True)
class View:
    """A page to show: its template and what that is given."""

    template: str
    context: dict[str, Any]
    status: int = 200


@dataclass(frozen=True)
class SelfTest:
    """What every visit needs: the form, its law, the words for ranks, and the register where there is one."""

    form: Form
    law: Law
    lexicon: Lexicon
    register: "Register | None"

    @property
    def name(self) -> str:
        return self.form.name

    @property
    def path(self) -> str:
        return self.form.path

    def respond(self, posted: Posted, language: str) -> View:
        """The page that follows from a posted form."""
        return _Visit(self, posted, language).respond()

    def case(self, answers: Answers) -> EmploymentCase | TrustCase:
        """The case that answers describe. Raises ValidationError, or InputError for a contradiction."""
        case = case_of(self.form, answers, self.lexicon)
        assert isinstance(case, EmploymentCase | TrustCase)
        return case

    def step(self, answers: Answers) -> Step:
        """What to ask next. Raises ValidationError, or InputError for a contradiction."""
        return next_step(self.form, self.law, self.lexicon, answers)

    def aside(self, answers: Answers) -> frozenset[str]:
        """The pages whose answers change nothing as things stand. Raises what `step` does."""
        return aside(self.form, self.law, self.lexicon, answers)

    def advice(self, answers: Answers) -> EmploymentAdvice | TrustAdvice:
        """The advice on answers. Raises ValidationError, or InputError for a contradiction."""
        case = self.case(answers)
        if isinstance(case, TrustCase):
            return advise_holder(self.law, case)
        used = FROM_REGISTER in answers.said
        return advise(
            self.law, case, employers.version_on(self.register, self.day(answers)) if used else None
        )

    def day(self, answers: Answers) -> date | None:
        """The day that the case is about, of the lists say, where the answers give it exactly."""
        try:
            known = parse_known(answers.said.get(self.form.days[1]), Domain("date"))
        except ValueError:
            return None
        return known.options[0] if known.exact else None

    def read_words(self, answers: Answers) -> dict[str, Any]:
        """What was understood of the words for body and rank."""
        return answers.read_words(self.form, self.lexicon)

    def teller(self, language: str) -> Teller:
        return Teller(self.form, Speaker(self.law.rulebook, language), words(language))


class _Visit:
    def __init__(self, test: SelfTest, posted: Posted, language: str) -> None:
        self.test = test
        self.form = test.form
        self.posted = posted
        self.language = language
        self.answers = posted.answers.of(test.form)
        self.origin = posted.origin
        self.page = posted.page if self.known_page(posted.page) else ""

    def respond(self) -> View:
        try:
            return self.act(*self.posted.do.partition(":")[::2])
        except ValidationError as error:
            return self.repair(error)
        except InputError as error:
            return self.contradiction(error)

    def act(self, do: str, what: str) -> View:
        match do:
            case (
                "next" | "add" | "unknown" | "skip" | "confirm" | "choose" | "unlisted" | "unsure" | "remove"
            ) if self.page:
                return self.answer(do, what)
            case "for" if self.page in self.form.sections:
                return self.begin(_number(what))
            case "edit" if self.page in self.form.sections:
                return self.edit(_number(what))
            case "search" | "stay" if self.page:
                return self.show(self.page, self.posted.raw, status=200)
            case "back":
                return self.back()
            case "change" if self.known_page(what):
                self.origin = CHECK
                return self.show(what)
            case "result":
                return self.result()
            case "check":
                return self.check()
            case "stay" if self.posted.page in (CHECK, RESULT):
                return self.result() if self.posted.page == RESULT else self.check()
        return self.onward()

    def answer(self, do: str, what: str) -> View:
        buttons: dict[str, Callable[[str], View | None]] = {
            "next": self.do_next,
            "add": self.do_add,
            "unknown": self.do_unknown,
            "skip": self.do_skip,
            "confirm": self.do_confirm,
            "choose": self.do_choose,
            "unlisted": self.do_unlisted,
            "unsure": self.do_unsure,
            "remove": self.do_remove,
        }
        try:
            return buttons[do](what) or self.onward()
        except _WrongInput as wrong:
            return self.show(self.page, self.posted.raw, wrong.wrong)

    # what a button does: the page that it leads to, or none to go on

    def do_next(self, _: str) -> View | None:
        if self.page == WORDS:
            return self.show_words(self.posted.raw, reading=self.typed_words())
        if self.page in self.form.sections:
            return self.close_list()
        spot = self.spot(self.page)
        value = self.read(spot)
        if value is BLANK and self.text("input.search"):
            return self.show(self.page, self.posted.raw, status=200)
        if value is BLANK:
            raise _WrongInput([Wrong(_first_name(spot), f"blank_{kind_of(spot)}")])
        self.put(self.page, value)
        return None

    def do_unknown(self, _: str) -> None:
        if self.page in self.form.sections:
            if self.item_begun():
                self.add()
            self.answers = self.answers.put({f"{self.page}.complete": None})
        elif self.page == WORDS:
            self.do_skip("")
        else:
            self.put(self.page, None)

    def do_skip(self, _: str) -> None:
        if self.page == WORDS:
            self.answers = self.answers.without((AGENCY, RANK)).put({WORDS: None})

    def do_confirm(self, _: str) -> None:
        if self.page == WORDS:
            said = {AGENCY: self.text("input.read.agency"), RANK: self.text("input.read.rank")}
            given = {key: text for key, text in said.items() if text}
            self.answers = self.answers.without({AGENCY, RANK, WORDS} - set(given)).put(
                given or {WORDS: None}
            )

    def do_choose(self, what: str) -> View | None:
        hits = self.hits(self.posted.raw)
        number = _number(what)
        if self.page not in self.form.searched or number >= len(hits):
            return self.show(self.page, self.posted.raw, status=200)
        hit = hits[number]
        filled: dict[str, Any] = {"employer.name": hit.name, "employer.listed": True, FROM_REGISTER: "used"}
        if hit.kind:
            filled["employer.kind"] = hit.kind
        self.answers = self.answers.without(self.form.searched).put(filled)
        return None

    def do_unlisted(self, _: str) -> None:
        self.tell_listed(False)

    def do_unsure(self, _: str) -> None:
        self.tell_listed(None)

    def tell_listed(self, listed: bool | None) -> None:
        if self.page in self.form.searched:
            self.put(self.form.listed, listed)

    def do_add(self, _: str) -> View | None:
        if self.page not in self.form.sections:
            return None
        self.add()
        return self.show(self.page)

    def do_remove(self, what: str) -> View | None:
        if self.page not in self.form.sections:
            return None
        kept = [item for index, item in enumerate(self.answers.items(self.page)) if str(index) != what]
        self.answers = self.answers.with_items(self.page, kept)
        return self.show(self.page, {**self.posted.raw, "input.index": ("",)}, status=200)

    def edit(self, number: int) -> View:
        items = self.answers.items(self.page)
        if number >= len(items):
            return self.show(self.page)
        filled: dict[str, tuple[str, ...]] = {"input.index": (str(number),)}
        for name, value in items[number].items():
            filled |= typed(Spot(self.page, number, name), value)
        return self.show(self.page, filled, status=200)

    def begin(self, number: int) -> View:
        """The list with a new item begun, for one of the departments that the postings name."""
        departments = self.departments
        if number >= len(departments):
            return self.show(self.page)
        begun = dict(zip(("input.body", "input.unit"), departments[number], strict=True))
        raw = {name: (text,) for name, text in begun.items()}
        return self.show(self.page, {**raw, **self.typed(self.page), "input.begun": ("true",)}, status=200)

    @property
    def departments(self) -> list[tuple[str, str]]:
        """The bodies and units that the postings name, where the page asks for their work."""
        if self.page != self.form.departments[0]:
            return []
        found = [
            (str(item.get(body) or ""), str(item.get(unit) or ""))
            for item in self.answers.items(self.form.departments[1])
            for body, unit in (("body", "unit"), ("host_body", "host_unit"))
        ]
        return list(dict.fromkeys(one for one in found if any(one)))

    def close_list(self) -> View | None:
        if self.item_begun():
            self.add()
        chosen = (self.posted.raw.get("input.complete") or ("",))[0]
        if chosen not in _TRUTHS:
            raise _WrongInput([Wrong("input.complete", "blank_complete")])
        self.answers = self.answers.put({f"{self.page}.complete": _TRUTHS[chosen]})
        return None

    def item_begun(self) -> bool:
        names = [name_of(spot) for spot in self.item_spots()]
        begun = any(any(values) for name, values in self.posted.raw.items() if name.startswith(tuple(names)))
        return begun or bool(self.text("input.index"))

    def item_spots(self) -> list[Spot]:
        return [Spot(self.page, 0, name) for name in SECTIONS[self.page].fact.domains()]

    def add(self) -> None:
        """Put the item that was typed at the end of its list, or in the place of the one that was edited."""
        item, wrong = {}, []
        for spot in self.item_spots():
            try:
                value = read(spot, self.posted.raw)
            except Wrong as error:
                wrong.append(error)
                continue
            if value is not BLANK:
                item[spot.field] = value
        if not wrong and not item:
            wrong.append(Wrong(_first_name(self.item_spots()[0]), "empty_item"))
        items = self.answers.items(self.page)
        number = _number(self.text("input.index") or str(len(items)))
        if number >= MOST_ITEMS:
            wrong.append(Wrong(_first_name(self.item_spots()[0]), "too_many", (("most", str(MOST_ITEMS)),)))
        if wrong:
            raise _WrongInput(wrong)
        items[number : number + 1] = [item]
        self.answers = self.answers.with_items(self.page, items)

    # where to go

    def onward(self) -> View:
        """The next page that matters, or the answers where nothing is left to ask or one was changed."""
        step = self.test.step(self.answers)
        if self.origin == CHECK or step.page is None:
            return self.check()
        self.page = step.page
        return self.show(step.page, open=step.open)

    def back(self) -> View:
        """Take the last answer back and ask for it again."""
        if self.origin == CHECK or self.posted.page == RESULT:
            return self.check()
        pages = [page for page in self.answers.pages() if page not in (self.page, FROM_REGISTER)]
        if not pages:
            return self.show(self.form.first_pages[0])
        page = pages[-1]
        keys = [f"{page}.complete"] if page in self.form.sections else self.answers.on_page(page)
        if page in self.form.searched and FROM_REGISTER in self.answers.said:
            keys = [*self.form.searched, FROM_REGISTER]
        filled = self.typed(page)
        self.answers = self.answers.without(keys)
        return self.show(page, filled, status=200)

    def check(self) -> View:
        step = self.test.step(self.answers)
        read = self.test.read_words(self.answers)
        every = list(self.teller.groups(self.answers, read))
        groups, apart = self.teller.sorted(every, self.test.aside(self.answers))
        shown = {
            "groups": groups,
            "apart": apart,
            "unanswered": list(self.teller.unanswered(self.answers, read)),
            "step": step,
        }
        return self.view("check.html", CHECK, shown)

    def result(self) -> View:
        advice = self.test.advice(self.answers)
        shown = {
            **told(Result(self.test, self.answers, advice), self.teller, date.today()),
            "pages": {one.spot: self.page_for(one.spot) for one in advice.questions},
        }
        return self.view(self.form.result, RESULT, shown)

    def page_for(self, spot: str) -> str:
        """The page that asks for a spot as an advice writes it."""
        key = self.keys.get(spot, "")
        return page_of(key) if key.endswith(".complete") else key

    @cached_property
    def keys(self) -> dict[str, str]:
        spots = [
            Spot(section.name, index, name)
            for section in self.form.sections.values()
            for index in range(max(1, len(self.answers.items(section.name)) if section.listed else 1))
            for name in ("", *section.fact.domains())
            if name or section.listed
        ]
        return {str(spot): key_of(spot) for spot in spots}

    # what is wrong

    def repair(self, error: ValidationError) -> View:
        """Ask again for answers that no page could have given; the others stay."""
        keys = [
            key
            for key in self.answers.said
            if _location(key) in {_head(one["loc"]) for one in error.errors()}
        ]
        self.answers = self.answers.without(keys)
        page = next((key for key in keys if is_page(key)), self.form.first_pages[0])
        spot = self.spot(page)
        if not self.known_page(page):
            page = spot.section
        return self.show(page, wrong=[Wrong(_first_name(spot), "not_read")])

    def contradiction(self, error: InputError) -> View:
        """Ask again for the day that contradicts another; what was typed for it stays in the form."""
        place = error.problems[0].place.path
        section, _, index = place.partition(".items.")
        if section in self.form.sections and index:
            self.page = section
            view = self.edit(int(index))
            return self.show(
                section, view.context["typed"], [Wrong("input.to_on.year", "ends_before_it_begins")]
            )
        days = self.form.days
        if place not in days:
            return self.view("problem.html", "", {"problems": error.problems}, 422)
        page = self.page if self.page in days else place
        filled = self.typed(page)
        self.answers = self.answers.without([page])
        return self.show(page, filled, [Wrong(_first_name(self.spot(page)), self.form.disordered)])

    # pages that ask

    def show(
        self,
        page: str,
        raw: Raw | None = None,
        wrong: Sequence[Wrong] = (),
        status: int = 0,
        open: int = 0,
    ) -> View:
        """A page that asks; `raw` is what stands in its fields, if not the answer so far."""
        filled = self.typed(page) if raw is None else raw
        status = status or (422 if wrong else 200)
        if page == WORDS:
            return self.show_words(filled, wrong)
        if page in self.form.sections:
            return self.show_list(page, filled, wrong, status)
        spot = self.spot(page)
        several = self.test.read_words(self.answers).get(spot.field)
        known = (
            self.teller.value(spot, several)
            if spot.section == self.form.person and isinstance(several, list)
            else ""
        )
        context: dict[str, Any] = {
            "input": self.teller.input(spot, filled, wrong, known),
            "typed": filled,
            "item": self.about_item(spot),
            "open": open,
        }
        if page in self.form.searched and self.test.register is not None:
            context["search"] = self.searched(filled)
        return self.view("question.html", page, context, status, wrong)

    def show_words(
        self, raw: Raw, wrong: Sequence[Wrong] = (), reading: tuple[str, str] | None = None
    ) -> View:
        if reading is None and raw.get("input.read.agency") and not wrong:
            reading = _text_of(raw, "input.read.agency"), _text_of(raw, "input.read.rank")
        context: dict[str, Any] = {"typed": raw, "reading": None}
        if reading:
            agency, rank = reading
            found = self.test.lexicon.read(agency, rank)
            fields = self.form.sections[self.form.person].fact.domains()
            spots = [Spot(self.form.person, 0, name) for name in found.facts if name in fields]
            facts = [
                (self.teller.label(spot), self.teller.value(spot, list(found.facts[spot.field])))
                for spot in spots
            ]
            context["reading"] = {"agency": agency, "rank": rank, "facts": facts, "found": found}
        return self.view("words.html", WORDS, context, 422 if wrong else 200, wrong)

    def show_list(self, page: str, raw: Raw, wrong: Sequence[Wrong], status: int) -> View:
        items = self.answers.items(page)
        spots = [Spot(page, len(items), name) for name in SECTIONS[page].fact.domains()]
        context = {
            "label": self.teller.part(page),
            "complete": self.teller.complete(page),
            "told": [self.teller.item(self.answers, page, index) for index in range(len(items))],
            "inputs": [self.teller.input(spot, raw, wrong) for spot in spots],
            "typed": raw,
            "departments": self.departments,
            "filled": "input.begun" in raw,
            "index": _text_of(raw, "input.index"),
            "chosen": _text_of(raw, "input.complete"),
            "complete_error": next((one.code for one in wrong if one.name == "input.complete"), ""),
        }
        return self.view("list.html", page, context, status, wrong)

    def searched(self, raw: Raw) -> dict[str, Any]:
        """What the page says of the register: the day it is asked for, and what was found."""
        text = _text_of(raw, "input.search")
        if self.posted.do not in ("search", "next"):
            text = _text_of(raw, "input.found") or text
        on = self.test.day(self.answers)
        version = employers.version_on(self.test.register, on)
        hits = self.hits({"input.found": (text,)}) if text and version else []
        day = self.teller.speaker.day(on) if on else ""
        return {
            "text": text,
            "on": day,
            "leads": version is not None and not set(self.form.searched) & set(self.answers.said),
            "since": on.isoformat() if on else "",
            "day": self.form.days[1],
            "version": version,
            "hits": hits,
            "kinds": self.kinds,
        }

    @cached_property
    def kinds(self) -> dict[str, str]:
        return dict(self.teller.options(Spot("employer", 0, "kind")))

    def hits(self, raw: Raw) -> Sequence[employers.Hit]:
        text, on = _text_of(raw, "input.found"), self.test.day(self.answers)
        if (
            self.test.register is None
            or on is None
            or not text
            or not employers.version_on(self.test.register, on)
        ):
            return ()
        return employers.search(self.test.register, text, on)

    def about_item(self, spot: Spot) -> str:
        if not SECTIONS[spot.section].listed or spot.index >= len(self.answers.items(spot.section)):
            return ""
        number = self.teller.words["list"]["number"]
        title = number.format(label=self.teller.part(spot.section), number=spot.index + 1)
        return f"{title} — {self.teller.item(self.answers, spot.section, spot.index)}"

    def view(
        self,
        template: str,
        page: str,
        context: dict[str, Any],
        status: int = 200,
        wrong: Sequence[Wrong] = (),
    ) -> View:
        first = page == self.form.first_pages[0] and self.origin != CHECK
        common = {
            "path": self.form.path,
            "form": self.form.name,
            "page": page,
            "answers": list(self.answers.pairs()),
            "origin": self.origin if page not in (CHECK, RESULT) else "",
            "first": first,
            "wrong": [(one.name, self.teller.wrong(one)) for one in wrong],
        }
        return View(template, {**common, **context}, status)

    # small things

    @cached_property
    def teller(self) -> Teller:
        return self.test.teller(self.language)

    def known_page(self, page: str) -> bool:
        spot = spot_of(page)
        if not is_page(page) or not self.form.has(page):
            return False
        listed = spot is not None and SECTIONS[spot.section].listed
        return spot is None or not listed or spot.index < len(self.answers.items(spot.section))

    def spot(self, page: str) -> Spot:
        spot = spot_of(page)
        assert spot is not None
        return spot

    def read(self, spot: Spot) -> Any:
        try:
            return read(spot, self.posted.raw)
        except Wrong as wrong:
            raise _WrongInput([wrong]) from None

    def put(self, key: str, value: Any) -> None:
        answers = self.answers.without([FROM_REGISTER]) if key in self.form.searched else self.answers
        self.answers = answers.put({key: value})

    def typed(self, page: str) -> dict[str, tuple[str, ...]]:
        """What stands in the fields of a page for the answers so far."""
        said = self.answers.said
        if page == WORDS:
            return {f"input.{key.partition('.')[2]}": (str(said.get(key) or ""),) for key in (AGENCY, RANK)}
        if page in self.form.sections:
            key = f"{page}.complete"
            value = said.get(key)
            return (
                {"input.complete": ("unknown" if value is None else str(value).lower(),)}
                if key in said
                else {}
            )
        if page in said:
            return typed(self.spot(page), said[page])
        if page == self.form.today:
            return typed(self.spot(page), date.today().isoformat())
        read = self.test.read_words(self.answers)
        spot = self.spot(page)
        understood = spot.section == self.form.person and spot.field in read
        return typed(spot, read[spot.field]) if understood else {}

    def text(self, name: str) -> str:
        return _text_of(self.posted.raw, name)

    def typed_words(self) -> tuple[str, str]:
        try:
            agency, rank = (read_text(f"input.{name}", self.posted.raw) for name in ("agency", "rank"))
        except Wrong as wrong:
            raise _WrongInput([wrong]) from None
        if not agency and not rank:
            raise _WrongInput([Wrong("input.agency", "blank_words")])
        return agency, rank


class _WrongInput(Exception):
    def __init__(self, wrong: Sequence[Wrong]) -> None:
        self.wrong = tuple(wrong)


def _first_name(spot: Spot) -> str:
    return f"{name_of(spot)}.year" if kind_of(spot) == "date" else name_of(spot)


def _text_of(raw: Raw, name: str) -> str:
    try:
        return read_text(name, raw)
    except Wrong:
        return ""


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 999


def _location(key: str) -> tuple[Any, ...]:
    spot = spot_of(key)
    if spot is None:
        return ()
    listed = SECTIONS[spot.section].listed
    return (spot.section, "items", spot.index, spot.field) if listed else (spot.section, spot.field)


def _head(location: tuple[Any, ...]) -> tuple[Any, ...]:
    return location[:4] if "items" in location else location[:2]
