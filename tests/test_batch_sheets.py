"""Workbooks whose rows are as high as what stands in them."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from service.batch.sheets import Book, height


@pytest.mark.parametrize(
    ("text", "lines"),
    [("", 1), ("x" * 19, 1), ("x" * 20, 2), ("가" * 9, 1), ("가" * 10, 2), ("x\n\nx", 3)],
)
def test_a_row_is_as_high_as_its_longest_text(text: str, lines: int) -> None:
    assert height(["x", text], [20, 20]) == lines * height(["x"], [20])


def test_rows_to_read_are_wrapped_and_a_single_text_runs_on(tmp_path: Path) -> None:
    book = Book()
    book.table("읽기", ["가", "나"], [10, 10], [["x" * 50], ["x", "x" * 50]], wrapped=True)
    book.table("자료", ["가", "나"], [10, 10], [["x", "x" * 50]])
    book.save(tmp_path / "book.xlsx")
    read, data = load_workbook(tmp_path / "book.xlsx").worksheets
    assert [read.row_dimensions[row].height for row in (1, 2, 3)] == [15, None, 90]
    assert [read.cell(row, 1).alignment.wrap_text for row in (1, 2, 3)] == [True, None, True]
    assert (data.row_dimensions[2].height, data["B2"].alignment.wrap_text) == (None, None)
