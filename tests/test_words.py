from pathlib import Path

import pytest

from engine.errors import InputError
from engine.words import filled, placeholders, read_words
from tests.licence import write


def test_words_are_found_by_part_key_and_kind(tmp_path: Path) -> None:
    words = read_words(write(tmp_path, "en", "rules: {a.b: {holds: It holds}}\nprovisions: {one: One}\n"))
    assert words.language == "en"
    assert words.text("rules", "a.b", "holds") == "It holds"
    assert words.text("rules", "a.b", "fails") == ""
    assert words.text("provisions", "one") == "One"
    assert words.text("nothing", "one") == ""


def test_an_option_without_words_is_said_as_it_is(tmp_path: Path) -> None:
    words = read_words(write(tmp_path, "en", "options: {person.service: {army: the army}}\n"))
    assert (words.option("person.service", "army"), words.option("person.service", "navy")) == (
        "the army",
        "navy",
    )


def test_words_that_are_not_given_by_part(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"en\.yaml:1: The words are not given by part\. Write `rules:`"):
        read_words(write(tmp_path, "en", "- one\n"))


def test_sentences_are_filled_in() -> None:
    text = "{p.grade} on {r.asked_on2}, {least_age}, {missing}"
    assert placeholders(text) == {"p.grade", "r.asked_on2", "least_age", "missing"}
    assert filled(text, {"p.grade": "3", "r.asked_on2": "Monday", "least_age": "18"}) == "3 on Monday, 18, …"
