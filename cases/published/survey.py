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
from engine.worlds import Answer, brief
from rules.law import UNDETERMINED, Law

RESULTS = Path(__file__).with_name("results.csv")
FINDINGS = Path(__file__).with_name("findings.json")
NAME = Spot("employer", field="name")
NO_RELEVANCE, RELEVANCE = "no_close_relevance", "close_relevance"
_MEANS = {
    Decision.POSSIBLE: {NO_RELEVANCE},
    Decision.RESTRICTED: {RELEVANCE},
    Decision.APPROVED: {RELEVANCE},
    Decision.DISAPPROVED: {RELEVANCE},
    Decision.POSSIBLE_OR_APPROVED: {NO_RELEVANCE, RELEVANCE},
    Decision.RESTRICTED_OR_DISAPPROVED: {RELEVANCE},
    Decision.FINED: {NO_RELEVANCE, RELEVANCE},
    Decision.LIVELIHOOD_EXEMPT: {NO_RELEVANCE, RELEVANCE},
}

INTRODUCTION = """# Published review results

What the encoded law says of {rows} results of employment reviews (취업심사 결과) that the press copied
from the monthly lists: `cases/published/results.csv`. Written by `cases.published.report_markdown`; do
not edit.

A published row says little: agency and grade, a month of retirement (in about half of the rows), the
employer, the position and the result. Postings, the work of the department and the terms of the job are
not published, so rows are hardly ever decided. What the rows can test is who is subject to review, the
kinds of employer and, where both dates are given, the three years. All completions of a row are looked
at: an outcome counts as possible unless none of them may have it.

- **Taken**: every row, of reviews from 2013 to 2026, each under the law of its own retirement.
- **Retirement not given**: it is only known to lie before the end of the month of the review. That reviews
  are held within two or three years of it is what the rules say, so it is not used to read the rows.
- **Neither retirement nor year of the review given**: r323 to r330, officials of 국가정보원 (특정1~3급),
  reviewed in the first quarter of a year that is not known. Their retirement stays unknown.
- **Employer**: its kind is read from its name where a word says so. That it was listed is inferred from
  the review.
- **Position**: work and occupation are read where the word is clear. A licence is not: r301 and r302,
  police officers, were restricted from a post as 변호사 at a law firm. With the licence, Article 17(7)
  exempts them under the rules. Whether they held it when they applied is not published.
- **Grounds**: `no_relevance` and `relevance` (Act 17(2)), `item_9` and `not_items_8_9` (Decree 34(3)),
  `low_influence` (little likelihood of influence), `approval_ground` and `no_approval_ground` (one or none
  of Decree 34(3)), `handled_own_work` (Act 18-2(1)).
- **Not reviews**: `fined` and `livelihood_exempt` are jobs taken without review, with the fine asked for or
  waived; `complaint` is a complaint to the prosecutors, which tests no outcome.
- **Two dates**: where two reports give different months of retirement, the row has both
  ("2022-02 or 2022-06").

A *finding* is a row for which the rules leave no outcome that the published result presupposes: a possible
employment presupposes a review and no close relation; restriction, approval and disapproval presuppose a
close relation, a fine and its waiver a review that was wanted.
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
        """Whether no outcome that the published decision presupposes is possible."""
        means = _MEANS.get(self.case.decision)
        return means is not None and not means & set(self.possible)


@dataclass(frozen=True)
class Survey:
    """What the law says of published results."""

    rows: tuple[Surveyed, ...]

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
    """`findings.json`: why a result and the law differ."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    findings: dict[str, str]


def survey(law: Law, cases: Iterable[PublishedCase]) -> Survey:
    """Ask the law about each case, about equal facts once."""
    known: dict[str, Answer] = {}
    rows = []
    for case in cases:
        facts = case.facts.with_value(NAME, UNKNOWN)
        key = facts.model_dump_json()
        if key not in known:
            known[key] = brief(law.executor, facts)
        found = known[key]
        questions = tuple(str(spot) for spot in found.questions)
        rows.append(Surveyed(case, found.outcome or UNDETERMINED, found.outcomes, questions))
    return Survey(tuple(rows))


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
        INTRODUCTION.format(rows=len(surveyed.rows)),
        "## Answers\n",
        *_answers(surveyed),
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
    yield f"Decided: {decided} rows. Undetermined: {undetermined}.\n"
    outcomes = sorted({outcome for _, outcome in surveyed.decided})
    yield from _table(
        ["published", "rows", *outcomes],
        (
            [decision, sum(counts), *counts]
            for decision in Decision
            for counts in [[surveyed.decided[decision, outcome] for outcome in outcomes]]
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
