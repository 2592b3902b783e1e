"""Many cases at once: the SQL executor beside the same rules by hand, in OpenFisca and in durable-rules."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from engine.rulebook import Rulebook
from rules.law import Law
from tests.benchmarks.batch import Taken, measured
from tests.benchmarks.conftest import Figure, Report
from tests.benchmarks.durable_peer import Durable, as_if_clear
from tests.benchmarks.measuring import HEAD, in_turn, percentile, shown
from tests.benchmarks.plots import Line, plot
from tests.benchmarks.population import HISTORY, cases, population
from tests.benchmarks.shared import bearing_on, shared

MILLION = 1_000_000
LARGE = os.environ.get("PSEA_BENCH_LARGE") == "1"
ROUNDS = {10_000: 15, 100_000: 7, 1_000_000: 3, 10_000_000: 1}
SIZES = [count for count in ROUNDS if LARGE or count <= MILLION]
GREATEST = ("whole", "by-hand")
RULES = (10, 30, 100, 300, 1_000)
AMONG = 100_000
ONE_BY_ONE = 1_000
BATCH_HEAD = ["", "cases", "n", "median", "p99", "cases a second", "peak memory"]
Runs = Mapping[tuple[str, int], Taken]


@pytest.fixture(scope="module")
def names(law: Law) -> dict[str, str]:
    """What each way of running a batch is."""
    whole = law.rulebook
    outcome, part = len(bearing_on(whole, whole.goal).rules), len(shared(whole).alone.rules)
    return {
        "whole": f"psea on DuckDB, all {len(whole.rules)} rules",
        "outcome": f"psea on DuckDB, the {outcome} rules on the outcome",
        "by-hand": f"Polars by hand, the {outcome} rules on the outcome",
        "shared": f"psea on DuckDB, shared subset of {part} rules",
        "openfisca": f"OpenFisca-core, shared subset of {part} rules",
    }


@pytest.fixture(scope="module")
def runs(names: Mapping[str, str]) -> Runs:
    """Every way with every number of cases, the greatest for two of them alone."""
    return {
        (way, count): measured(way, count, ROUNDS[count])
        for count in SIZES
        for way in names
        if way in GREATEST or count <= MILLION
    }


def test_batch(law: Law, names: Mapping[str, str], runs: Runs, report: Report) -> None:
    outcome, subset = bearing_on(law.rulebook, law.rulebook.goal), shared(law.rulebook)
    rows = [_row(names[way], count, taken) for (way, count), taken in sorted(runs.items(), key=_place)]
    report(
        "Many cases at once",
        BATCH_HEAD,
        rows,
        [
            "The same synthetic cases, fully known, retired 2001 to 2026, each with 1 to 4 postings and 0 "
            "to 4 works. Every way runs in a process of its own, once untimed, then n times; a time is that "
            "of one call over cases that are at hand in the form that the way takes: a database file of "
            "DuckDB; data frames and arrays in memory. Peak memory is of the whole process. psea takes "
            "values that are not known as well, says what is certain and what is possible of every fact and "
            "which rules fired; Polars says the outcomes only, OpenFisca the facts only. Both agree with "
            "psea on every case of `tests/benchmarks/test_peers.py`. DuckDB and Polars use every core, "
            "OpenFisca (NumPy) one.",
            "",
            f"The rules on the outcome: {_provisions(outcome)}.",
            "",
            f"The shared subset is every rule that asks only of the official, the engagement and the "
            f"employer, and of no money, with all that it asks for; {len(subset.rules)} facts, yes or no: "
            f"{_provisions(subset.alone)}.",
        ],
    )


def _provisions(rulebook: Rulebook) -> str:
    counted = Counter(rule.provision for rule in rulebook.rules)
    return ", ".join(f"{name} ({count})" for name, count in sorted(counted.items()))


def _place(entry: tuple[tuple[str, int], Taken]) -> int:
    return entry[0][1]


def _row(name: str, count: int, taken: Taken) -> list[str]:
    middle = percentile(taken.seconds, 50)
    return [
        name,
        f"{count:,}",
        f"{len(taken.seconds)}",
        shown(middle * 1e6),
        shown(percentile(taken.seconds, 99) * 1e6),
        f"{count / middle:,.0f}",
        f"{taken.memory:,.0f} MiB",
    ]


def test_figures_to_reach(runs: Runs, figure: Figure) -> None:
    def middle(way: str, count: int = MILLION) -> float:
        return percentile(runs[way, count].seconds, 50)

    def times(way: str, count: int = MILLION) -> list[float]:
        return [seconds * 1e6 for seconds in runs[way, count].seconds]

    whole, memory = middle("whole"), runs["whole", MILLION].memory / 1024
    batch = "1,000,000 cases, whole rulebook, DuckDB"
    figure(batch, "10 s or less", f"{whole:.1f} s", whole <= 10, times("whole"))
    figure(batch, "memory under 4 GiB", f"{memory:.1f} GiB", memory < 4, times("whole"))
    if LARGE:
        growth = middle("whole", 10 * MILLION) / whole
        what = "10,000,000 cases, whole rulebook, DuckDB"
        figure(
            what, "11 times that at most", f"{growth:.1f} times", growth <= 11, times("whole", 10 * MILLION)
        )
    hand = middle("outcome") / middle("by-hand")
    what = "1,000,000 cases, DuckDB beside the same rules by hand in Polars"
    figure(what, "3 times as long at most", f"{hand:.1f} times", hand <= 3, times("outcome"))
    peer = middle("openfisca") / middle("shared")
    what = "1,000,000 cases, DuckDB beside OpenFisca-core on the shared subset"
    figure(what, "2 times as fast at least", f"{peer:.2f} times", peer >= 2, times("shared"))


def test_what_is_known(names: Mapping[str, str], report: Report) -> None:
    about = {
        "history": "fully known, retired 2001 to 2026",
        "recent": "fully known, retired in the last three years",
        "partly": "one value and one list in fifty not known",
    }
    rows = [
        _row(what, AMONG, measured("whole", AMONG, ROUNDS[AMONG], variant)) for variant, what in about.items()
    ]
    report(f"{AMONG:,} cases of other kinds, {names['whole']}", BATCH_HEAD, rows)


def test_one_at_a_time(law: Law, report: Report) -> None:
    subset = shared(as_if_clear(law.rulebook))
    bare, ours = Durable(subset), Law.of(subset.alone)
    people = population(HISTORY, ONE_BY_ONE)
    pairs = list(zip(cases(people), bare.messages(people), strict=True))
    times = in_turn(
        {
            "psea on Rete, all rules": lambda pair: law.executor.run(pair[0]),
            "psea on Rete, shared subset": lambda pair: ours.executor.run(pair[0]),
            "durable-rules bare, shared subset": lambda pair: bare.run(pair[1]),
        },
        pairs,
        2,
    )
    report(
        "The same cases one at a time",
        HEAD,
        [[name, *taken.row()] for name, taken in times.items()],
        [
            "durable-rules takes a dict of numbers made beforehand, through its Python host without its "
            "dispatcher thread, and keeps no proof; psea takes a case of dates and options and keeps what "
            "matched. In the shared subset rules of unclear law count as clear, as durable-rules knows "
            "yes and no only. Both draw the same conclusions from every case.",
        ],
    )


def test_growth(names: Mapping[str, str], runs: Runs, report: Report) -> None:
    plot(
        "growth-cases",
        ("cases", "seconds"),
        [
            Line(
                name,
                [(count, percentile(taken.seconds, 50)) for (of, count), taken in runs.items() if of == way],
            )
            for way, name in names.items()
        ],
    )
    taken = {count: measured(f"rules-{count}", AMONG, 3) for count in RULES}
    points: Sequence[tuple[float, float]] = [
        (count, percentile(one.seconds, 50)) for count, one in taken.items()
    ]
    plot("growth-rules", ("rules", f"seconds for {AMONG:,} cases"), [Line("psea on DuckDB", points)])
    report(
        f"Growth with rules, {AMONG:,} cases on DuckDB",
        ["rules", "n", "median", "p99", "cases a second", "peak memory"],
        [[f"{count:,}", *_row("", AMONG, one)[2:]] for count, one in taken.items()],
        [
            "The first rules of the law, those first that others rest on, or it and copies of it.",
            "",
            "![Seconds by number of cases](images/growth-cases.svg)",
            "",
            "![Seconds by number of rules](images/growth-rules.svg)",
        ],
    )
