"""The rules as data: what each says, from which article, in which versions and how sure its reading is."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, Field

from engine.difference import in_force
from engine.rulebook import Rule, Rulebook
from rules.advice import LANGUAGES, Text
from rules.speech import LawSpeaker
from service.web.law import formula

NEAR = 5
LawName = Literal["employment", "trust"]


class RuleVersion(BaseModel):
    """One version of a rule. `picked_by` names the date of a case that picks it; it is empty for a rule that
    always holds. `confidence`: V read in the text, P known from the press, I our reading, U unclear law."""

    picked_by: str
    first: date | None
    last: date | None
    when: Text
    cite: str
    shown: Text
    confidence: Literal["V", "P", "I", "U"]
    facts: list[str] = Field(description="the lines of the fact base that it encodes")


class RuleListed(BaseModel):
    """A rule: what it says where it `holds`, and its versions."""

    id: str
    law: str
    provision: str
    title: Text = Field(description="what its provision is called")
    cite: str = Field(description="the article of its provision")
    holds: Text
    page: str = Field(description="the address of its page")
    versions: list[RuleVersion]


class Rules(BaseModel):
    """The rules asked for, by rulebook and provision."""

    on: date | None
    rules: list[RuleListed]


class RuleVersionTold(RuleVersion):
    """A version with our reading of the text, where that needed one, and its formula in YAML."""

    reading: Text | None
    formula: str


class RuleTold(RuleListed):
    """A rule in full, with what it says where it `fails` and the predicate that it concludes."""

    fails: Text
    concludes: str
    versions: list[RuleVersionTold]  # type: ignore[assignment]


@dataclass(frozen=True)
class Catalogue:
    """The rules of one rulebook."""

    rulebook: Rulebook

    @cached_property
    def speakers(self) -> dict[str, LawSpeaker]:
        return {language: LawSpeaker(self.rulebook, language) for language in LANGUAGES}

    @cached_property
    def by_id(self) -> dict[str, list[Rule]]:
        found: dict[str, list[Rule]] = defaultdict(list)
        for rule in self.rulebook.rules:
            found[rule.id].append(rule)
        return dict(sorted(found.items(), key=lambda one: (one[1][0].provision, one[0])))

    @cached_property
    def listed(self) -> list[RuleListed]:
        return [
            RuleListed(
                **self.about(versions), versions=[RuleVersion(**self.version(one)) for one in versions]
            )
            for versions in self.by_id.values()
        ]

    def on(self, day: date | None) -> Iterator[RuleListed]:
        """Every rule, or those in force on a day with the versions of that day."""
        if day is None:
            yield from self.listed
        elif day in self.rulebook.supported[1]:
            for rule in self.listed:
                versions = [one for one in rule.versions if _within(day, one)]
                if versions:
                    yield rule.model_copy(update={"versions": versions})

    def told(self, name: str) -> RuleTold | None:
        versions = self.by_id.get(name)
        if versions is None:
            return None
        return RuleTold(
            **self.about(versions),
            fails=self.text(lambda speaker: speaker.rule(versions[-1], "fails")),
            concludes=versions[-1].head.predicate,
            versions=[self.version_told(one) for one in versions],
        )

    def near(self, name: str) -> Sequence[str]:
        return get_close_matches(name[:100], self.by_id, NEAR, 0.5)

    def about(self, versions: Sequence[Rule]) -> dict[str, Any]:
        rule = versions[-1]
        return {
            "id": rule.id,
            "law": self.rulebook.name,
            "provision": rule.provision,
            "title": self.text(lambda speaker: speaker.provision(rule.provision)),
            "cite": self.rulebook.provisions[rule.provision].cite,
            "holds": self.text(lambda speaker: speaker.rule(rule)),
            "page": f"/rules/{rule.id}?in={self.rulebook.name}",
        }

    def version(self, rule: Rule) -> dict[str, Any]:
        selector, period = in_force(rule)
        return {
            "picked_by": selector,
            "first": period.first,
            "last": period.last,
            "when": self.text(lambda speaker: speaker.version(rule)),
            "cite": rule.cite,
            "shown": self.text(lambda speaker: speaker.cite(rule.cite)),
            "confidence": rule.confidence,
            "facts": list(rule.facts),
        }

    def version_told(self, rule: Rule) -> RuleVersionTold:
        reading = None if rule.confidence == "V" else self.text(lambda one: one.rule(rule, "reading"))
        return RuleVersionTold(**self.version(rule), reading=reading, formula=formula(rule))

    def text(self, speak: Callable[[LawSpeaker], str]) -> Text:
        return Text(**{language: speak(speaker) for language, speaker in self.speakers.items()})


def _within(day: date, version: RuleVersion) -> bool:
    return (version.first is None or version.first <= day) and (version.last is None or day <= version.last)
