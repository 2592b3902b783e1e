"""On every day on which the law changed for somebody, a case of the day before and one of the day differ."""

from pathlib import Path

import pytest

from cases.files import AnyCase, read_cases
from engine.worlds import answer
from rules.law import law_for

FOLDER = Path(__file__).parent.parent / "cases" / "cohorts"
CASES = {case.name: case for path in sorted(FOLDER.glob("*.yaml")) for case in read_cases(path)}
DAYS = (
    "2011-10-30",
    "2014-06-25",
    "2014-12-30",
    "2015-03-31",
    "2015-12-29",
    "2016-06-30",
    "2020-06-04",
    "2020-07-05",
    "2021-06-23",
    "2021-10-02",
    "2024-01-01",
    "2024-06-27",
    "2026-01-01",
    "2026-10-02",
)


def conclusions(case: AnyCase) -> set[tuple[str, ...]]:
    """What follows, by predicate and label."""
    law = law_for(type(case.facts))
    found = answer(law.executor, case.facts).base.conclusions
    return {
        (predicate, *(domain.options[low] for name, (low, _) in arguments
                      if (domain := law.rulebook.predicates[predicate][name]).options))
        for predicate, arguments in found.rows
    }  # fmt: skip


@pytest.mark.parametrize("day", DAYS)
def test_the_day_before_and_the_day_are_answered_differently(day: str) -> None:
    before, on = CASES[f"cohort-{day}-before"], CASES[f"cohort-{day}"]
    said, told = (case.facts.model_dump(mode="json", exclude_defaults=True) for case in (before, on))
    changed = {
        (section, name)
        for section in said
        for name in (said[section] if isinstance(said[section], dict) else {})
        if said[section][name] != told[section][name]
    }
    assert len(changed) == 1
    assert conclusions(before) != conclusions(on)
