"""Charts as inline SVG, each with a title, a description and its figures as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal

from markupsafe import Markup

WIDTH = 720
COLOURS = ("#083891", "#6f9cf2", "#8a5c00", "#6d7882")
_LEFT, _RIGHT, _TOP, _FOOT, _PLOT = 8, 8, 28, 30, 220
_BAR, _GAP, _LINE = 18, 4, 20
_VALUE = 64


@dataclass(frozen=True)
class Series:
    """One figure for every label of a chart; None where it is not known."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """`columns` stand beside each other over a time, `bars` lie below each other."""

    id: str
    title: str
    description: str
    heading: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    shape: Literal["columns", "bars"] = "bars"
    unit: str = ""

    @property
    def svg(self) -> Markup:
        """The picture; its colours are told apart in the legend and by their order."""
        draw = _columns if self.shape == "columns" else _bars
        height, parts = draw(self)
        inside = "\n".join((*_legend(self), *parts))
        return Markup(
            f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img"'
            f' aria-labelledby="{self.id}-title {self.id}-about">\n'
            f'<title id="{self.id}-title">{escape(self.title)}</title>\n'
            f'<desc id="{self.id}-about">{escape(self.description)}</desc>\n{inside}\n</svg>'
        )

    def rows(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The same figures as the rows of a table."""
        for place, label in enumerate(self.labels):
            yield label, tuple(shown(series.values[place], self.unit) for series in self.series)

    @property
    def most(self) -> float:
        """The greatest figure, or 1 where all are 0."""
        return max((value or 0 for series in self.series for value in series.values), default=0) or 1


def shown(value: float | None, unit: str = "") -> str:
    """A figure in writing: whole numbers as such, others to one decimal."""
    if value is None:
        return "–"
    return f"{value:,}{unit}" if isinstance(value, int) else f"{value:,.1f}{unit}"


def _legend(chart: Chart) -> Iterator[str]:
    if len(chart.series) < 2:
        return
    across = float(_LEFT)
    for place, series in enumerate(chart.series):
        yield f'<rect x="{across:.1f}" y="4" width="12" height="12" fill="{COLOURS[place]}"/>'
        yield _text(across + 17, 15, series.name)
        across += 34 + _width(series.name)


def _width(text: str) -> float:
    """About how wide a text is at 13 units: a Korean letter takes twice the room of a Latin one."""
    return sum(13 if ord(letter) > 0x1100 else 7.2 for letter in text)


def _columns(chart: Chart) -> tuple[int, list[str]]:
    wide = (WIDTH - _LEFT - _RIGHT) / max(len(chart.labels), 1)
    thick = min(wide * 0.86 / len(chart.series), 46)
    floor = _TOP + _PLOT
    parts = [f'<line class="axis" x1="{_LEFT}" y1="{floor}" x2="{WIDTH - _RIGHT}" y2="{floor}"/>']
    every = -(-len(chart.labels) // 12)
    for place, label in enumerate(chart.labels):
        middle = _LEFT + wide * (place + 0.5)
        if place % every == 0:
            parts.append(_text(middle, floor + 20, label, "middle"))
        for number, series in enumerate(chart.series):
            value = series.values[place]
            high = (_PLOT - 22) * (value or 0) / chart.most
            left = middle - thick * len(chart.series) / 2 + thick * number
            parts.append(_rect(left, floor - high, thick - 1, high, number))
            if every == 1 and value is not None:
                parts.append(_text(left + thick / 2, floor - high - 5, shown(value, chart.unit), "middle"))
    return floor + _FOOT, parts


def _bars(chart: Chart) -> tuple[int, list[str]]:
    down = float(_TOP if len(chart.series) > 1 else 4)
    parts: list[str] = []
    for place, label in enumerate(chart.labels):
        parts.append(_text(_LEFT, down + 14, label))
        down += _LINE
        for number, series in enumerate(chart.series):
            value = series.values[place]
            wide = (WIDTH - _LEFT - _RIGHT - _VALUE) * (value or 0) / chart.most
            parts.append(_rect(_LEFT, down, wide, _BAR - 2, number))
            parts.append(_text(_LEFT + wide + 6, down + 13, shown(value, chart.unit)))
            down += _BAR
        down += _GAP * 2
    return int(down), parts


def _rect(left: float, top: float, wide: float, high: float, number: int) -> str:
    return (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(wide, 0.5):.1f}" height="{max(high, 0.5):.1f}"'
        f' fill="{COLOURS[number]}"/>'
    )


def _text(across: float, down: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{across:.1f}" y="{down:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
