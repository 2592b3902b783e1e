"""Stock, blind trust and recusal: the fact types, and the rulebook against arithmetic done another way."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.values import exactly
from engine.worlds import Answer, answer
from rules.facts import EmploymentCase
from rules.holdings import TrustCase
from rules.law import trust

OWNERS = ["self", "spouse", "ascendant", "descendant"]
LEFT_OUT = ["married_female_descendant", "maternal_grandparent", "daughters_descendant", "other"]
NEW_TERM = date(2021, 6, 23)
PARTS = st.tuples(st.sampled_from(OWNERS + LEFT_OUT), st.booleans(), st.integers(0, 20_000_000))
DUTIES = st.dates(date(2016, 6, 30), date(2029, 12, 31))


def case(asked_on: date, arose_on: date, **sections: Any) -> TrustCase:
    holder = {"asked_on": asked_on, "asset_discloser": True, "space_agency_exempted": False}
    stock = {"owner": "self", "kind": "listed", "value": 50_000_000, "refused_notice": False}
    given_ = {"stocks": [stock], "tasks": [], **sections}
    return TrustCase.model_validate(
        {"holder": holder, "holding": {"arose_on": arose_on, "basis": "exceeded"}, **given_}
    )


def found(asked_on: date, arose_on: date, **sections: Any) -> Answer:
    return answer(trust().executor, case(asked_on, arose_on, **sections))


def followed(said: Answer) -> dict[str, dict[str, int]]:
    """What certainly follows, as predicate.kind, with its arguments."""
    return {
        f"{predicate}.{trust().rulebook.label(predicate, 'kind', given_['kind'])}": given_
        for (predicate, arguments), row in said.base.conclusions.rows.items()
        if row.certain and "kind" in (given_ := {name: low for name, (low, _) in arguments})
    }


def follows(said: Answer) -> set[str]:
    return set(followed(said))


def due(said: Answer, kind: str) -> date:
    return date.fromordinal(followed(said)[f"duty.{kind}"]["by_on"])


def term_end(day: date, months: int) -> date:
    """The last day of a term of months that begins on the day after `day` (Civil Act 157, 160)."""
    begins = day + timedelta(1)
    year, month = divmod(begins.year * 12 + begins.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    if begins.day > last:
        return date(year, month + 1, last)
    return date(year, month + 1, begins.day) - timedelta(1)


def months_for(arose_on: date) -> int:
    return 2 if arose_on >= NEW_TERM else 1


def test_no_section_is_named_like_one_of_the_other_rulebook() -> None:
    assert not TrustCase.model_fields.keys() & EmploymentCase.model_fields.keys()
    assert not TrustCase.sections().keys() & EmploymentCase.sections().keys()


def test_an_event_that_is_not_recorded_has_not_happened() -> None:
    bare = TrustCase.model_validate({"holder": {}, "holding": {}})
    open_lists = {
        section.fact.type_name() for section in bare.sections().values() if not bare.complete(section)
    }
    assert open_lists == {"stock", "task"}


def test_what_is_left_out_is_unknown() -> None:
    bare = TrustCase.model_validate({"holder": {"asked_on": "2026-03"}, "holding": {}})
    assert bare.holder.asset_discloser.unknown
    assert bare.holder.asked_on.low == date(2026, 3, 1)


def test_of_nothing_known_nothing_is_decided() -> None:
    said = answer(trust().executor, TrustCase.model_validate({"holder": {}, "holding": {}}))
    assert said.outcome is None
    assert {"outside_supported_law", "not_obliged", "below_threshold"} <= set(said.outcomes)


@given(st.lists(PARTS, max_size=5))
@settings(max_examples=60, deadline=None)
def test_the_limit_is_put_to_the_whole_household(parts: list[tuple[str, bool, int]]) -> None:
    stocks = [
        {"owner": owner, "kind": "listed", "value": value, "refused_notice": refused}
        for owner, refused, value in parts
    ]
    total = sum(
        value for owner, refused, value in parts if owner == "self" or (owner in OWNERS and not refused)
    )
    said = found(date(2026, 3, 2), date(2026, 2, 2), stocks=stocks)
    assert said.outcome == ("must_sell_or_entrust" if total > 30_000_000 else "below_threshold")


@given(DUTIES, st.integers(0, 200))
@settings(max_examples=80, deadline=None)
def test_recusal_begins_the_day_after_a_missed_period(arose_on: date, later: int) -> None:
    asked_on = arose_on + timedelta(later)
    ends = term_end(arose_on, months_for(arose_on))
    said = found(asked_on, arose_on)
    assert due(said, "sell_or_entrust") == due(said, "ask_review") == ends
    late = asked_on > ends
    barred = late and arose_on >= NEW_TERM
    assert said.outcome == ("must_recuse" if barred else "must_sell_or_entrust")
    assert ("penalty.late_or_false" in follows(said)) == (late and ends >= NEW_TERM)


@given(DUTIES, st.integers(0, 90), st.sampled_from(["related", "not_related", "pending"]), st.integers(0, 90))
@settings(max_examples=80, deadline=None)
def test_a_review_bars_until_found_not_related(arose_on: date, wait: int, result: str, since: int) -> None:
    requested_on = arose_on + timedelta(5)
    notified_on = requested_on + timedelta(wait)
    asked_on = requested_on + timedelta(since)
    review = {
        "own_motion": False, "requested_on": requested_on, "extended": False, "result": result,
        "notified_on": notified_on,
    }  # fmt: skip
    said = found(asked_on, arose_on, reviews=[review])
    told = result != "pending" and asked_on >= notified_on
    if told and result == "not_related":
        assert said.outcome == "not_related"
    elif arose_on >= NEW_TERM:
        assert said.outcome == "must_recuse"
    else:
        assert said.outcome == ("must_sell_or_entrust" if told else "under_review")
    if told and result == "related":
        assert due(said, "sell_or_entrust") == term_end(notified_on, months_for(arose_on))


@given(st.dates(date(2026, 3, 1), date(2029, 12, 31)), st.booleans())
@settings(max_examples=60, deadline=None)
def test_involvement_is_reported_by_the_tenth_day_after_its_quarter(day: date, reported: bool) -> None:
    trusted = {
        "ground": "first", "signed_on": "2026-02-20", "reported_on": "2026-02-25", "disposed": False,
        "ended": False, "extended": False, "trustee_was_employer": False, "end_ground": "none",
    }  # fmt: skip
    taken = {
        "kind": "budget", "involved_on": day, "affects_company": True, "unavoidable": True,
        "reported": reported,
    }  # fmt: skip
    year, quarter = divmod(day.year * 4 + (day.month - 1) // 3 + 1, 4)
    deadline = date(year, quarter * 3 + 1, 10)
    for asked_on, missed in ((deadline, False), (deadline + timedelta(1), not reported)):
        said = found(asked_on, date(2026, 2, 2), trusts=[trusted], involvements=[taken])
        assert ("duty.quarterly_report" in follows(said)) != reported
        assert reported or due(said, "quarterly_report") == deadline
        assert ("penalty.no_quarterly_report" in follows(said)) == missed


def test_recusal_names_the_duties_to_keep_out_of() -> None:
    tasks = [
        {"kind": "licence", "affects_company": True},
        {"kind": "tax", "affects_company": False},
        {"kind": "none", "affects_company": True},
    ]
    said = found(date(2026, 5, 1), date(2026, 2, 2), tasks=tasks)
    assert {item for item in follows(said) if item.startswith("keep_out")} == {"keep_out.licence"}
    assert {"conduct.hand_over", "conduct.report_if_unavoidable"} <= follows(said)


def test_a_stock_of_which_the_law_is_silent_is_shown_as_unclear() -> None:
    fund = {"owner": "self", "kind": "etf", "value": 50_000_000, "refused_notice": False}
    said = found(date(2026, 3, 2), date(2026, 2, 2), stocks=[fund])
    assert said.outcomes == ("below_threshold", "must_sell_or_entrust")
    assert [rule.id for rule in said.unclear] == ["counted.silent"]


def test_another_day_of_the_same_case_can_be_asked_about() -> None:
    before = case(date(2026, 4, 2), date(2026, 2, 2))
    after = before.model_copy(
        update={"holder": before.holder.model_copy(update={"asked_on": exactly(date(2026, 4, 3))})}
    )
    assert answer(trust().executor, before).outcome == "must_sell_or_entrust"
    assert answer(trust().executor, after).outcome == "must_recuse"


def test_a_day_before_the_duty_is_refused_with_place_and_remedy() -> None:
    case = TrustCase.model_validate(
        {"holder": {"asked_on": "2026-01-31"}, "holding": {"arose_on": "2026-02-01"}}
    )
    (problem,) = case.contradictions()
    assert problem.place.path == "holder.asked_on"
    assert "2026-01-31" in problem.message
    month = TrustCase.model_validate(
        {"holder": {"asked_on": "2026-02"}, "holding": {"arose_on": "2026-02-10"}}
    )
    assert not list(month.contradictions())
