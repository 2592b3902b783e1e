import pytest

from rules.law import employment
from service.batch.columns import Headings

HEADINGS = Headings(employment().rulebook)


@pytest.mark.parametrize(
    ("heading", "path"),
    [
        ("퇴직일", "official.retired_on"),
        (" 퇴 직 일 ", "official.retired_on"),
        ("퇴직일(필수)", "official.retired_on"),
        ("퇴직일*", "official.retired_on"),
        ("Retirement DATE", "official.retired_on"),
        ("official.retired_on", "official.retired_on"),
        ("취업 시작일", "engagement.start_on"),
        ("기관 이름", "employer.name"),
        ("신청번호", "id"),
        ("No.", "id"),
        ("소속", "official.agency"),
        ("직위·직급", "official.rank"),
        ("works.complete", "works.complete"),
        ("업무 모두 적음", "works.complete"),
        ("works[1].category", "works[1].category"),
        ("work[12].last_on", "works[12].last_on"),
        ("취업예정기관과 관련된 업무 2: 업무의 종류", "works[2].category"),
        ("업무 2: 업무의 종류", "works[2].category"),
        ("Work connected with the employer 3: Kind of work", "works[3].category"),
        ("비고", ""),
        ("# 담당자", ""),
    ],
)
def test_what_a_heading_means(heading: str, path: str) -> None:
    column = HEADINGS.column(heading)
    assert column is not None
    assert column.path == path


@pytest.mark.parametrize("heading", ["담당자", "works[0].category", "works[1].colour", "works[201].category"])
def test_a_strange_heading_is_not_guessed(heading: str) -> None:
    assert HEADINGS.column(heading) is None


def test_the_remedy_offers_near_headings_in_their_language() -> None:
    assert "'퇴직일'" in HEADINGS.remedy("퇴직일자")
    assert "'engagement.start_on'" in HEADINGS.remedy("engagement.strat_on")
    assert "--template" in HEADINGS.remedy("zzz")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_label_of_every_column_leads_back_to_it(language: str) -> None:
    for column in HEADINGS.columns:
        assert HEADINGS.column(HEADINGS.label(column, language)) == column
    for section, columns in HEADINGS.items.items():
        assert HEADINGS.list_of(HEADINGS.sheet_name(section, language)) == section
        for column in columns:
            assert HEADINGS.column(HEADINGS.label(column, language)) == column
            assert HEADINGS.column(column.path) == column


def test_the_dates_on_which_the_law_hangs_are_needed() -> None:
    assert [column.path for column in HEADINGS.needed] == ["official.retired_on", "engagement.start_on"]
