"""The dated things of an advice as a calendar file (RFC 5545)."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Alarm, Calendar, Event

from rules.advice import Advice
from service.web.duedays import DueDay

STAMP = datetime(2000, 1, 1, tzinfo=UTC)
MORNING = timedelta(hours=9)
ALARM_DAYS = (7, 1)


def calendar_file(
    advice: Advice, due: Iterable[DueDay], words: Mapping[str, Any], name: str, language: str
) -> bytes:
    """All-day events with an alarm a week and a day before; equal facts give equal bytes.

    `words` are those of the calendar, `name` is that of the self-test.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//psea//self-test//KO" if language == "ko" else "-//psea//self-test//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for one in due:
        calendar.add_component(_event(advice, one, words, language))
    return bytes(calendar.to_ical())


def _event(advice: Advice, due: DueDay, words: Mapping[str, Any], language: str) -> Event:
    title = words["title"][due.end].format(label=due.label.in_(language))
    event = Event()
    event.add("uid", uid(advice, due))
    event.add("dtstamp", STAMP)
    event.add("dtstart", due.day)
    event.add("dtend", due.day + timedelta(days=1))
    event.add("summary", title if due.certain else words["possible"].format(title=title))
    event.add("description", "\n\n".join(_description(advice, due, words, language)))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED" if due.certain and due.shown is None else "TENTATIVE")
    for days in ALARM_DAYS:
        event.add_component(_alarm(title, days))
    return event


def uid(advice: Advice, due: DueDay) -> str:
    """One for one thing of one set of facts, so that a newer file takes the place of an older one."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"psea:{advice.identity.facts}:{due.key}"))


def _description(advice: Advice, due: DueDay, words: Mapping[str, Any], language: str) -> Iterator[str]:
    if said := due.says.in_(language):
        yield said
    if due.end == "answer":
        yield words["answer"]
    if due.shown is not None:
        yield words["not_exact"].format(day=due.shown.in_(language))
    if not due.certain:
        yield words["may"]
    if due.citation is not None:
        yield words["cite"].format(cite=due.citation.shown.in_(language))
    yield advice.notice.in_(language)
    yield words["identity"].format(rulebook=advice.identity.rulebook[:12], facts=advice.identity.facts[:12])


def _alarm(title: str, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", MORNING - timedelta(days=days))
    return alarm
