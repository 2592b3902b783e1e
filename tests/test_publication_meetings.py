import csv
from pathlib import Path

import pytest

from engine.errors import InputError
from service.publication.counts import Counts
from service.publication.meetings import read_meetings
from tests.publication import MEETINGS, table

HEADING = "month,reviewed,possible,approved,restricted,disapproved,deferred,fined,unauthorised_found,source"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_korean_headings_are_read(tmp_path: Path, encoding: str) -> None:
    path = table(
        tmp_path,
        "심사월,심사 건수,취업가능,취업승인,취업제한,보류",
        '2025.3,"1,041",,,3,',
        encoding=encoding,
    )
    counts, problems = read_meetings(path)
    assert problems == []
    assert counts == {"2025-03": Counts(reviewed=1041, restricted=3)}


def test_a_bad_row_is_told_and_loses_no_other(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        HEADING,
        "2025-01,89,,,6,7,,8,8,example",
        "2025,89,,,6,7,,,,",
        "2025-02,many,,,3,-5,,,,",
        "2025-03,103,90,10,3,6,,,,",
        "2025-01,1,,,,,,,,",
        ",1,,,,,,,,",
    )
    counts, problems = read_meetings(path)
    assert counts == {
        "2025-01": Counts(
            reviewed=89,
            restricted=6,
            disapproved=7,
            restricted_or_disapproved=0,
            fined=8,
            unauthorised_found=8,
        )
    }
    assert [(problem.place.line, problem.place.path) for problem in problems] == [
        (3, "month"),
        (4, "reviewed"),
        (4, "disapproved"),
        (5, ""),
        (6, ""),
        (7, "month"),
    ]


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("month,possible", "no heading row"),
        ("", "no heading row"),
        ("month,reviewed,성명", "who a person is"),
    ],
)
def test_a_file_without_its_headings_or_with_names_is_refused(
    tmp_path: Path, heading: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read_meetings(table(tmp_path, heading, "2025-01,1,"))


def test_the_numbers_that_the_project_carries_add_up_and_name_no_address() -> None:
    counts, problems = read_meetings(MEETINGS)
    assert problems == []
    assert len(counts) == 69
    with MEETINGS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["month"] for row in rows] == sorted(counts)
    assert not any("/" in row["source"] or len(row["source"]) > 30 for row in rows)
    recounted = [counts[f"2025-{number:02}"].reviewed for number in (1, 2, 3, 4, 5, 8, 9, 10, 11)]
    assert recounted == [89, 119, 103, 59, 67, 90, 47, 45, 58]
