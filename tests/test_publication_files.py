from pathlib import Path

import pytest

from engine.errors import InputError
from service.publication.files import write_files


def test_files_are_written_whole_and_leave_nothing_beside_them(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    (path, other) = write_files(folder, {"a.html": b"one", "a.csv": b"two"})
    assert (path.read_bytes(), other.read_bytes()) == (b"one", b"two")
    write_files(folder, {"a.html": b"three"})
    assert path.read_bytes() == b"three"
    assert sorted(found.name for found in folder.iterdir()) == ["a.csv", "a.html"]


def test_where_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"old")
    with pytest.raises(InputError, match="cannot be written"):
        write_files(tmp_path, {"a.csv": b"new", "missing/a.html": b"new"})
    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("a.csv", b"old")]


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(InputError, match=r"Choose another folder"):
        write_files(tmp_path / "a", {"a.csv": b""})
