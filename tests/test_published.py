import csv
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.files import find_cases, read_cases
from cases.published import import_published, read_published, report_markdown, survey, write_cases
from cases.published.months import read_period
from cases.published.results import Decision, PublishedCase
from cases.published.survey import RESULTS, explained, survey_results
from engine.errors import InputError, Problem
from engine.facts import Spot
from engine.values import exactly
from rules.law import employment

DOCUMENT = Path(__file__).parents[1] / "docs" / "published-results.md"
OFFICIAL = "연번,퇴직 당시 소속,직위(직급),퇴직일,취업(예정) 기관(직위),일자,심사결과,결정사유"
PLAIN = "id,month,agency,grade,retired_on,employer,employer_position,start_on,decision,ground,source"


@pytest.fixture(scope="module")
def published() -> list[PublishedCase]:
    cases, problems = read_published(RESULTS)
    assert problems == []
    return cases


def written(folder: Path, *lines: str, encoding: str = "utf-8", name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def one(folder: Path, line: str, heading: str = PLAIN) -> PublishedCase:
    cases, problems = read_published(written(folder, heading, line))
    assert problems == []
    return cases[0]


def joining(folder: Path, employer: str, position: str = "", decision: str = "possible") -> PublishedCase:
    return one(folder, f"a1,2025-01,국세청,4급,2024-12,{employer},{position},2025-02,{decision},,")


def placed(problems: list[Problem]) -> list[tuple[int, int]]:
    return [(problem.place.line, problem.place.column) for problem in problems]


def test_the_published_results_name_no_address(
    published: list[PublishedCase],
) -> None:
    with RESULTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [case.id for case in published]
    assert len(rows) == 465
    assert not any("/" in row["source"] or len(row["source"]) > 30 for row in rows)


def test_a_dated_retirement_is_answered_under_the_law_of_its_day() -> None:
    surveyed = survey_results(employment())
    dated = [row for row in surveyed.rows if isinstance(row.case.data["official"].get("retired_on"), str)]
    assert len(dated) > 150
    assert not [row.case.id for row in dated if "outside_supported_law" in row.possible]


def test_a_closed_window_is_a_finding_unless_a_suit_stopped_it(tmp_path: Path) -> None:
    case = one(tmp_path, "a1,2025-01,국세청,4급,2020-07,㈜가,,2024-12,possible,,")
    (row,) = survey(employment(), [case]).rows
    assert {"window_closed", "close_relevance"} < set(row.possible)
    assert not row.is_finding
    no_suit = case.facts.with_value(Spot("official", 0, "window_suspended"), exactly(False))
    (row,) = survey(employment(), [replace(case, facts=no_suit)]).rows
    assert row.outcome == "window_closed"
    assert row.is_finding


def test_reviews_without_a_year_keep_an_unknown_retirement(published: list[PublishedCase]) -> None:
    undated = [case for case in published if case.month == "Q1"]
    assert [case.id for case in undated] == [f"r{number}" for number in range(323, 331)]
    assert {case.agency for case in undated} == {"국가정보원"}
    assert all(case.facts.official.retired_on.unknown for case in undated)
    assert all(case.ground == "no_relevance" for case in undated)


def test_explanations_are_no_case_files() -> None:
    assert not [path for path in find_cases(RESULTS.parents[1]) if path.parent == RESULTS.parent]


def test_the_report_is_up_to_date_and_every_finding_is_explained() -> None:
    surveyed = survey_results(employment())
    assert {row.case.id for row in surveyed.findings} == set(explained().findings)
    assert surveyed.unread == ()
    assert sum(surveyed.decided.values()) == len(surveyed.rows)
    text = report_markdown(surveyed)
    assert DOCUMENT.read_text(encoding="utf-8") == text, (
        "write it anew with report_markdown(survey_results(law))"
    )
    assert "not explained" not in text


def test_a_result_that_the_rules_rule_out_is_a_finding(
    tmp_path: Path, published: list[PublishedCase]
) -> None:
    teacher = joining(tmp_path, "학교법인 가나", "교수", "restricted")
    dean = joining(tmp_path, "학교법인 가나", "학장", "restricted")
    found = survey(employment(), [teacher, dean])
    assert [row.is_finding for row in found.rows] == [True, False]
    assert found.rows[0].outcome == "employer_not_covered"
    assert "close_relevance" in found.rows[1].possible
    assert "**not explained**" in report_markdown(found)


def test_police_officers_restricted_as_lawyers_would_be_exempt_with_the_licence(
    published: list[PublishedCase],
) -> None:
    officers = [case for case in published if case.id in {"r301", "r302"}]
    assert [row.is_finding for row in survey(employment(), officers).rows] == [False, False]
    for case in officers:
        licensed = case.facts.with_value(Spot("official", 0, "lawyer"), exactly(True)).with_value(
            Spot("official", 0, "retired_on"), exactly(date(2025, 9, 30))
        )
        assert survey(employment(), [replace(case, facts=licensed)]).findings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("예정", None),
        ("Q1", None),
        ("Q1 (year of article)", None),
        ("1분기", None),
        ("2025-12", "2025-12"),
        ("2025.12", "2025-12"),
        ("2025.12.", "2025-12"),
        ("2025. 3. 7.", "2025-03-07"),
        ("2025-12-31", "2025-12-31"),
        ("20251231", "2025-12-31"),
        ("'25년 12월 퇴직", "2025-12"),
        ("25년 3월", "2025-03"),
        ("’25.12", "2025-12"),
        ("2026년 2월 취업예정", "2026-02"),
        ("２０２５년 １월", "2025-01"),
        ("2021", "2021"),
        ("2021년", "2021"),
        ("2022-06 or 2022-12", ["2022-06", "2022-12"]),
        ("2022.6 또는 12월", ["2022-06", "2022-12"]),
        ("2013~2014 (date not in excerpt)", {"at_least": "2013", "at_most": "2014"}),
        ("2017-01~04", {"at_least": "2017-01", "at_most": "2017-04"}),
    ],
)
def test_periods_are_read_as_they_are_written(text: str, expected: object) -> None:
    assert read_period(text) == expected


@pytest.mark.parametrize("text", ["Q5", "2025 Q1", "12월", "2025.13", "2025-02-30", "7일", "abc"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        read_period(text)


@pytest.mark.parametrize(
    ("employer", "kind"),
    [
        ("법무법인 가", "law_firm"),
        ("김장법률사무소", "law_firm"),
        ("합작법무법인 가", "joint_law_firm"),
        ("가 외국법자문법률사무소", "foreign_law_office"),
        ("가회계법인", "accounting_firm"),
        ("세무법인 가", "tax_firm"),
        ("한국가협회", ["association", "public_organisation"]),
        ("한국가협회컨설팅", None),
        ("가대학교", "school"),
        ("가대학교 연구소", "school"),
        ("학교법인 가", "school"),
        ("가대학교병원", ["hospital", "public_organisation"]),
        ("가대학교 의료원", ["school", "hospital", "public_organisation"]),
        ("㈜가", "company"),
        ("주식회사 가", "company"),
        ("가건설", None),
        ("한국가공사", None),
    ],
)
def test_the_kind_of_employer_is_read_only_from_clear_words(
    tmp_path: Path, employer: str, kind: object
) -> None:
    assert joining(tmp_path, employer).data["employer"].get("kind") == kind


@pytest.mark.parametrize(
    ("employer", "position", "expected"),
    [
        (
            "가대학교",
            "초빙교수",
            {"role": "teaching", "occupation": "professional", "handles_or_advises": True},
        ),
        ("가대학교", "총장", {"role": "school_leadership"}),
        ("가대학교", "부학장", {}),
        ("㈜가", "연구교수", {"occupation": "professional", "handles_or_advises": True}),
        ("㈜가", "비상근고문", {"handles_or_advises": True}),
        ("㈜가", "사외이사", {"handles_or_advises": True}),
        ("㈜가", "대표이사", {"occupation": "manager", "handles_or_advises": True}),
        ("법무법인 가", "변호사", {"occupation": "professional", "handles_or_advises": True}),
        ("㈜가", "부장", {}),
        ("㈜가", "", {}),
    ],
)
def test_the_work_is_read_only_from_clear_words(
    tmp_path: Path, employer: str, position: str, expected: dict[str, object]
) -> None:
    case = joining(tmp_path, employer, position)
    assert {**case.data["engagement"], "start_on": "2025-02"} == {**expected, "start_on": "2025-02"}
    assert not any(case.data["official"].get(field) for field in ("lawyer", "tax_accountant", "accountant"))


def test_an_employer_without_a_name_keeps_its_kind(tmp_path: Path) -> None:
    assert joining(tmp_path, "법무법인(명칭 미기재)").data["employer"] == {"kind": "law_firm", "listed": True}


def test_a_listing_is_inferred_only_where_that_is_asked_and_said(tmp_path: Path) -> None:
    path = written(tmp_path, PLAIN, "a1,2025-01,국세청,4급,2024-12,㈜가,,,possible,,site.kr")
    (inferred,), _ = read_published(path)
    (plain,), _ = read_published(path, assume_listed=False)
    assert inferred.facts.employer.listed.options == (True,)
    assert "inferred" in inferred.note
    assert plain.facts.employer.listed.unknown
    assert "inferred" not in plain.note


def test_what_a_row_does_not_say_stays_unknown(tmp_path: Path) -> None:
    case = one(tmp_path, "a1,2025-02,감사원,4급,,카카오,팀장,,restricted,,site.kr")
    assert case.data["official"]["retired_on"] == {"at_most": "2025-02-28"}
    assert case.data["engagement"] == {}
    assert case.data["employer"] == {"name": "카카오", "listed": True}
    assert case.unread == ()


def test_a_planned_start_lies_after_the_month_of_the_review_begins(tmp_path: Path) -> None:
    case = one(tmp_path, "a1,2025-02,감사원,4급,2025-01,카카오,팀장,취업예정,restricted,,site.kr")
    assert case.data["engagement"] == {"start_on": {"at_least": "2025-02-01"}}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_official_layout_is_read_in_every_encoding(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [
        "2026년 8월 취업심사 결과",
        OFFICIAL.replace("결정사유", '"결정\n사유"'),
        "1,국방부,육군대령,'25년 12월,㈜한빛 (상근감사위원),'26년 8월,취업제한,법 제17조제2항제8호",
        '2,국세청,세무6급,2026.03,"세무법인 가온\n(상담실장(비상근))",2026-09-01,취업 가능,-',
        "3,경찰청,경감,2026-03,한빛(주),,취업불승인,승인사유 없음",
        "※ 취업제한: 밀접한 업무관련성",
    ]
    path = written(tmp_path, *(line.replace(",", separator) for line in lines), encoding=encoding)
    cases, problems = read_published(path)
    assert problems == []
    assert [(case.id, case.employer, case.position, case.decision) for case in cases] == [
        ("list-004", "㈜한빛", "상근감사위원", Decision.RESTRICTED),
        ("list-005", "세무법인 가온", "상담실장(비상근)", Decision.POSSIBLE),
        ("list-007", "한빛(주)", "", Decision.DISAPPROVED),
    ]
    assert cases[0].data["official"]["retired_on"] == "2025-12"
    assert cases[0].data["official"]["military_rank"] == "colonel"
    assert cases[1].data["engagement"] == {"start_on": "2026-09-01"}
    assert cases[1].ground == ""


def test_separate_columns_for_employer_and_new_position_are_told_apart(tmp_path: Path) -> None:
    heading = "소속,직위(직급),퇴직일,취업기관,취업일,직위(직급),심사결과"
    case = one(tmp_path, "감사원,4급,2025-01,㈜가,2025-03,이사,승인", heading)
    assert (case.grade, case.employer, case.position) == ("4급", "㈜가", "이사")


def test_a_bad_row_is_reported_and_costs_no_other(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        OFFICIAL,
        '1,경찰청,"경감,2026.03,㈜가,2026-09,취업가능,',
        "2,경찰청,경감,2026.13,㈜가,2026-09,취업가능,",
        "3,경찰청,경감,2026.03,㈜가,2026-09,심사보류,",
        "4,경찰청,경감,2026.03,㈜가,2026-09,취업승인,",
        "5,,,2026.03,㈜가,2026-09,취업승인,",
        "6,경찰청,경감,2026.03,㈜가,2026-01,취업승인,",
        "7,경찰청,경감",
        "8,경찰청,경감,2026.03,㈜가,2026-09,취업승인,,남는 칸",
        "9,경찰청,경감,,㈜가,2026-09,취업승인,",
        f"10,경찰청,경감,2026.03,{'가' * 300},2026-09,취업승인,",
        "11,경찰청,경감,2026.03,㈜가,2026-09,,",
        "12,경찰청,총경,2026.03,㈜가,2026-09,취업가능,",
    )
    cases, problems = read_published(path)
    assert [case.place.line for case in cases] == [5, 13]
    assert placed(problems) == [
        (2, 0), (3, 4), (4, 7), (6, 2), (7, 6), (8, 0), (9, 0), (10, 4), (11, 0), (12, 7),
    ]  # fmt: skip
    assert all(problem.remedy and problem.place.file == str(path) for problem in problems)
    assert "취업승인" in problems[2].remedy or "승인" in problems[2].remedy


@pytest.mark.parametrize("name", ["../a", "", "a/b", ".hidden", "a" * 65])
def test_an_id_that_cannot_name_a_file_is_refused(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, PLAIN, f"{name},2025-01,국세청,4급,2024-12,㈜가,,,possible,,")
    cases, problems = read_published(path)
    assert ([case.id for case in cases], placed(problems)) in [([], [(2, 1)]), (["list-002"], [])]
    assert (not name) == bool(cases)


def test_an_id_stands_once(tmp_path: Path) -> None:
    line = "a1,2025-01,국세청,4급,2024-12,㈜가,,,possible,,"
    cases, problems = read_published(written(tmp_path, PLAIN, line, line))
    assert len(cases) == 1
    assert placed(problems) == [(3, 1)]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00\x01", b"\x00" * 8])
def test_a_file_that_is_no_such_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_published(path)
    assert caught.value.problems[0].remedy


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        import_published(tmp_path / "none.csv", tmp_path / "out")


def test_case_files_read_back_as_the_facts_of_the_rows(
    tmp_path: Path, published: list[PublishedCase]
) -> None:
    sample = published[::6]
    write_cases(sample, tmp_path)
    for case in sample:
        (file,) = read_cases(tmp_path / f"{case.id}.yaml")
        assert file.facts == case.facts
        assert (file.name, file.title, file.note, file.source) == (
            case.id,
            case.title,
            case.note,
            case.source,
        )
        assert str(case.decision) in file.note
        assert file.expected is None


def test_an_import_writes_the_same_files_each_time(tmp_path: Path) -> None:
    source = written(
        tmp_path,
        PLAIN,
        "a1,2025-01,국세청,4급,2024-12,㈜가,,,possible,no_relevance,site.kr",
        "a2,2025-01,국세청,4급,2024-12,㈜가,,,unclear,,site.kr",
    )
    reports = [import_published(source, tmp_path / name) for name in ("one", "two")]
    assert [[case.id for case in report.cases] for report in reports] == [["a1"], ["a1"]]
    assert [placed(list(report.problems)) for report in reports] == [[(3, 9)], [(3, 9)]]
    texts = [(tmp_path / name / "a1.yaml").read_text(encoding="utf-8") for name in ("one", "two")]
    assert texts[0] == texts[1]
    assert "no_relevance" in texts[0]
    assert "source: site.kr" in texts[0]


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, published: list[PublishedCase]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        write_cases(published[:1], tmp_path / "file")


def test_words_that_are_not_understood_are_said(tmp_path: Path) -> None:
    case = one(tmp_path, "a1,2025-01,국세청,뭐라고요,2024-12,㈜가,,,possible,,")
    assert case.unread
    assert "Not understood: 뭐라고요" in case.note
    assert survey(employment(), [case]).unread == (case,)


def test_equal_facts_are_counted_row_by_row(tmp_path: Path) -> None:
    cases = [joining(tmp_path, "㈜가"), joining(tmp_path, "㈜나")]
    assert survey(employment(), cases).decided == Counter({(Decision.POSSIBLE, "undetermined"): 2})


CELLS = st.one_of(
    st.sampled_from(
        ["국세청", "4급", "2025-01", "'25년 12월", "㈜가 (이사)", "취업가능", '"', "", "\n", "예정"]
    ),
    st.text(max_size=12),
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=10).map(",".join), max_size=6))
def test_any_text_below_a_heading_gives_cases_or_problems(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "list.csv"
    path.write_bytes("\n".join([OFFICIAL, *lines]).encode())
    try:
        cases, problems = read_published(path)
    except InputError:
        assert "\0" in path.read_text(encoding="utf-8")
        return
    assert all(problem.place.line > 1 and problem.remedy for problem in problems)
    write_cases(cases, path.parent)
    for case in cases:
        assert read_cases(path.parent / f"{case.id}.yaml")[0].facts == case.facts


@given(st.lists(st.sampled_from(["좋음", "torn", "quote", "decision", "date"]), max_size=8))
def test_good_rows_survive_whatever_stands_between_them(
    tmp_path_factory: pytest.TempPathFactory, kinds: list[str]
) -> None:
    rows = {
        "좋음": "1,국세청,4급,2025-01,㈜가 (이사),2025-02,취업가능,",
        "torn": "1,국세청,4급",
        "quote": '1,국세청,"4급,2025-01,㈜가,2025-02,취업가능,',
        "decision": "1,국세청,4급,2025-01,㈜가,2025-02,?,",
        "date": "1,국세청,4급,2025-99,㈜가,2025-02,취업가능,",
    }
    path = written(tmp_path_factory.mktemp("rows"), OFFICIAL, *(rows[kind] for kind in kinds))
    cases, problems = read_published(path)
    lines = {line for line, kind in enumerate(kinds, start=2) if kind == "좋음"}
    assert {case.place.line for case in cases} == lines
    assert {problem.place.line for problem in problems} == set(range(2, len(kinds) + 2)) - lines
