"""Holds the law against published results: what it says of each, and where the two cannot both be right."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from cases.published.imports import read_published
from cases.published.results import Decision, PublishedCase
from engine.documents import read
from engine.errors import InputError
from engine.facts import Spot, problems_of
from engine.values import UNKNOWN
from engine.worlds import Answer, answer
from rules.advice import UNDETERMINED
from rules.law import Law

RESULTS = Path(__file__).with_name("results.csv")
FINDINGS = Path(__file__).with_name("findings.json")
RUNS = 1
NAME = Spot("employer", field="name")
NO_RELEVANCE, RELEVANCE = "no_close_relevance", "close_relevance"
OUTSIDE = "outside_supported_law"
_MEANS = {
    Decision.POSSIBLE: {NO_RELEVANCE},
    Decision.RESTRICTED: {RELEVANCE},
    Decision.APPROVED: {RELEVANCE},
    Decision.DISAPPROVED: {RELEVANCE},
    Decision.POSSIBLE_OR_APPROVED: {NO_RELEVANCE, RELEVANCE},
    Decision.RESTRICTED_OR_DISAPPROVED: {RELEVANCE},
}

INTRODUCTION = """# Published review results

What the encoded law says of {rows} results of employment reviews (취업심사 결과) that the press copied
from the monthly lists: `cases/published/results.csv`. Written by `cases.published.report_markdown`; do
not edit.

A published row says little: agency and grade, a month of retirement (in about half of the rows), the
employer, the position and the result. Postings, the work of the department and the terms of the job are
not published, so rows are hardly ever decided. What the rows can test is who is subject to review, the
kinds of employer and, where both dates are given, the three years. Each row is looked at as a whole, not
split into its worlds: an outcome counts as possible unless it is surely ruled out.

- **Taken**: every row whose retirement or review may lie on or after 4 June 2020.
- **Left out**: {older_retirement} rows of persons who retired and were reviewed before 4 June 2020 and
  {older_review} rows without a retirement that were reviewed before June 2020, all under the older text of
  the Act.
- **Retirement not given**: it is only known to lie before the end of the month of the review. That reviews
  are held within three years of it is what the rules say, so it is not used to read the rows.
- **Neither retirement nor year of the review given**: r323 to r330, officials of 국가정보원 (특정1~3급),
  reviewed in the first quarter of a year that is not known. Their published reason quotes Act 17(2), and
  reasons have to be published since 4 June 2020 (Act 19-3(2)), so the review is taken to fall under this
  law. That is inferred: the press told reasons of earlier reviews too. Their retirement stays unknown.
- **Employer**: its kind is read from its name where a word says so. That it was listed is inferred from
  the review.
- **Position**: work and occupation are read where the word is clear. A licence is not: r301 and r302,
  police officers, were restricted from a post as 변호사 at a law firm. With the licence, Article 17(7)
  exempts them under the rules. Whether they held it when they applied is not published.
- **Grounds**: `no_relevance` and `relevance` (Act 17(2)), `item_9` and `not_items_8_9` (Decree 34(3)),
  `low_influence` (little likelihood of influence), `no_approval_ground` (none of Decree 34(3)).
- **Two dates**: where two reports give different months of retirement, the row has both
  ("2022-02 or 2022-06").

A *finding* is a row for which the rules leave no outcome that the published result presupposes: a possible
employment presupposes a review and no close relation; restriction, approval and disapproval presuppose a
close relation. A row that is surely outside the supported law is none.
"""


@dataclass(frozen=True)
class Surveyed:
    """What the law says of one published result."""

    case: PublishedCase
    outcome: str
    possible: tuple[str, ...]
    questions: tuple[str, ...]

    @property
    def is_finding(self) -> bool:
        """Whether this law governs, yet no outcome that the published decision presupposes is possible."""
        return self.outcome != OUTSIDE and not _MEANS[self.case.decision] & set(self.possible)


@dataclass(frozen=True)
class Survey:
    """What the law says of published results, with at most `runs` worlds looked at for each."""

    rows: tuple[Surveyed, ...]
    runs: int

    @property
    def findings(self) -> tuple[Surveyed, ...]:
        return tuple(row for row in self.rows if row.is_finding)

    @property
    def decided(self) -> Counter[tuple[Decision, str]]:
        """How many rows by decision and outcome."""
        return Counter((row.case.decision, row.outcome) for row in self.rows)

    @property
    def first_open(self) -> Counter[str]:
        """How many undetermined rows by the question that is asked first."""
        return Counter(row.questions[0] for row in self.rows if row.questions)

    @property
    def unread(self) -> tuple[PublishedCase, ...]:
        """The cases whose agency or grade the lexicon does not fully understand."""
        return tuple(row.case for row in self.rows if row.case.unread)


class Explained(BaseModel):
    """`findings.json`: why a result and the law differ, and how many rows were left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    left_out: dict[str, int]
    findings: dict[str, str]


def survey(law: Law, cases: Iterable[PublishedCase], runs: int = RUNS) -> Survey:
    """Ask the law about each case, about equal facts once. `runs` bounds the worlds looked at for a case."""
    known: dict[str, Answer] = {}
    rows = []
    for case in cases:
        facts = case.facts.with_value(NAME, UNKNOWN)
        key = facts.model_dump_json()
        if key not in known:
            known[key] = answer(law.executor, facts, runs)
        found = known[key]
        questions = tuple(str(spot) for spot in found.questions)
        rows.append(Surveyed(case, found.outcome or UNDETERMINED, found.outcomes, questions))
    return Survey(tuple(rows), runs)


def survey_results(law: Law) -> Survey:
    """The survey of `results.csv`. Raises InputError where one of its rows cannot be read."""
    cases, problems = read_published(RESULTS)
    if problems:
        raise InputError(problems)
    return survey(law, cases)


def explained() -> Explained:
    """The explanations of the findings. Raises InputError with file, line and remedy."""
    document = read(FINDINGS)
    try:
        return Explained.model_validate(document.data)
    except ValidationError as error:
        raise InputError(problems_of(error, Explained, document)) from None


def report_markdown(surveyed: Survey) -> str:
    """`docs/published-results.md` for a survey of `results.csv`."""
    known = explained()
    parts = [
        INTRODUCTION.format(rows=len(surveyed.rows), **known.left_out),
        "## Answers\n",
        *_answers(surveyed),
        "\n## Answered: outside the supported law\n",
        *_outside(surveyed),
        "\n## Outcomes that are still possible\n",
        *_possible(surveyed),
        "\n## What is asked first\n",
        *_first_open(surveyed),
        "\n## Findings\n",
        *_findings(surveyed, known.findings),
        "\n## Words that are not understood\n",
        *_unread(surveyed),
    ]
    return "\n".join(parts) + "\n"


def _answers(surveyed: Survey) -> Iterator[str]:
    undetermined = sum(row.outcome == UNDETERMINED for row in surveyed.rows)
    decided = len(surveyed.rows) - undetermined
    yield f"Decided: {decided} rows. Undetermined: {undetermined}. Worlds of a row: up to {surveyed.runs}.\n"
    outcomes = sorted({outcome for _, outcome in surveyed.decided})
    yield from _table(
        ["published", "rows", *outcomes],
        (
            [decision, sum(counts), *counts]
            for decision in Decision
            for counts in [[surveyed.decided[decision, outcome] for outcome in outcomes]]
        ),
    )


def _outside(surveyed: Survey) -> Iterator[str]:
    outside = [row.case for row in surveyed.rows if row.outcome == OUTSIDE]
    if not outside:
        yield "None."
        return
    yield f"{len(outside)} rows of persons who retired before 4 June 2020 and were reviewed since. The"
    yield "2015 text of Article 17(1) and (5) governs their three years (Addenda of Act 16671, Article 6)."
    yield "It is not encoded, so this answer is right and no finding.\n"
    yield from _table(
        ["id", "case", "retired", "reviewed", "published"],
        (
            [case.id, case.title, case.data["official"]["retired_on"], case.month, case.decision]
            for case in outside
        ),
    )


def _possible(surveyed: Survey) -> Iterator[str]:
    counts = Counter(outcome for row in surveyed.rows for outcome in row.possible)
    total = len(surveyed.rows)
    yield from _table(
        ["outcome", "possible", "ruled out"],
        ([outcome, count, total - count] for outcome, count in counts.most_common()),
    )


def _first_open(surveyed: Survey) -> Iterator[str]:
    yield from _table(["fact", "rows"], ([spot, count] for spot, count in surveyed.first_open.most_common()))


def _findings(surveyed: Survey, explanations: Mapping[str, str]) -> Iterator[str]:
    if not surveyed.findings:
        yield "None: every published result is still possible under the rules."
        return
    yield from _table(
        ["id", "case", "published", "possible under the rules", "explanation"],
        (
            [
                row.case.id,
                row.case.title,
                row.case.decision,
                ", ".join(row.possible),
                explanations.get(row.case.id, "**not explained**"),
            ]
            for row in surveyed.findings
        ),
    )


def _unread(surveyed: Survey) -> Iterator[str]:
    if not surveyed.unread:
        yield "None: the lexicon has every agency and every grade."
        return
    yield from _table(
        ["id", "agency", "grade", "words"],
        ([case.id, case.agency, case.grade, ", ".join(case.unread)] for case in surveyed.unread),
    )


def _table(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield _line(heading)
    yield _line(["---"] * len(heading))
    yield from map(_line, rows)


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"
