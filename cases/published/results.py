"""One published result, and the case that it describes.

What a row does not say stays unknown. Three things are read from words: the kind of employer from its
name, the work and its occupation from the position, the rank from the lexicon. A licence is not read from
the position: a post that is planned does not say that the licence is held. One thing is inferred, and the
note of the case says so: an employer over which a review was held stood on the list of institutions.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from cases.published.months import PLANNED, read_period
from cases.published.table import Row
from engine.documents import Document
from engine.errors import InputError, Place, Problem, nearest
from engine.facts import read_case
from engine.values import Domain, Known, parse_known
from rules.advice import refuse_contradiction
from rules.facts import EmploymentCase
from rules.lexicon import Lexicon

INFERRED = "The employer is taken to be on the list because it was reviewed (inferred)."


class Decision(StrEnum):
    """The four results of a review, two of them where the press joins them, and what befell others."""

    POSSIBLE = "possible"  # 취업가능
    RESTRICTED = "restricted"  # 취업제한
    APPROVED = "approved"  # 취업승인
    DISAPPROVED = "disapproved"  # 취업불승인
    POSSIBLE_OR_APPROVED = "possible_or_approved"
    RESTRICTED_OR_DISAPPROVED = "restricted_or_disapproved"
    FINED = "fined"  # 임의취업, 과태료
    LIVELIHOOD_EXEMPT = "livelihood_exempt"  # 임의취업, 생계형으로 과태료 면제
    COMPLAINT = "complaint"  # 고발


_DECISIONS = {
    **{str(decision): decision for decision in Decision},
    "가능": Decision.POSSIBLE,
    "제한": Decision.RESTRICTED,
    "승인": Decision.APPROVED,
    "불승인": Decision.DISAPPROVED,
    "고발": Decision.COMPLAINT,
}
_KINDS = (
    (r"(?<!합작)법무법인|법무조합|(?<!자문)법률사무소", ["law_firm"]),
    (r"합작법무법인", ["joint_law_firm"]),
    (r"외국법자문법률사무소", ["foreign_law_office"]),
    (r"회계법인", ["accounting_firm"]),
    (r"세무법인", ["tax_firm"]),
    (r"협회(?=$|[\s(])", ["association", "public_organisation"]),
    (r"학교법인|대학교?(?=$|[\s(])", ["school"]),
    (r"(병원|의료원)(?=$|[\s(])", ["hospital", "public_organisation"]),
    (r"의료재단|의료법인", ["hospital"]),
    (r"사회복지법인", ["welfare"]),
    (r"\(주\)|주식회사", ["company"]),
)
_WORK = re.compile(r"고문|자문|이사|감사|사장|대표|변호사|세무사|회계사|교수")
_OCCUPATIONS = (
    (re.compile(r"변호사|세무사|회계사|교수"), "professional"),
    (re.compile(r"사장|대표이사|이사장|전무|상무"), "manager"),
)
_ROLES = (
    (re.compile(r"(?<!부)(총장|학장)|부총장|교무처장|학생처장"), "school_leadership"),
    (re.compile(r"교수|강사"), "teaching"),
)
_UNNAMED = re.compile(r"\s*\(명칭[^)]*\)")
_POSITION = re.compile(r"(?P<employer>.*\S)\s*\((?P<position>[^()]*(?:\([^()]*\)[^()]*)?)\)")
_LEGAL_FORM = {"주", "유", "유한", "재", "사", "株"}
_ID = re.compile(r"[0-9A-Za-z가-힣][0-9A-Za-z가-힣._-]{0,63}")


@dataclass(frozen=True)
class PublishedCase:
    """A published result as a case: what the row says, the facts that follow, words not understood."""

    id: str
    agency: str
    grade: str
    employer: str
    position: str
    month: str
    decision: Decision
    ground: str
    source: str
    data: Mapping[str, Any]
    facts: EmploymentCase
    unread: tuple[str, ...]
    place: Place

    @property
    def title(self) -> str:
        former = " ".join(part for part in (self.agency, self.grade) if part)
        joined = " ".join(part for part in (self.employer, self.position) if part)
        return f"{former} → {joined or '?'}"

    @property
    def note(self) -> str:
        when = f" ({self.month})" if self.month else ""
        ground = f", ground: {self.ground}" if self.ground else ""
        unread = f" Not understood: {', '.join(self.unread)}." if self.unread else ""
        inferred = f" {INFERRED}" if "listed" in self.data["employer"] else ""
        return f"Published result{when}: {self.decision}{ground}.{inferred}{unread}"


def read_result(row: Row, lexicon: Lexicon, assume_listed: bool) -> PublishedCase:
    """The case of one row. Raises InputError with the place and remedy of every problem of the row."""
    problems: list[Problem] = []
    periods = {name: _period(row, name, problems) for name in ("month", "retired_on", "start_on")}
    decision = _decision(row, problems)
    name = row.text("id") or _id(row)
    if not _ID.fullmatch(name):
        problems.append(
            Problem(f"{name!r} cannot name a case", "Use letters, digits, - and _", row.place("id"))
        )
    if not row.text("agency") and not row.text("grade"):
        problems.append(
            Problem(
                "Neither agency nor grade is given",
                "Write 퇴직 당시 소속 and 직위(직급)",
                row.place("agency"),
            )
        )
    undated = periods["month"] is None and periods["retired_on"] is None
    if not problems and undated and not row.text("ground"):
        problems.append(
            Problem(
                "Neither retirement nor review is dated, and no reason is published",
                "Write 퇴직일, 결정사유 or the month of the review",
                row.place("retired_on"),
            )
        )
    if problems or decision is None:
        raise InputError(problems)
    employer, position = _employer(row)
    reading = lexicon.read(row.text("agency"), row.text("grade"))
    data = {
        "official": {
            **_dated("retired_on", _retired(periods)),
            **{field: _alone(values) for field, values in reading.facts.items()},
        },
        "engagement": {**_dated("start_on", _start(row, periods)), **_engagement(employer, position)},
        "employer": {**_employment(employer), **({"listed": True} if assume_listed else {})},
    }
    return PublishedCase(
        id=name,
        agency=row.text("agency"),
        grade=row.text("grade"),
        employer=employer,
        position=position,
        month=row.text("month"),
        decision=decision,
        ground=row.text("ground"),
        source=row.text("source"),
        data=data,
        facts=_facts(data, row),
        unread=tuple(reading.unknown),
        place=row.place(),
    )


def _period(row: Row, column: str, problems: list[Problem]) -> Any:
    try:
        return read_period(row.text(column))
    except ValueError as error:
        problems.append(Problem(str(error), "Write it as 2025-12, 2025.12 or '25년 12월", row.place(column)))
        return None


def _decision(row: Row, problems: list[Problem]) -> Decision | None:
    word = re.sub(r"\s+|^취업", "", row.text("decision"))
    decision = _DECISIONS.get(word)
    if decision is None:
        said = f"{row.text('decision')!r} is no result of a review" if word else "The result is missing"
        problems.append(Problem(said, nearest(word, _DECISIONS), row.place("decision")))
    return decision


def _id(row: Row) -> str:
    stem = re.sub(
        r"[^0-9A-Za-z가-힣]+", "-", row.file.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    )
    return f"{stem.strip('-')[:50] or 'row'}-{row.line:03}"


def _retired(periods: Mapping[str, Any]) -> Any:
    """The retirement as given or, where it is not, some day up to the end of the month of the review."""
    if periods["retired_on"] is not None or periods["month"] is None:
        return periods["retired_on"]
    return {"at_most": _last_day(_known(periods["month"])).isoformat()}


def _start(row: Row, periods: Mapping[str, Any]) -> Any:
    """The start as given; one that is only said to be planned lies on or after the month of the review."""
    if periods["start_on"] is None and periods["month"] is not None and PLANNED in row.text("start_on"):
        return {"at_least": _first_day(_known(periods["month"])).isoformat()}
    return periods["start_on"]


def _known(period: Any) -> Known[date]:
    return parse_known(period, Domain("date"))


def _last_day(known: Known[date]) -> date:
    """The last day that a date may be; far in the future where it has no end."""
    return known.options[-1] if known.options else known.high or date.max


def _first_day(known: Known[date]) -> date:
    return known.options[0] if known.options else known.low or date.min


def _dated(field: str, period: Any) -> dict[str, Any]:
    return {} if period is None else {field: period}


def _alone(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _employer(row: Row) -> tuple[str, str]:
    """The employer and the position, which the official lists write behind it in brackets."""
    if "both" not in row.cells:
        return row.text("employer"), row.text("employer_position")
    found = _POSITION.fullmatch(row.text("both"))
    if not found or found["position"].strip() in _LEGAL_FORM:
        return row.text("both"), ""
    return found["employer"], found["position"].strip()


def _employment(employer: str) -> dict[str, Any]:
    kinds = _kinds(employer)
    named = bool(employer) and not _UNNAMED.search(employer)
    return {**({"name": employer} if named else {}), **({"kind": _alone(kinds)} if kinds else {})}


def _kinds(employer: str) -> list[str]:
    """The kinds that the words of a name allow; several words leave several kinds."""
    shown = unicodedata.normalize("NFKC", _UNNAMED.sub("", employer))
    found = [kind for pattern, kinds in _KINDS if re.search(pattern, shown) for kind in kinds]
    return list(dict.fromkeys(found))


def _engagement(employer: str, position: str) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if _kinds(employer) == ["school"]:
        said |= _first("role", _ROLES, position)
    said |= _first("occupation", _OCCUPATIONS, position)
    if _WORK.search(position):
        said["handles_or_advises"] = True
    return said


def _first(field: str, words: tuple[tuple[re.Pattern[str], str], ...], text: str) -> dict[str, Any]:
    return next(({field: meaning} for pattern, meaning in words if pattern.search(text)), {})


def _facts(data: dict[str, Any], row: Row) -> EmploymentCase:
    try:
        facts = read_case(EmploymentCase, Document(data, row.file, {}))
        refuse_contradiction(facts)
    except InputError as error:
        raise InputError(
            Problem(problem.message, problem.remedy, row.place(_column(problem.place.path)))
            for problem in error.problems
        ) from None
    return facts


def _column(path: str) -> str:
    section, _, field = path.partition(".")
    return "employer" if section == "employer" else field
