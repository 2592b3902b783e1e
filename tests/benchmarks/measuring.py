"""Times of several ways of doing the same, taken in turn so that noise of the machine meets all alike."""

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter_ns, process_time_ns
from typing import Any


@dataclass
class Times:
    """Wall and CPU times of single calls, in microseconds. CPU time counts every thread of the process."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def take(self, call: Callable[[], Any]) -> None:
        cpu, wall = process_time_ns(), perf_counter_ns()
        call()
        end, cpu_end = perf_counter_ns(), process_time_ns()
        self.wall.append((end - wall) / 1_000)
        self.cpu.append((cpu_end - cpu) / 1_000)

    def row(self) -> list[str]:
        """n, p50 and p99 of wall time, p50 and p99 of CPU time, the longest; with units."""
        return [
            f"{len(self.wall):,}",
            *(shown(percentile(times, share)) for times in (self.wall, self.cpu) for share in (50, 99)),
            shown(max(self.wall)),
        ]


HEAD = ["", "n", "p50", "p99", "CPU p50", "CPU p99", "longest"]


def in_turn(
    ways: Mapping[str, Callable[[Any], Any]], subjects: Sequence[Any], rounds: int
) -> dict[str, Times]:
    """Do every subject each way, `rounds` times after one that is not timed; who is first changes."""
    times = {name: Times() for name in ways}
    names = list(ways)
    for subject in subjects:
        for name in names:
            ways[name](subject)
    for _ in range(rounds):
        for subject in subjects:
            for name in names:
                times[name].take(partial(ways[name], subject))
            names.append(names.pop(0))
    return times


def percentile(times: Sequence[float], share: int) -> float:
    if share == 50:
        return median(times)
    return sorted(times)[min(len(times) - 1, len(times) * share // 100)]


def shown(microseconds: float) -> str:
    if microseconds < 10_000:
        return f"{microseconds:,.0f} µs"
    return f"{microseconds / 1_000:,.1f} ms" if microseconds < 10_000_000 else f"{microseconds / 1e6:,.1f} s"


def machine() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
        platform.machine(),
    )
    busy = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, {model}; Python {platform.python_version()}, {platform.system()}; "
        f"load {busy:.1f} when the run began"
    )


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]], notes: Sequence[str] = ()) -> str:
    """A Markdown table with aligned columns."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = [_line(head, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    lines += [_line(row, widths) for row in rows]
    return "\n".join([f"## {title}", "", *lines, *(("", *notes) if notes else ())])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "| " + " | ".join(padded) + " |"
