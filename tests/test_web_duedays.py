"""The dated things of an advice in order."""

from datetime import date

from rules.advice import Item
from service.web.duedays import due_days
from tests.results import open_result, result


def test_days_are_in_order_and_every_dated_item_is_there() -> None:
    advice = result().advice
    found = due_days(advice, None, result().test.law.rulebook)
    assert [due.day for due in found] == sorted(due.day for due in found)
    items = [
        item
        for group in type(advice).model_fields
        if isinstance(getattr(advice, group), tuple)
        for item in getattr(advice, group)
        if isinstance(item, Item)
    ]
    ends = [end for item in items for end in (item.by_on, item.from_on, item.until_on) if end is not None]
    assert len(found) == len(ends)
    assert len({due.key for due in found}) == len(found)


def test_the_deadline_for_filing_is_thirty_days_before_the_start() -> None:
    due = next(one for one in result().due if one.key.startswith("duties."))
    assert (due.day, due.end, due.certain) == (date(2026, 1, 31), "by", True)


def test_another_answer_later_is_a_day_too() -> None:
    due = result().due[-1]
    assert (due.day, due.end, due.certain) == (date(2028, 7, 1), "answer", True)


def test_an_uncertain_change_is_said_to_be_possible() -> None:
    found = result(official__window_suspended=None)
    changed = next(due for due in found.due if due.end == "answer")
    assert not changed.certain
    assert " / " in changed.label.ko


def test_a_deadline_that_is_a_range_is_kept_at_its_safe_end() -> None:
    due = next(one for one in result(engagement__start_on="2026-03").due if one.key.startswith("duties."))
    assert due.day == date(2026, 1, 30)
    assert due.shown is not None


def test_what_may_not_apply_is_not_certain() -> None:
    assert any(not due.certain for due in open_result().due)
