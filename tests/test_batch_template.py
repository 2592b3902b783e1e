from pathlib import Path

import pytest
from openpyxl import load_workbook

from engine.errors import InputError
from rules.law import employment
from service.batch.runs import Job, Run
from service.batch.template import write

LAW = employment()


def made(path: Path, language: str = "ko") -> Path:
    write(path, LAW.rulebook, language)
    return path


def test_the_template_has_a_sheet_a_list_and_explanations(tmp_path: Path) -> None:
    book = load_workbook(made(tmp_path / "t.xlsx"))
    assert book.sheetnames == [
        "신청", "경력", "지휘·감독", "소속 관계", "업무", "결정", "행위", "취업확인", "설명", "lists",
    ]  # fmt: skip
    main = book["신청"]
    titles = [cell.value for cell in main[1]]
    assert titles[:5] == ["신청번호", "소속 기관명", "직위·직급", "퇴직일", "취업 시작일"]
    assert len(set(titles)) == len(titles)
    assert main["A2"].value == "예시"
    assert main["D2"].number_format == "@"
    explained = {row[0]: row for row in book["설명"].values}
    assert all(explained[title][1] for title in titles)
    assert "영리사기업체" in explained["기관의 종류"][4]


def test_every_choice_of_a_drop_down_is_on_the_hidden_sheet(tmp_path: Path) -> None:
    book = load_workbook(made(tmp_path / "t.xlsx"))
    lists = book["lists"]
    assert lists.sheet_state == "hidden"
    for sheet in book.worksheets:
        for validation in sheet.data_validations.dataValidation:
            first, last = validation.formula1.removeprefix("lists!").replace("$", "").split(":")
            choices = [cell.value for (cell,) in lists[f"{first}:{last}"]]
            assert all(choices)
            assert lists.cell(len(choices) + 1, lists[first].column).value is None
            assert not validation.showErrorMessage


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_empty_template_holds_no_application(tmp_path: Path, language: str) -> None:
    with pytest.raises(InputError, match="no application"):
        Run(Job(made(tmp_path / "t.xlsx", language), tmp_path / "out.csv", language, LAW)).finish()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_filled_template_goes_straight_through(tmp_path: Path, language: str) -> None:
    path = made(tmp_path / "t.xlsx", language)
    book = load_workbook(path)
    for sheet in book.worksheets[:-2]:
        if sheet.max_row > 1:
            filled = [cell.value for cell in sheet[2]]
            sheet.append(["2026-1", *filled[1:]])
    book.save(path)
    summary = Run(Job(path, tmp_path / "out.xlsx", language, LAW, quick=True)).finish()
    assert (summary.rows, summary.refused, summary.skipped) == (1, 0, 1)


def test_the_template_is_the_same_bytes_each_time(tmp_path: Path) -> None:
    assert made(tmp_path / "a.xlsx").read_bytes() == made(tmp_path / "b.xlsx").read_bytes()


def test_the_template_is_a_workbook(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="The template is a workbook"):
        made(tmp_path / "t.csv")
    with pytest.raises(InputError, match="does not exist"):
        made(tmp_path / "nowhere" / "t.xlsx")
