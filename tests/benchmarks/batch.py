"""Runs one way of evaluating many cases in a process of its own; prints its times and peak of memory."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from engine.duck import Duck
from engine.program import compile_program
from engine.rulebook import Rulebook
from rules.law import employment
from tests.benchmarks import handwritten
from tests.benchmarks.fact_tables import fill
from tests.benchmarks.generated import rulebook_of
from tests.benchmarks.openfisca_peer import OpenFisca
from tests.benchmarks.population import HISTORY, PARTLY, RECENT, Variant, population
from tests.benchmarks.shared import bearing_on, shared

VARIANTS = {"history": HISTORY, "recent": RECENT, "partly": PARTLY}
MEMORY_LIMIT = "2GB"
FOLDER = Path(__file__).parents[2]
Call = Callable[[], object]


@dataclass(frozen=True)
class Taken:
    """Seconds of each run, and the most memory of the process in MiB, the cases included."""

    seconds: tuple[float, ...]
    memory: float


def measured(way: str, count: int, rounds: int, variant: str = "history") -> Taken:
    """Time a way in a process of its own, after one run that is not timed."""
    command = [sys.executable, "-m", "tests.benchmarks.batch", way, str(count), str(rounds), variant]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, check=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Taken(tuple(found["seconds"]), found["memory"])


def duck(rulebook: Rulebook) -> Callable[[Variant, int, str], Call]:
    def prepared(variant: Variant, count: int, folder: str) -> Call:
        executor = Duck(compile_program(rulebook))
        executor.connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
        executor.connection.execute(f"SET temp_directory = '{folder}'")
        fill(executor.connection, executor.schema, variant, count, Path(folder) / "cases.duckdb")
        return executor.evaluate

    return prepared


def by_hand(variant: Variant, count: int, folder: str) -> Call:
    frames = handwritten.frames(population(variant, count))
    return lambda: handwritten.outcomes(frames)


def openfisca(variant: Variant, count: int, folder: str) -> Call:
    peer = OpenFisca(shared(employment().rulebook))
    arrays = peer.arrays(population(variant, count))
    return lambda: peer.run(arrays)


def ways() -> Mapping[str, Callable[[], Callable[[Variant, int, str], Call]]]:
    """Each way by its name; `rules-N` is a generated rulebook of N rules."""
    whole = employment().rulebook
    return {
        "whole": lambda: duck(whole),
        "outcome": lambda: duck(bearing_on(whole, whole.goal)),
        "shared": lambda: duck(shared(whole).alone),
        "by-hand": lambda: by_hand,
        "openfisca": lambda: openfisca,
    }


def main(way: str, count: int, rounds: int, variant: str) -> None:
    if way.startswith("rules-"):
        prepare = duck(rulebook_of(employment().rulebook, int(way.removeprefix("rules-"))))
    else:
        prepare = ways()[way]()
    with TemporaryDirectory() as folder:
        call = prepare(VARIANTS[variant], count, folder)
        call()
        taken = []
        for _ in range(rounds):
            begun = perf_counter()
            call()
            taken.append(perf_counter() - begun)
    print(json.dumps(asdict(Taken(tuple(taken), peak()))))


def peak() -> float:
    """The most memory of this process, in MiB (getrusage would tell that of its parent, if greater)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (most,) = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return int(most) / 1024


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
