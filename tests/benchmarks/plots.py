"""Plots for the document, as SVG with both axes logarithmic."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

IMAGES = Path(__file__).parents[2] / "docs" / "images"
STYLE = {
    "svg.hashsalt": "psea",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True)
class Line:
    name: str
    points: Sequence[tuple[float, float]]


def plot(name: str, axes: tuple[str, str], lines: Sequence[Line]) -> None:
    """Draw lines, where the document is written too."""
    if os.environ.get("PSEA_WRITE_BENCHMARKS") != "1":
        return
    with rc_context(STYLE):
        figure = Figure(figsize=(8, 4.5), layout="constrained")
        field = figure.add_subplot(xscale="log", yscale="log", xlabel=axes[0], ylabel=axes[1])
        for line in lines:
            across, up = zip(*line.points, strict=True)
            field.plot(across, up, marker="o", label=line.name)
        field.grid(visible=True, which="major", alpha=0.3)
        field.legend(frameon=False)
        IMAGES.mkdir(exist_ok=True)
        figure.savefig(IMAGES / f"{name}.svg", metadata={"Date": None})
