from datetime import date
from pathlib import Path

import pytest

from cases.files import parse_case
from cases.replay import COURT, Event, Replay, below, history, replay, resting_on
from engine.difference import Conclusion
from engine.worlds import answer
from rules.compare import law_on
from rules.law import Law, employment, trust
from tests import test_case_difference

DAY = date(2015, 3, 31)
SENIOR = """
case: senior
official: {retired_on: 2013-06-30, service: general, grade: 2, senior_civil_service: true, fixed_term: false,
  asset_discloser: false, body: other}
engagement: {start_on: 2014-03-02, role: other, duty: ordinary, occupation: professional,
  handles_or_advises: true, paid: true, periodic: true, own_business: false}
employer: {kind: hospital, listed: true, succession: none}
postings: []
directions: []
subordinations: []
works: []
"""


@pytest.fixture(scope="module")
def events() -> list[Event]:
    found, problems = below(COURT)
    assert problems == []
    return [Event(parse_case(SENIOR)), *(Event(one.case, runs=1) for one in found)]


@pytest.fixture(scope="module")
def later(events: list[Event]) -> Replay:
    found, problems = replay(employment(), law_on(employment(), DAY), events)
    assert problems == []
    return found


def test_all_of_history_is_every_published_row_and_the_court_decisions() -> None:
    events, problems = history()
    assert problems == []
    told = [event for event in events if event.decided]
    assert (len(told), len(events) - len(told)) == (465, 15)
    assert {event.runs for event in told} == {1}


def test_under_the_same_law_twice_nothing_changes(events: list[Event]) -> None:
    for law in (employment(), law_on(employment(), DAY)):
        found, _ = replay(law, law, events)
        assert (found.differing, found.moved, found.rules(), found.conclusions()) == ((), (), [], [])
        assert len(found.replayed) == len(events)
        assert all(before == now for before, now in found.matrix)


def test_one_law_alone_is_answered_and_compared_with_nothing(events: list[Event]) -> None:
    found, _ = replay(employment(), None, events)
    assert found.moved == ()
    assert sum(found.matrix.values()) == len(events)


def test_another_law_another_answer_by_named_rules(later: Replay) -> None:
    senior = later.replayed[0]
    assert (senior.before.outcome, senior.after.outcome) == ("employer_not_covered", "no_close_relevance")
    told = {(reason.rule.id, reason.law) for reason in senior.changed}
    assert {("covered.public", "new"), ("standard.institution", "new"), ("window.open", "both")} <= told
    assert senior.difference is not None
    assert Conclusion("duty", "confirmation_or_approval") in senior.difference.gained
    assert senior.difference.case is senior.event.case


def test_what_only_follows_is_told_apart_from_what_changed(later: Replay) -> None:
    senior = later.replayed[0]
    assert senior.difference is not None
    changed = {reason.rule.id: reason.changed for reason in senior.difference.reasons}
    assert changed["covered.public"]
    assert not changed["outcome.no-close-relevance"]
    assert "listing.gazetted" not in changed


def test_rules_named_for_one_law_fire_in_it_more_surely_than_in_the_other(
    events: list[Event], later: Replay
) -> None:
    laws: dict[str, Law] = {"old": employment(), "new": law_on(employment(), DAY)}
    for one in later.differing[:6]:
        assert one.difference is not None
        sure, may = {}, {}
        for name, law in laws.items():
            worlds = answer(law.executor, one.event.case.facts, one.event.runs).worlds
            each = [world.conclusions.rules_fired() for world in worlds]
            may[name] = {key.partition("#")[0] for fired in each for key, _ in fired}
            sure[name] = set.intersection(*({key.partition("#")[0] for key, s in f if s} for f in each))
        for reason in one.difference.reasons:
            rule = reason.rule.id
            if reason.law == "both":
                assert rule in may["old"] & may["new"]
            else:
                other = "new" if reason.law == "old" else "old"
                assert rule in may[reason.law]
                assert rule not in may[other] or (rule in sure[reason.law] and rule not in sure[other])


def test_tallies_count_the_cases(later: Replay) -> None:
    assert sum(later.matrix.values()) == len(later.replayed)
    assert sum(count for _, count in later.decided.items()) == len(later.replayed)
    for outcome, before, now in later.possible():
        assert before == sum(outcome in one.before.possible for one in later.replayed)
        assert now == sum(outcome in one.after.possible for one in later.replayed)
    for tally in later.rules():
        assert 0 <= tally.moved <= tally.cases <= len(later.differing)
    places = [tally.changed for tally in later.rules()]
    assert places == sorted(places, reverse=True)


def test_equal_facts_are_answered_alike_whatever_the_employer_is_called(later: Replay) -> None:
    named = SENIOR.replace("kind: hospital", "name: 한빛병원, kind: hospital").replace(
        "case: senior", "case: named"
    )
    found, _ = replay(later.old, later.new, [Event(parse_case(SENIOR)), Event(parse_case(named))])
    assert [one.event.case.name for one in found.replayed] == ["senior", "named"]
    assert found.replayed[0].after == found.replayed[1].after
    assert [one.difference.case.name for one in found.replayed if one.difference] == ["senior", "named"]


def test_cases_of_another_kind_and_contradictory_ones_are_passed_over() -> None:
    early = SENIOR.replace("2014-03-02", "2013-03-02")
    found, problems = replay(employment(), None, [Event(parse_case(early)), Event(parse_case(SENIOR))])
    assert [one.event.case.name for one in found.replayed] == ["senior"]
    assert "before the retirement" in problems[0].message
    assert replay(trust(), None, [Event(parse_case(SENIOR))])[0].replayed == ()


def test_a_file_that_cannot_be_read_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("official: 3\n")
    (tmp_path / "b.yaml").write_text(SENIOR)
    events, problems = below(tmp_path)
    assert [event.case.name for event in events] == ["senior"]
    assert problems


def test_the_rules_that_something_rests_on() -> None:
    rulebook = employment().rulebook
    found = resting_on([rulebook], ["standard"])
    assert {"standard.institution", "standard.senior", "reviewee.subject"} <= found
    assert not {"outcome.exempt", "window.open", "filing.duty"} & found


def test_a_day_from_which_a_rule_holds_names_that_rule() -> None:
    """The day before and the day of a change differ by what changed on it."""
    builder = test_case_difference.builder()
    found, _ = replay(
        law_on(employment(), date(2025, 12, 31)), law_on(employment(), date(2026, 1, 1)), [Event(builder)]
    )
    changed = {reason.rule.id for reason in found.replayed[0].changed}
    assert "covered.construction" in changed
    assert "filing.duty" not in changed
