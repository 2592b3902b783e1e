"""What the templates are given: questions, items and answers in one language."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.facts import Spot
from engine.speech import Speaker
from engine.values import Domain, Known, parse_known
from service.web.answers import FROM_REGISTER, Answers, key_of, spot_of
from service.web.forms import SECTIONS, WORDS, Form
from service.web.inputs import NUMBERS, Kind, Raw, Wrong, domain_at, kind_of, name_of


@dataclass(frozen=True)
class Input:
    """One question as a form asks it: `typed` holds what stands in its fields, `errors` what is wrong."""

    kind: Kind
    name: str
    label: str
    question: str
    why: str
    where: str
    options: Sequence[tuple[str, str]] = ()
    typed: Raw = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    bounds: tuple[int, int] | None = None
    known: str = ""
    examples: Mapping[str, str] = field(default_factory=dict)

    def value(self, part: str = "") -> str:
        return (self.typed.get(self.name + part) or ("",))[0]

    def chosen(self, option: str) -> bool:
        return option in self.typed.get(self.name, ())


@dataclass(frozen=True)
class Told:
    """An answer in words, and the page that changes it."""

    label: str
    shown: str
    page: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Answers that belong together."""

    label: str
    answers: Sequence[Told]


class Teller:
    """Speaks of answers in one language, with the words of the rules and of the pages."""

    def __init__(self, form: Form, speaker: Speaker, words: Mapping[str, Any]) -> None:
        self.form = form
        self.speaker = speaker
        self.words = words

    def part(self, section: str) -> str:
        return self.speaker.words.text("facts", SECTIONS[section].fact.type_name(), "label")

    def complete(self, section: str) -> str:
        return self.speaker.words.text("facts", SECTIONS[section].fact.type_name(), "complete")

    def field(self, spot: Spot, kind: str) -> str:
        return self.speaker.words.text("fields", self.speaker.field_key(spot), kind)

    def label(self, spot: Spot) -> str:
        return self.speaker.label(spot)

    def value(self, spot: Spot, plain: Any) -> str:
        domain = domain_at(spot)
        try:
            return self.known(spot, parse_known(plain, domain), domain)
        except ValueError:
            return str(plain)

    def known(self, spot: Spot, known: Known[Any], domain: Domain) -> str:
        return self.speaker.value(known, domain, self.speaker.field_key(spot))

    def input(self, spot: Spot, typed: Raw, wrong: Sequence[Wrong] = (), known: str = "") -> Input:
        name = name_of(spot)
        kind = kind_of(spot)
        return Input(
            kind=kind,
            name=name,
            label=self.field(spot, "label"),
            question=self.field(spot, "question"),
            why=self.field(spot, "why"),
            where=self.field(spot, "where"),
            options=list(self.options(spot)),
            typed=typed,
            errors={
                one.name: self.wrong(one)
                for one in wrong
                if one.name == name or one.name.startswith(f"{name}.")
            },
            bounds=NUMBERS.get((spot.section, spot.field)),
            known=known,
            examples=self.words["examples"].get(f"{spot.section}.{spot.field}", {}),
        )

    def options(self, spot: Spot) -> Iterator[tuple[str, str]]:
        domain = domain_at(spot)
        if domain.kind == "bool":
            booleans = self.speaker.words.part("booleans")
            yield from (("true", str(booleans["yes"])), ("false", str(booleans["no"])))
        for option in domain.options:
            yield option, self.speaker.words.option(self.speaker.field_key(spot), option)

    def wrong(self, wrong: Wrong) -> str:
        sentence: str = self.words["wrong"][wrong.code]
        return sentence.format(**dict(wrong.values))

    def sorted(self, groups: Sequence[Group], aside: Container[str]) -> tuple[list[Group], list[Told]]:
        """The groups without the answers of pages that are aside, and those."""
        kept = [
            Group(group.label, [told for told in group.answers if told.page not in aside]) for group in groups
        ]
        apart = [told for group in groups for told in group.answers if told.page in aside]
        return [group for group in kept if group.answers], apart

    def groups(self, answers: Answers, read: Mapping[str, Any]) -> Iterator[Group]:
        """Every answer so far, by part of the case; `read` is what was understood of the rank."""
        for section in self.form.sections.values():
            if section.listed:
                told = list(self.list_told(answers, section.name))
            else:
                told = list(self.fields_told(answers, section.name, read))
            if told:
                yield Group(self.part(section.name), told)

    def fields_told(self, answers: Answers, section: str, read: Mapping[str, Any]) -> Iterator[Told]:
        if section == self.form.person:
            yield from self.words_told(answers)
        for name in SECTIONS[section].fact.domains():
            spot = Spot(section, 0, name)
            key = key_of(spot)
            understood = read.get(name) if section == self.form.person else None
            if key in answers.said and not (answers.said[key] is None and isinstance(understood, list)):
                yield Told(
                    self.label(spot), self.value(spot, answers.said[key]), key, self.source(answers, key)
                )
            elif understood is not None:
                yield Told(self.label(spot), self.value(spot, understood), key, self.words["check"]["read"])

    def words_told(self, answers: Answers) -> Iterator[Told]:
        said = [str(answers.said[key]) for key in answers.on_page(WORDS) if answers.said[key] is not None]
        if answers.on_page(WORDS):
            yield Told(self.words["rank"]["label"], " ".join(said) or self.words["check"]["skipped"], WORDS)

    def source(self, answers: Answers, key: str) -> str:
        filled = key in self.form.searched
        return self.words["check"]["from_register"] if filled and FROM_REGISTER in answers.said else ""

    def list_told(self, answers: Answers, section: str) -> Iterator[Told]:
        for index in range(len(answers.items(section))):
            number = self.words["list"]["number"].format(label=self.part(section), number=index + 1)
            yield Told(number, self.item(answers, section, index), section)
        key = f"{section}.complete"
        if key in answers.said:
            shown = {True: "whole", False: "more", None: "unknown"}[answers.said[key]]
            label = self.words["list"]["complete"]
            yield Told(label, self.words["list"][shown], section)

    def item(self, answers: Answers, section: str, index: int) -> str:
        """An item of a list in one line."""
        item = answers.items(section)[index]
        spots = [Spot(section, index, name) for name in SECTIONS[section].fact.domains()]
        told = [
            f"{self.field(spot, 'label')}: {self.value(spot, item[spot.field])}"
            for spot in spots
            if item.get(spot.field) is not None
        ]
        return " · ".join(told) or self.value(Spot(section, index, next(iter(item))), None)

    def unanswered(self, answers: Answers, read: Mapping[str, Any]) -> Iterator[Group]:
        """What was not asked and may still be told, by part of the case."""
        for section in self.form.sections.values():
            if section.listed:
                asked = f"{section.name}.complete" in answers.said
                told = [] if asked else [Told(self.part(section.name), "", section.name)]
            else:
                told = [
                    Told(self.label(Spot(section.name, 0, name)), "", f"{section.name}.{name}")
                    for name in section.fact.domains()
                    if f"{section.name}.{name}" not in answers.said
                    and not (section.name == self.form.person and name in read)
                ]
            if told:
                yield Group(self.part(section.name), told)


def is_page(page: str) -> bool:
    """Whether there is a page of that name: the words for the rank, a list, a field."""
    spot = spot_of(page)
    listed = page in SECTIONS and SECTIONS[page].listed
    return page == WORDS or listed or (spot is not None and bool(spot.field))
