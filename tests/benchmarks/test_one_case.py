"""One case through the whole rulebook with proof, and the same rules as a decision graph of zen."""

from dataclasses import dataclass
from statistics import median
from typing import Any

import pytest
import zen as zen_engine

from engine.execution import Conclusions
from engine.facts import Listed
from engine.proof import Explainer, Step
from engine.worlds import answer
from rules.advice import advise
from rules.facts import Direction, EmploymentCase, Posting, Subordination, Work
from rules.law import Law
from tests.benchmarks import zen
from tests.benchmarks.conftest import Figure, Report
from tests.benchmarks.measuring import HEAD, Times, in_turn, percentile, shown
from tests.benchmarks.subjects import Subject, filled

TRACE = {"trace": True}
OURS = "psea, outcome and proof"
LAYERED, SINGLE = "zen, trace, a node per stratum", "zen, trace, all in one node"


@dataclass(frozen=True)
class Both:
    """One exact case as each engine takes it."""

    case: EmploymentCase
    context: dict[str, Any]


@dataclass(frozen=True)
class Peer:
    """zen with the rulebook loaded: compiled beforehand and called with a ready dict, its fastest way."""

    layered: Any
    single: Any


@pytest.fixture(scope="module")
def peer(law: Law) -> Peer:
    layered, single = (
        zen_engine.ZenEngine().create_decision(
            zen_engine.ZenDecisionContent(zen.graph(law.rulebook, layered=layered))
        )
        for layered in (True, False)
    )
    return Peer(layered, single)


@pytest.fixture(scope="module")
def both(law: Law, peer: Peer, fully_known: list[Subject]) -> list[Both]:
    """Every fully known case, after both engines have drawn the same conclusions from it."""
    pairs = [Both(subject.case, zen.context(subject.case, law.rulebook)) for subject in fully_known]
    for pair in pairs:
        agree(law, peer, pair)
    return pairs


def agree(law: Law, peer: Peer, pair: Both) -> None:
    """Same outcome, same derived facts; and zen has evaluated every rule, with trace on."""
    ours = _plain(law, law.executor.run(pair.case))
    (outcome,) = answer(law.executor, pair.case).outcomes
    rules = {zen.rule_key(rule) for rule in law.rulebook.rules}
    for decision in (peer.layered, peer.single):
        found = decision.evaluate(pair.context, TRACE)
        assert zen.outcome(found["result"], law.rulebook) == outcome
        assert zen.conclusions(found["result"], law.rulebook) == ours
        assert rules <= zen.evaluated(found["trace"])


def _plain(law: Law, conclusions: Conclusions) -> set[Any]:
    texts = {number: text for text, number in conclusions.given.texts.items()}
    signatures = law.rulebook.predicates
    return {
        (predicate, tuple(sorted((name, texts[low] if signatures[predicate][name].kind == "text" else low)
                                 for name, (low, _) in arguments)))
        for predicate, arguments in conclusions.rows
    }  # fmt: skip


def explained(law: Law, case: EmploymentCase) -> Step:
    conclusions = law.executor.run(case)
    fact, _ = next(conclusions.of(law.rulebook.goal))
    return Explainer(conclusions, law.executor.program).proof(fact)


@dataclass(frozen=True)
class Comparison:
    """The times of each way, as rows, and in words how psea stands to zen."""

    times: dict[str, Times]
    words: str

    @property
    def rows(self) -> list[list[str]]:
        return [[name, *taken.row()] for name, taken in self.times.items()]


def compare(law: Law, peer: Peer, pairs: list[Both], rounds: int) -> Comparison:
    times = in_turn(
        {
            OURS: lambda pair: explained(law, pair.case),
            LAYERED: lambda pair: peer.layered.evaluate(pair.context, TRACE),
            SINGLE: lambda pair: peer.single.evaluate(pair.context, TRACE),
            "zen, no trace, a node per stratum": lambda pair: peer.layered.evaluate(pair.context),
            "zen, no trace, all in one node": lambda pair: peer.single.evaluate(pair.context),
            "psea, all conclusions and firings, no proof tree": lambda pair: law.executor.run(pair.case),
        },
        pairs,
        rounds,
    )
    ratios = [f"{_ratio(times[OURS], times[name]):.2f} times {name!r}" for name in (LAYERED, SINGLE)]
    return Comparison(times, f"Case by case, {OURS!r} takes (CPU time, median) {' and '.join(ratios)}.")


def _ratio(one: Times, other: Times) -> float:
    return median(mine / theirs for mine, theirs in zip(one.cpu, other.cpu, strict=True))


def test_fully_known(
    law: Law, peer: Peer, both: list[Both], fully_known: list[Subject], report: Report, figure: Figure
) -> None:
    place, richest = max(enumerate(fully_known), key=lambda entry: entry[1].derived)
    about = f"{richest.name}: {richest.derived} facts follow"
    found = compare(law, peer, [both[place]], 500)
    report(f"One fully known case ({about})", HEAD, found.rows, [found.words])
    found = compare(law, peer, both, 2)
    rules = len(law.rulebook.rules)
    report(
        f"{len(both)} fully known cases: every decided case file, filled in",
        HEAD,
        found.rows,
        [
            f"{found.words} zen evaluates {rules} of {rules} rules on each case and agrees with psea on each "
            "of them about the outcome and every other derived fact. psea takes a case of dates and options, "
            "zen a dict of numbers made beforehand. zen takes exact facts only.",
        ],
    )
    ours = found.times[OURS].wall
    best = min(percentile(found.times[name].wall, 50) for name in (LAYERED, SINGLE))
    ratio, worst = percentile(ours, 50) / best, percentile(ours, 99)
    one = "one case, whole rulebook, with proof"
    figure(one, "p50 at or below zen with trace", f"{ratio:.2f} times", ratio <= 1, ours)
    figure(one, "p99 < 3 ms", shown(worst), worst < 3_000, ours)


def test_recursion(law: Law, peer: Peer, fully_known: list[Subject], report: Report) -> None:
    pair = _chained(law, fully_known)
    agree(law, peer, pair)
    found = compare(law, peer, [pair], 300)
    report(
        "One fully known case with chains of three departments and three bodies",
        HEAD,
        found.rows,
        [f"{found.words} zen has no recursion: its graph is unrolled to {zen.LEVELS} levels."],
    )


def _chained(law: Law, fully_known: list[Subject]) -> Both:
    plain = next(subject for subject in fully_known if subject.outcome == "no_close_relevance").case
    day = plain.official.retired_on.options[0].isoformat()
    chain = list(zip("abc", "bcd", strict=True))
    posting = {"body": "d", "unit": "a", "above_section_head": True, "from_on": "2015-01-01", "to_on": day}
    work = {"category": "contract", "body": "a", "unit": "d", "last_on": day, "toward_employer": True}
    parts = {
        "postings": _all(Posting, [posting, posting | {"body": "a"}]),
        "directions": _all(Direction, [{"by_unit": one, "unit": other} for one, other in chain]),
        "subordinations": _all(Subordination, [{"body": one, "under": other} for one, other in chain]),
        "works": _all(Work, [work, work | {"unit": "c"}]),
    }
    case = filled(plain.model_copy(update=parts))
    return Both(case, zen.context(case, law.rulebook))


def _all(kind: Any, items: list[dict[str, Any]]) -> Any:
    return Listed[kind].model_validate({"complete": True, "items": items})


def test_answers(law: Law, as_they_stand: list[Subject], fully_known: list[Subject], report: Report) -> None:
    decided = [subject for subject in as_they_stand if subject.outcome]
    undecided = [subject for subject in as_they_stand if not subject.outcome and subject.runs > 1]
    undecided.sort(key=lambda subject: subject.runs)
    middle = undecided[len(undecided) // 2]
    rows = []
    for name, subjects, rounds in (
        ("fully known", fully_known, 2),
        ("decided, the rest unknown", decided, 1),
        ("not decided: split into worlds", undecided, 1),
        (f"{middle.name}, {middle.runs} worlds run", [middle], 100),
    ):
        times = in_turn({"": lambda subject: answer(law.executor, subject.case)}, subjects, rounds)
        rows.append([f"answer, {name}", f"{len(subjects)}", *times[""].row()])
    for name, subjects in (("fully known", fully_known), ("decided", decided), ("not decided", undecided)):
        some = subjects[:: max(1, len(subjects) // 8)]
        times = in_turn({"": lambda subject: advise(law, subject.case)}, some, 1)
        rows.append([f"whole advice in words, {name}", f"{len(some)}", *times[""].row()])
    runs = [subject.runs for subject in undecided]
    report(
        "Answers and whole advice, from case files as they stand",
        [HEAD[0], "cases", *HEAD[1:]],
        rows,
        [
            f"Undecided cases take {min(runs)} to {max(runs)} runs each. A whole advice also looks for the "
            "next day and the smallest changes that would change the answer, each of them a case of its own.",
        ],
    )
