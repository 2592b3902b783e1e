from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from service.publication.records import MAX_BYTES, records, squeezed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_records_keep_their_lines_in_every_encoding(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(f'소속{separator}직급\n"가\n나"{separator} 4급 \n다{separator}\n'.encode(encoding))
    assert list(records(path)) == [(1, ["소속", "직급"]), (2, ["가\n나", "4급"]), (4, ["다", ""])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\x01", "not a text table"),
        (b"a," + b"x" * 200_000, "taken apart"),
        (b"x" * (MAX_BYTES + 1), "bytes"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        list(records(path))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        list(records(tmp_path / "nowhere.csv"))


@given(st.text())
def test_squeezing_twice_changes_nothing(text: str) -> None:
    assert squeezed(squeezed(text)) == squeezed(text)
