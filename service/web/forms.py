"""The kinds of case that are asked for page by page, and what is special to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from engine.facts import CaseModel, Section
from rules.facts import EmploymentCase
from rules.holdings import TrustCase

WORDS = "words"


@dataclass(frozen=True)
class Form:
    """A kind of case as pages ask for it. Keys name spots of it, as in `service.web.answers`.

    `person` is the section that the words for body and rank tell of. `days` are two days of which the second
    cannot lie before the first, `disordered` the words for where it does. `records` are lists of what has
    happened: one that is not spoken of is empty. `searched` is what a choice from the register fills in,
    `listed` which of it says whether the list has the employer. `departments` are the list of what
    departments did and the list of postings that names them. `today` is the day that is today unless a
    visitor says otherwise.
    """

    name: str
    path: str
    model: type[CaseModel]
    person: str
    first_pages: tuple[str, ...]
    days: tuple[str, str]
    disordered: str
    records: tuple[str, ...]
    result: str
    searched: tuple[str, ...] = ()
    listed: str = ""
    departments: tuple[str, str] = ("", "")
    today: str = ""

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """The parts of the case by name."""
        return {section.name: section for section in self.model.sections().values()}

    def has(self, key: str) -> bool:
        """Whether a key may stand among the answers of this form."""
        head = key.partition(".")[0]
        return head == WORDS or head in self.sections


EMPLOYMENT = Form(
    name="employment",
    path="/self-test",
    model=EmploymentCase,
    person="official",
    first_pages=("official.retired_on", WORDS),
    days=("official.retired_on", "engagement.start_on"),
    disordered="starts_before_retirement",
    records=("decisions", "acts", "checks"),
    result="result.html",
    searched=("employer.name", "employer.kind", "employer.listed"),
    listed="employer.listed",
    departments=("works", "postings"),
)
TRUST = Form(
    name="trust",
    path="/trust-test",
    model=TrustCase,
    person="holder",
    first_pages=("holder.asked_on", WORDS),
    days=("holding.arose_on", "holder.asked_on"),
    disordered="asked_before_it_arose",
    records=("involvements", "acquisitions", "breaches"),
    result="trust_result.html",
    today="holder.asked_on",
)
FORMS = (EMPLOYMENT, TRUST)
SECTIONS: Mapping[str, Section] = {name: section for form in FORMS for name, section in form.sections.items()}
