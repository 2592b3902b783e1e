from pathlib import Path

import pytest

from engine import documents
from engine.documents import decoded, parse, read, read_all
from engine.errors import InputError, Problem


def problem(text: str) -> Problem:
    with pytest.raises(InputError) as error:
        parse(text, "case.yaml")
    return error.value.problems[0]


def test_entries_remember_their_places() -> None:
    (document,) = parse("a: 1\nlist:\n  - x: true\n    y: 2020-01-31\n", "case.yaml")
    assert document.data == {"a": 1, "list": [{"x": True, "y": "2020-01-31"}]}
    assert str(document.place(("list", 0, "y"))) == "case.yaml:4, list.0.y"
    assert document.place(("list", 0, "missing")).line == 3
    assert document.place(("list", 0, "missing")).path == "list.0.missing"


def test_several_documents() -> None:
    one, other = parse("a: 1\n---\nb: 2\n")
    assert (one.data, other.data) == ({"a": 1}, {"b": 2})
    assert other.place(("b",)).line == 3


@pytest.mark.parametrize(
    ("text", "line", "message", "remedy"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "'a' stands twice", "Keep one"),
        ("x:\n  - {a: 1, a: 2}\n", 2, "'a' stands twice", "Keep one"),
        ("a: &x [1]\n", 1, "Anchors and aliases", "Write the value out"),
        ("a: 1\nb: *x\n", 2, "Anchors and aliases", "Write the value out"),
        ("a: 1\nb: [1, 2\n", 3, "not valid YAML", "Check indentation"),
        ("a: 1\n\tb: 2\n", 2, "not valid YAML", "Check indentation"),
        ("a: 1\nb: !!python/object/apply:os.system [x]\n", 2, "tag", "plain values"),
        ("a: 1\nb: !odd 3\n", 2, "tag", "plain values"),
        ("a: 1\nb: !!binary aGk=\n", 2, "tag", "plain values"),
        (f"a: {'9' * 5000}\n", 1, "is not a number", "Write digits"),
        ("a: 1\nb: !!bool maybe\n", 2, "tag", "plain values"),
        ("a: 1\nb: !!int ''\n", 2, "tag", "plain values"),
        ("a: 1\n? [b, c]\n: 2\n", 2, "a list or mapping stands as a key", "Check indentation"),
        ("a: 1\n? *b\n: 2\n", 2, "Anchors and aliases", "Write the value out"),
        ("a: 1\na: 2\nb: [1, 2\n", 4, "not valid YAML", "Check indentation"),
        ("a: !odd 1\n---\nb: [1, 2\n", 4, "not valid YAML", "Check indentation"),
    ],
)
def test_bad_yaml(text: str, line: int, message: str, remedy: str) -> None:
    found = problem(text)
    assert (found.place.file, found.place.line) == ("case.yaml", line)
    assert message in found.message
    assert remedy in found.remedy


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert "Anchors" in problem("\n".join(lines)).message


@pytest.mark.parametrize("depth", [40, 900, 200_000])
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deep_nesting_is_refused(depth: int, opening: str) -> None:
    found = problem(opening * depth)
    assert (found.place.file, found.place.line) == ("case.yaml", 1)
    assert (found.message, found.remedy) == ("This is nested too deeply", "Write it flat")


def test_too_many_entries_are_refused() -> None:
    found = problem("a: [" + "1, " * (documents.MAX_NODES + 1) + "]")
    assert "too many entries" in found.message


@pytest.mark.parametrize("text", ["", "# nothing\n", "\n\n"])
def test_an_empty_file_is_refused(text: str) -> None:
    assert "empty" in problem(text).message


def test_a_null_byte_is_refused() -> None:
    assert "not valid YAML" in problem("a: \0\n").message


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("a: 1\n" * 30)
    with pytest.raises(
        InputError, match=r"large\.yaml: This file has 150 bytes, more than the 100.*one case in a file"
    ):
        read(path, 100)


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "korean.yaml"
    path.write_bytes("a: 일반직".encode("cp949"))
    with pytest.raises(
        InputError, match=r"korean\.yaml: This file is not UTF-8 text \(byte 3\)\. Save it as UTF-8"
    ):
        read(path)


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read(path).data == {"a": 1}


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.yaml: This file cannot be read .* Check the path"):
        read_all(tmp_path / "none.yaml")


def test_one_document_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text("a: 1\n---\nb: 2\n")
    with pytest.raises(InputError, match=r"two\.yaml: This file holds several documents"):
        read(path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_text_of_korean_tables_is_read_in_its_encodings(encoding: str) -> None:
    assert decoded("연번,기관".encode(encoding)) == "연번,기관"


def test_what_is_no_text_is_not_read() -> None:
    assert decoded(b"\xff\xfe\x00") is None
