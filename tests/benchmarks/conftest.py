"""Tables are printed as they are made; PSEA_WRITE_BENCHMARKS=1 also writes them to docs/benchmarks.md."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import pytest

from rules.law import Law, employment
from tests.benchmarks.measuring import machine, percentile, shown, table
from tests.benchmarks.subjects import Subject, files, known

DOCUMENT = Path(__file__).parents[2] / "docs" / "benchmarks.md"
PREFACE = """# Benchmarks

Written by `PSEA_WRITE_BENCHMARKS=1 make bench`. Every row is measured in the same run, and ways of doing the
same are taken in turn (A B A B), so that other work on the machine meets all of them. p50 and p99 are wall
time of one call; CPU time counts all threads of the process. Nothing is asserted about time.
"""
PEERS = ("duckdb", "durable-rules", "openfisca-core", "polars", "zen-engine")
Report = Callable[..., None]
Figure = Callable[[str, str, str, bool, Sequence[float]], None]
REACH_HEAD = ["", "to reach", "measured", "reached", "n", "median", "p99"]
Figures = list[list[str]]


@pytest.fixture(scope="session")
def figures() -> Figures:
    """The figures that this software means to reach, as measured."""
    return []


@pytest.fixture(scope="session")
def figure(figures: Figures) -> Figure:
    """Call with what is measured, what to reach, what came, whether that is enough, and the times in µs."""

    def tell(what: str, reach: str, came: str, enough: bool, times: Sequence[float]) -> None:
        ends = [shown(percentile(times, share)) for share in (50, 99)]
        figures.append([what, reach, came, "yes" if enough else "no", f"{len(times):,}", *ends])

    return tell


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest, figures: Figures) -> Iterator[Report]:
    """Call with a title, a head and rows (and notes) to print a table and keep it for the document."""
    peers = ", ".join(f"{name} {version(name)}" for name in PEERS)
    about = f"{machine()}; {peers}."
    parts = [PREFACE + "\n" + about]
    print(f"\n\n{about}")

    def tell(
        title: str, head: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()
    ) -> None:
        parts.append(table(title, head, rows, notes))
        print(f"\n{parts[-1]}\n")

    yield tell
    parts.insert(1, table("Figures to reach", REACH_HEAD, figures))
    print(f"\n{parts[1]}\n")
    if os.environ.get("PSEA_WRITE_BENCHMARKS") == "1" and not request.session.testsfailed:
        DOCUMENT.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def law() -> Law:
    return employment()


@pytest.fixture(scope="session")
def as_they_stand(law: Law) -> list[Subject]:
    return files(law)


@pytest.fixture(scope="session")
def fully_known(law: Law, as_they_stand: list[Subject]) -> list[Subject]:
    return list(known(law, as_they_stand))


@pytest.fixture(autouse=True)
def swept() -> None:
    gc.collect()
