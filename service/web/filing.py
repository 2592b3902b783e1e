"""What goes into a request for confirmation or an application for approval, as far as the answers say it.

The cells of the official forms (Enforcement Rule of the Act, Articles 16-2 and 17) are not carried here:
these are the matters that reviews under Decree 33-3 and 34 need. What the self-test does not ask stays empty.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine.facts import Spot
from rules.advice import EmploymentAdvice
from service.web.answers import AGENCY, RANK
from service.web.result import Result
from service.web.views import Teller

_INVALID = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One entry of the request: `key` picks its label, `number` counts it; no value: to be filled in."""

    key: str
    value: str = ""
    number: int = 0

    def label(self, words: Any) -> str:
        return str(words["fields"][self.key]).format(number=self.number)


@dataclass(frozen=True)
class Part:
    """Entries that belong together; `key` picks their heading."""

    key: str
    entries: Sequence[Entry]


def request(result: Result, teller: Teller) -> list[Part]:
    """The parts of the request. `teller` speaks Korean: the official forms are Korean."""
    return [Part(key, list(entries)) for key, entries in _Request(result, teller).parts()]


def valid(text: str) -> str:
    """A text without signs that XML cannot hold."""
    return _INVALID.sub("", text)


class _Request:
    def __init__(self, result: Result, teller: Teller) -> None:
        advice = result.advice
        assert isinstance(advice, EmploymentAdvice)
        self.result = result
        self.advice = advice
        self.answers = result.answers
        self.case = result.test.case(result.answers)
        self.teller = teller
        self.words = teller.words["request"]

    def parts(self) -> Iterator[tuple[str, Iterator[Entry]]]:
        yield "kind", iter([Entry("kind")])
        yield "applicant", (Entry(key) for key in ("name", "born", "address", "contact"))
        yield "office", self.office()
        yield "postings", self.postings()
        yield "employer", self.employer()
        yield "job", self.job()
        yield "works", self.works()
        yield "licence", self.licences()
        yield "grounds", self.grounds()
        yield "filing", self.filing()
        yield "papers", (Entry(key, self.words["papers"][key]) for key in ("confirmation", "evidence"))
        identity = self.advice.identity
        yield "identity", iter([Entry("rulebook", identity.rulebook), Entry("facts", identity.facts)])

    def entry(self, key: str, spot: Spot) -> Entry:
        """An entry for a value of the case; empty where it is not known."""
        known = self.case.value(spot)
        if known.unknown:
            return Entry(key)
        domain = self.teller.speaker.domain(spot)
        return Entry(key, valid(self.teller.known(spot, known, domain)))

    def said(self, key: str) -> str:
        value = self.answers.said.get(key)
        return valid(value) if isinstance(value, str) else ""

    def office(self) -> Iterator[Entry]:
        bodies = [item.get("body") for item in self.answers.items("postings")]
        last = next((body for body in reversed(bodies) if isinstance(body, str)), "")
        yield Entry("body", self.said(AGENCY) or valid(last))
        yield Entry("rank", self.said(RANK))
        yield self.entry("grade", Spot("official", 0, "grade"))
        yield self.entry("retired", Spot("official", 0, "retired_on"))

    def postings(self) -> Iterator[Entry]:
        for index in range(len(self.answers.items("postings"))):
            told = self.teller.item(self.answers, "postings", index)
            yield Entry("posting", valid(told), index + 1)
        yield Entry("duty_text")

    def employer(self) -> Iterator[Entry]:
        yield self.entry("employer_name", Spot("employer", 0, "name"))
        yield Entry("employer_number")
        yield self.entry("employer_kind", Spot("employer", 0, "kind"))
        yield self.entry("employer_listed", Spot("employer", 0, "listed"))

    def job(self) -> Iterator[Entry]:
        yield self.entry("start", Spot("engagement", 0, "start_on"))
        yield Entry("position")
        for key in ("occupation", "duty"):
            yield self.entry(key, Spot("engagement", 0, key))
        yield Entry("contract")
        yield self.entry("paid", Spot("engagement", 0, "paid"))
        yield self.entry("periodic", Spot("engagement", 0, "periodic"))
        yield Entry("pay")
        yield Entry("tasks")

    def works(self) -> Iterator[Entry]:
        for index in range(len(self.answers.items("works"))):
            yield Entry("work", valid(self.teller.item(self.answers, "works", index)), index + 1)
        whole = self.answers.said.get("works.complete")
        said = "" if whole is None else self.teller.words["list"]["whole" if whole else "more"]
        yield Entry("works_whole", said)

    def licences(self) -> Iterator[Entry]:
        for key in ("lawyer", "accountant", "tax_accountant"):
            yield self.entry(key, Spot("official", 0, key))

    def grounds(self) -> Iterator[Entry]:
        for number, item in enumerate((*self.advice.grounds, *self.advice.binding_grounds), start=1):
            sure = "" if item.certain else f" ({self.words['possible']})"
            yield Entry("ground", f"{item.label.ko}{sure} — {item.citation.shown.ko}", number)
        yield Entry("ground_text")

    def filing(self) -> Iterator[Entry]:
        yield Entry("to", self.words["to"])
        due = next(
            (one for one in self.result.due if one.key.startswith("duties.") and one.end == "by"), None
        )
        sure = "" if due is None or due.certain else f" ({self.words['possible']})"
        yield Entry("by", f"{self.teller.speaker.day(due.day)}{sure}" if due else "")
        committees = self.advice.committees
        yield Entry("committee", committees[0].label.ko if len(committees) == 1 else "")
        yield Entry("signed")
