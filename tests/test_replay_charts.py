import re
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from service.replay.charts import COLOURS, WIDTH, Chart, Series, shown

VALUES = st.lists(st.none() | st.integers(0, 10**6) | st.floats(0, 100), min_size=1, max_size=30)


def chart(values: list[float | None], **more: str) -> Chart:
    labels = tuple(f"<{place}> & 해" for place in range(len(values)))
    series = (Series("그 전", tuple(values)), Series("now", tuple(reversed(values))))
    return Chart("one", "제목 <b>", "무엇 & 왜", "연도", labels, series, **more)  # type: ignore[arg-type]


@given(VALUES, st.sampled_from(["columns", "bars"]))
def test_every_chart_is_sound_and_says_what_it_shows(values: list[float | None], shape: str) -> None:
    drawn = ElementTree.fromstring(chart(values, shape=shape).svg)
    assert drawn.get("role") == "img"
    told = {part.get("id"): part.text for part in drawn if part.tag in {"title", "desc"}}
    assert [told[name] for name in str(drawn.get("aria-labelledby")).split()] == ["제목 <b>", "무엇 & 왜"]
    height = float(str(drawn.get("viewBox")).split()[3])
    for part in drawn.iter("rect"):
        left, top, wide, high = (float(str(part.get(name))) for name in ("x", "y", "width", "height"))
        assert left >= 0
        assert top >= 0
        assert left + wide <= WIDTH + 1
        assert top + high <= height + 1


@given(VALUES)
def test_the_table_has_the_figures_of_the_chart(values: list[float | None]) -> None:
    rows = list(chart(values).rows())
    assert [cells[0] for _, cells in rows] == [shown(value) for value in values]
    assert all(len(cells) == 2 for _, cells in rows)


def test_longer_bars_for_greater_figures() -> None:
    drawn = ElementTree.fromstring(
        Chart("a", "t", "d", "h", ("x", "y"), (Series("s", (10, 40)),), unit=" %").svg
    )
    one, other = (float(str(part.get("width"))) for part in drawn.iter("rect"))
    assert abs(other / one - 4) < 0.01
    assert [part.text for part in drawn.iter("text")] == ["x", "10 %", "y", "40 %"]


def test_nothing_at_all_is_drawn_as_nothing() -> None:
    assert ElementTree.fromstring(chart([0, None, 0]).svg) is not None


def test_figures_in_writing() -> None:
    assert [shown(None), shown(1234), shown(5.0, " %"), shown(20.84)] == ["–", "1,234", "5.0 %", "20.8"]


def test_colours_stand_out_from_white() -> None:
    for colour in COLOURS:
        red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        parts = [
            one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in (red, green, blue)
        ]
        light = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
        assert 1.05 / (light + 0.05) > 2.6
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in COLOURS)
