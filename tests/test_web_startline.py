"""The answers along the possible days of start."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.worlds import answer
from rules.law import employment
from service.web.answers import Answers
from service.web.forms import TRUST
from service.web.startline import MOST_DAYS, WIDTH, StartLine, startline
from tests.interviewing import case_files, self_test
from tests.results import SAID, of, result

DAY = timedelta(days=1)


def outcomes_on(day: date, **other: object) -> tuple[str, ...]:
    test = result().test
    said = {**SAID, **{name.replace("__", "."): value for name, value in other.items()}}
    case = test.case(Answers({**said, "engagement.start_on": day.isoformat()}))
    return answer(test.law.executor, case).outcomes


def line_of(**other: object) -> StartLine:
    line = of({**SAID, **{name.replace("__", "."): value for name, value in other.items()}}).line
    assert line is not None
    return line


def test_the_answer_changes_on_the_day_after_the_three_years() -> None:
    first, last = line_of().parts
    assert (first.first, first.last) == (date(2025, 6, 30), date(2028, 6, 30))
    assert first.outcomes == ("close_relevance",)
    assert first.now
    assert (last.first, last.last, last.outcomes) == (date(2028, 7, 1), None, ("window_closed",))
    assert not last.now


def test_the_days_on_both_sides_of_a_change_have_the_answers_of_their_parts() -> None:
    for before, after in pairwise(line_of().parts):
        assert before.last is not None
        assert before.last + DAY == after.first
        assert outcomes_on(before.last) == before.outcomes
        assert outcomes_on(after.first) == after.outcomes


@pytest.mark.parametrize("retired", ["2008-06-30", "2015-03-30", "2015-03-31", "2024-02-29"])
def test_each_retirement_has_the_window_of_its_law(retired: str) -> None:
    start = f"{int(retired[:4]) + 1}-01-15"
    parts = line_of(official__retired_on=retired, engagement__start_on=start).parts
    closed = next(part.first for part in parts if part.outcomes == ("window_closed",))
    assert outcomes_on(closed, official__retired_on=retired) == ("window_closed",)
    assert outcomes_on(closed - DAY, official__retired_on=retired) == ("close_relevance",)


@settings(max_examples=15)
@given(st.dates(date(2025, 6, 30), date(2032, 1, 1)))
def test_any_day_has_the_answer_of_its_part(day: date) -> None:
    line = result().line
    assert line is not None
    part = next(part for part in line.parts if part.last is None or day <= part.last)
    assert outcomes_on(day) == part.outcomes


def test_it_agrees_with_the_next_day_of_the_advice() -> None:
    found = result()
    assert found.line is not None
    assert found.advice.next_day is not None
    after = next(part for part in found.line.parts if part.first > date(2026, 3, 2))
    assert (after.first.isoformat(), after.outcomes) == (
        found.advice.next_day.value,
        found.advice.next_day.outcomes,
    )


def test_an_unknown_start_is_drawn_without_a_mark() -> None:
    line = line_of(engagement__start_on=None)
    assert line.mark is None
    assert not any(part.now for part in line.parts)
    assert line.parts[-1].outcomes == ("window_closed",)


def test_an_unknown_retirement_has_no_line() -> None:
    assert of({**SAID, "official.retired_on": None}).line is None


def test_a_start_that_changes_nothing_has_no_line() -> None:
    flags = ("audit_department", "accounting_officer", "civil_petition_department", "local_tax")
    below = {"official.service": "general", "official.grade": 9, "official.body": "other"}
    words = {"words.agency": None, "words.rank": None}
    found = of({**SAID, **words, **below, **{f"official.{flag}": False for flag in flags}})
    assert found.advice.outcome == "not_subject"
    assert found.line is None


def test_the_drawing_fills_its_width_in_order() -> None:
    line = line_of()
    bars = list(line.bars())
    assert bars[0].x == 0
    assert sum(bar.width for bar in bars) == pytest.approx(WIDTH, abs=0.5)
    assert all(bar.width > 0 for bar in bars)
    assert line.mark is not None
    assert bars[0].x < line.mark < bars[0].width
    assert [year for _, year in line.years()] == [2026, 2027, 2028]


def test_no_more_days_are_looked_at_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_DAYS >= 22
    monkeypatch.setattr("service.web.startline.MOST_DAYS", 3)
    found = of({**SAID, "official.retired_on": "2008-06-30", "engagement.start_on": "2009-01-01"})
    line = startline(employment(), found.test.case(found.answers), found.advice.possible)
    assert line is None or (not line.whole and line.end == line.parts[-1].last)


def test_the_days_of_a_trust_case_are_drawn_too() -> None:
    case = next(case for case in case_files(TRUST) if case.name == "household-above").facts
    test = self_test(TRUST)
    line = startline(test.law, case, ("must_sell_or_entrust",))
    assert line is not None
    assert [part.outcomes for part in line.parts] == [("must_sell_or_entrust",), ("must_recuse",)]
