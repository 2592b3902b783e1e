"""The calendar file: whole-day events that stay the same for the same facts."""

from datetime import date, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from service.web.calendar_file import calendar_file
from service.web.result import Result
from service.web.words import LANGUAGES, words
from tests.results import open_result, result


def made(found: Result, language: str = "ko") -> bytes:
    said = words(language)["calendar"]
    return calendar_file(found.advice, found.due, said, said["name"]["employment"], language)


def events(found: Result, language: str = "ko") -> list[Any]:
    return [one for one in Calendar.from_ical(made(found, language)).walk() if one.name == "VEVENT"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dated_thing_is_an_all_day_event(language: str) -> None:
    found = result()
    assert [one.decoded("dtstart") for one in events(found, language)] == [due.day for due in found.due]
    for event in events(found, language):
        assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(days=1)
        assert event["dtstart"].params["VALUE"] == "DATE"
        assert found.advice.notice.in_(language) in event["description"]


def test_the_filing_deadline_and_the_end_of_the_window_are_there() -> None:
    days = {event.decoded("dtstart"): str(event["summary"]) for event in events(result())}
    assert "이 날까지" in days[date(2026, 1, 31)]
    assert "취업제한기간이 지남" in days[date(2028, 7, 1)]


def test_the_same_facts_give_the_same_bytes() -> None:
    again = Result(result().test, result().answers, result().test.advice(result().answers))
    assert made(again) == made(result())


def test_identities_are_unique_and_the_same_in_both_languages() -> None:
    korean, english = ([str(one["uid"]) for one in events(result(), language)] for language in LANGUAGES)
    assert korean == english
    assert len(set(korean)) == len(korean)


def test_other_facts_have_other_identities() -> None:
    moved = result(engagement__start_on="2026-04-01")
    assert not {str(one["uid"]) for one in events(moved)} & {str(one["uid"]) for one in events(result())}


def test_reminders_come_a_week_and_a_day_before() -> None:
    for event in events(result()):
        alarms = [one for one in event.walk() if one.name == "VALARM"]
        before = [one.decoded("trigger") for one in alarms]
        assert before == [timedelta(hours=9) - timedelta(days=days) for days in (7, 1)]


def test_what_is_only_possible_says_so() -> None:
    found = open_result()
    for due, event in zip(found.due, events(found), strict=True):
        assert str(event["summary"]).startswith("(해당할 수 있음)") == (not due.certain)
        assert str(event["status"]) == ("CONFIRMED" if due.certain and due.shown is None else "TENTATIVE")
    assert any(not due.certain for due in found.due)


def test_a_day_that_is_not_exact_says_what_it_may_be() -> None:
    found = result(engagement__start_on="2026-03")
    due = next(one for one in found.due if one.key.startswith("duties."))
    assert due.day == date(2026, 1, 30)
    assert due.shown is not None
    event = next(one for one in events(found) if one.decoded("dtstart") == due.day)
    assert due.shown.ko in event["description"]


def test_lines_are_folded_as_the_format_wants() -> None:
    assert all(len(line) <= 75 for line in made(result()).split(b"\r\n"))
