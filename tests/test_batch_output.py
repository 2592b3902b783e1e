import csv
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from openpyxl import load_workbook

from engine.errors import InputError
from rules.law import employment
from service.batch import output
from service.batch.output import Output, guarded, write_rows
from service.batch.results import Sayer, Value

SAYER = Sayer(employment().rulebook, "ko")
EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]


class Made:
    def __init__(self, count: int, faults: int = 0) -> None:
        self.count = count
        self.bad = faults

    def tally(self) -> dict[str, int]:
        return {"exempt": self.count}

    def rows(self) -> Iterator[Sequence[Value]]:
        for number in range(self.count):
            id_ = EVIL[number % len(EVIL)]
            yield [
                [number, id_, "exempt"][place] if place < 3 else ["가", "나"] if form == "list" else "다\x01"
                for place, form in enumerate(SAYER.columns.values())
            ]

    def faults(self) -> Iterator[Sequence[str]]:
        return ([f"=n{number}", "", "3", "B", "제목", "=1", "문제", "고치세요"] for number in range(self.bad))

    def copy(self, path: Path, suffix: str) -> None:
        write_rows(path, suffix, self.rows(), SAYER)


@pytest.mark.parametrize("text", EVIL)
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}".replace("\r", " ")
    assert guarded("가=1") == "가=1"


@pytest.mark.parametrize("suffix", output.SUFFIXES)
def test_the_same_answers_are_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        Output(tmp_path / folder / f"out{suffix}", SAYER).write(Made(9, 2))
    one, other = (sorted((tmp_path / folder).iterdir()) for folder in ("a", "b"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]
    assert [path.name for path in one] == (
        ["out.xlsx"] if suffix == ".xlsx" else sorted(["out.errors.csv", f"out{suffix}"])
    )


def test_a_workbook_is_ready_to_be_read(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert Output(path, SAYER, ("덧붙임",)).write(Made(7, 1)) == path
    book = load_workbook(path)
    assert book.sheetnames == ["결과", "오류", "설명"]
    result = book["결과"]
    assert result.freeze_panes == "A2"
    assert result.auto_filter.ref == f"A1:{result.cell(1, len(SAYER.columns)).column_letter}8"
    assert [cell.data_type for cell in result["B"][1:]] == ["s"] * 7
    assert [cell.value for cell in result[1]][:4] == ["행", "신청번호", "결과 코드", "결과"]
    assert result["E2"].value == "가; 나"
    assert result.column_dimensions["D"].width > 30
    explained = [row[0] for row in book["설명"].values]
    assert "덧붙임" in explained
    assert {SAYER.heading(column) for column in SAYER.columns} <= set(explained)
    with zipfile.ZipFile(path) as packed:
        assert {item.date_time[0] for item in packed.infolist()} == {1980}


def test_csv_opens_in_a_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    assert Output(path, SAYER).write(Made(6)) is None
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == [SAYER.heading(column) for column in SAYER.columns]
    assert [row[1] for row in rows] == [guarded(text) for text in EVIL]


def test_a_sheet_that_cannot_hold_the_rows_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "MOST_ROWS", 3)
    with pytest.raises(InputError, match="does not hold so many rows"):
        Output(tmp_path / "out.xlsx", SAYER).write(Made(4))
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_column_is_named_and_explained(language: str) -> None:
    sayer = Sayer(employment().rulebook, language)
    assert len({sayer.heading(column) for column in sayer.columns}) == len(sayer.columns)
    assert all(sayer.meaning(column) for column in sayer.columns)
