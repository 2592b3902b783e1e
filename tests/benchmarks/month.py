"""A month of applications: the example of the template again and again, each with days of its own."""

from datetime import date, timedelta
from pathlib import Path

from openpyxl import load_workbook

from rules.law import employment
from service.batch.template import write

APPLICATIONS = 126


def write_month(path: Path) -> None:
    """Write a workbook in which most of every application is not known."""
    write(path, employment().rulebook, "ko")
    book = load_workbook(path)
    main, *lists = [sheet for sheet in book if str(sheet["A1"].value) == "신청번호"]
    example = [cell.value for cell in main[2]]
    for number in range(APPLICATIONS):
        retired = date(2025, 12, 31) - timedelta(days=7 * number)
        days = {"퇴직일": retired, "취업 시작일": retired + timedelta(days=150)}
        for column, (heading, value) in enumerate(zip(main[1], example, strict=True), 1):
            main.cell(2 + number, column).value = days.get(str(heading.value), value)
        main.cell(2 + number, 1).value = f"2026-{number + 1}"
    for sheet in lists:
        if sheet.max_row > 1:
            _, *entry = [cell.value for cell in sheet[2]]
            for number in range(APPLICATIONS):
                for column, value in enumerate([f"2026-{number + 1}", *entry], 1):
                    sheet.cell(2 + number, column).value = value
    book.save(path)
