import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cases.published.survey import RESULTS
from service.publication.counts import Counts
from service.publication.decided import Decisions, read_decided
from service.publication.meetings import read_meetings
from service.publication.month import Month, gather
from service.publication.page import page_bytes
from service.publication.reasons import Ground, Reason
from service.publication.records import records
from service.publication.tables import csv_bytes, json_bytes
from tests.publication import MEETINGS, decided

VOID = {"meta", "br", "link"}


@cache
def announced() -> dict[str, Counts]:
    counts, problems = read_meetings(MEETINGS)
    assert problems == []
    return counts


def months() -> list[str]:
    told = {cells[1] for _, cells in records(RESULTS) if re.fullmatch(r"\d{4}-\d{2}", cells[1])}
    return sorted(told | announced().keys())


def month(
    *rows: object, numbers: Counts | None = None, when: str = "2025-03", synthetic: bool = False
) -> Month:
    decisions = Decisions(rows, others=0, unsettled=0, dated=True, synthetic=synthetic, problems=())  # type: ignore[arg-type]
    return gather(when, decisions, None if numbers is None else {when: numbers})


def page(published: Month) -> str:
    return page_bytes(published).decode()


class Balanced(HTMLParser):
    """Every tag is closed where it was opened; cells of headings say what they head."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag == "th" and dict(attrs).get("scope") not in {"col", "row"}:
            self.wrong.append("th without scope")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def assert_well_formed(text: str) -> None:
    reader = Balanced()
    reader.feed(text)
    assert (reader.open, reader.wrong) == ([], [])
    assert text.startswith('<!doctype html>\n<html lang="ko">')
    assert "<script" not in text
    assert not re.search(r"(src|href)=|url\(|@import", text)
    assert text.count("<table") == text.count("<caption")


def test_every_month_of_the_projects_data_is_published() -> None:
    listed = 0
    found = months()
    for when in found:
        decisions = read_decided(RESULTS, when)
        assert decisions.problems == ()
        published = gather(when, decisions, announced())
        text = page(published)
        assert_well_formed(text)
        assert text.count('<td class="result ') == len(published.rows) == published.counted.reviewed
        assert csv_bytes(published)
        assert json_bytes(published)
        listed += len(published.rows)
        if published.overrun:
            assert (when, published.overrun) == ("2021-09", ("restricted",))
    assert (len(found), listed) == (99, 446)


def test_a_page_says_its_numbers_rows_and_rate() -> None:
    reasons = (Reason(Ground.APPROVAL, (9,)),)
    numbers = Counts(reviewed=89, restricted=6, disapproved=7, fined=8)
    text = page(month(decided(result="approved", reasons=reasons), numbers=numbers))
    assert_well_formed(text)
    for said in (
        '<h1><span lang="ko">2025년 3월 취업심사 결과</span>',
        "심사 89건 가운데 1건",
        "2025년 취업제한율 14.6%",
        "Employment-limit rate of 2025: 14.6 %",
        "취업제한·취업불승인 13건 ÷ 심사 89건",
        "영 제34조제3항제9호",
        "제9호: 전문성이 증명되고",
        "실제로 취업했는지를 나타내지 않습니다",
    ):
        assert said in text, said
    assert "가상" not in text


def test_rows_are_not_taken_for_announced_numbers() -> None:
    text = page(month(decided(), decided(result="restricted")))
    assert "이 자료의 행 가운데 50.0%" in text
    assert "취업제한율 50" not in text
    assert "발표된 건수</span>" not in text


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (
            Counts(reviewed=70, possible=54, approved=7, restricted=6, disapproved=3),
            "취업가능 61건(취업승인 7건 포함), 취업제한 9건(취업불승인 3건 포함)",
        ),
        (
            Counts(reviewed=47, possible_or_approved=41, restricted_or_disapproved=6),
            "취업가능 41건(취업승인 포함), 취업제한 6건(취업불승인 포함)",
        ),
    ],
)
def test_the_way_of_2014_to_2019_is_told(numbers: Counts, said: str) -> None:
    assert said in page(month(numbers=numbers, when="2017-02"))
    assert said not in page(month(numbers=numbers, when="2020-02"))


def test_a_month_without_rows_publishes_its_numbers() -> None:
    text = page(month(numbers=Counts(fined=33, unauthorised_found=33), when="2012-12"))
    assert_well_formed(text)
    assert "건수만 싣습니다" in text
    assert text.count("<table") == 1


def test_what_rows_say_is_text_and_not_markup() -> None:
    text = page(month(decided(agency="<b>국세청</b>", employer='"><script>1</script>')))
    assert_well_formed(text)
    assert "&lt;b&gt;국세청&lt;/b&gt;" in text


def test_a_page_with_synthetic_rows_says_so_first() -> None:
    text = page(month(decided(), synthetic=True))
    assert text.index("시험용으로 만든 가상 자료") < text.index("<table")


def test_the_same_month_gives_the_same_bytes() -> None:
    published = month(decided(), decided(result="fined"), numbers=Counts(reviewed=1))
    assert page_bytes(published) == page_bytes(replace(published))
    assert b"\r" not in page_bytes(published)


def test_the_templates_name_no_place_outside() -> None:
    folder = Path(__file__).parents[1] / "service" / "publication" / "templates"
    assert not any("http" in path.read_text(encoding="utf-8") for path in folder.iterdir())
