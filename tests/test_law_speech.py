from datetime import date

import pytest

from engine.difference import Conclusion
from engine.periods import Period
from rules.law import employment
from rules.speech import LawSpeaker

RULEBOOK = employment().rulebook
KO, EN = LawSpeaker(RULEBOOK, "ko"), LawSpeaker(RULEBOOK, "en")
FIRST, LAST = date(2026, 1, 1), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("period", "korean", "english"),
    [
        (Period(None, None), "언제나", "always"),
        (Period(FIRST, None), "2026년 1월 1일부터", "from 1 January 2026"),
        (Period(None, LAST), "2026년 10월 1일까지", "until 1 October 2026"),
        (Period(FIRST, LAST), "2026년 1월 1일부터 2026년 10월 1일까지", "1 January 2026 to 1 October 2026"),
    ],
)
def test_periods(period: Period, korean: str, english: str) -> None:
    assert (KO.days(period), EN.days(period)) == (korean, english)


def test_a_version_names_the_date_that_picks_it() -> None:
    rule = RULEBOOK.by_key["covered.construction"]
    assert KO.version(rule) == "퇴직일 2026년 1월 1일부터"
    assert EN.version(rule) == "Retirement date from 1 January 2026"


def test_values_of_a_case_stand_by_name_and_settled_parameters_by_value() -> None:
    rule = RULEBOOK.by_key["window.open"]
    said = LawSpeaker(RULEBOOK, "en", date(2026, 1, 1)).rule(rule)
    assert "[Retirement date]" in said
    assert "3 years" in said
    assert "…" not in said
    assert "[취업제한기간]년" in KO.rule(rule)


def test_conclusions_are_named() -> None:
    assert KO.conclusion(Conclusion("outcome", "exempt")) == "심사가 필요 없는 예외"
    assert KO.conclusion(Conclusion("route", "approval")) == "신청 방법: 취업승인신청"
    assert EN.conclusion(Conclusion("covered")) == EN.predicate("covered")


def test_large_parameters_are_money() -> None:
    assert (KO.worth(1_000_000_000), KO.worth(3), EN.worth(50_000_000)) == ("10억원", "3", "KRW 50,000,000")


def test_articles_are_cited_in_the_manner_of_the_language() -> None:
    assert (KO.cite("Act 17(1)"), EN.cite("Act 17(1)")) == ("법 제17조제1항", "Act 17(1)")
