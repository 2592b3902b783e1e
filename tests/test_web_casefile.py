"""Answers as a case file and back."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cases.files import parse_one
from engine.errors import InputError
from service.cli import app
from service.web.answers import MOST_ITEMS, Answers
from service.web.casefile import read, written
from service.web.forms import EMPLOYMENT, FORMS, TRUST, WORDS, Form
from tests.interviewing import answers_of, case_files, self_test
from tests.results import SAID, result

EMPTY = "official: {}\nengagement: {}\nemployer: {}\n"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_case_is_the_same_after_writing_and_reading(form: Form) -> None:
    test = self_test(form)
    for case in case_files(form)[::6]:
        text = written(test, answers_of(case.facts), "made for a test")
        assert parse_one(text, form.model).facts == case.facts, case.name
        assert test.case(read(text, form)) == case.facts, case.name


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_command_line_takes_it(form: Form, tmp_path: Path) -> None:
    command = {"employment": "check", "trust": "recusal"}[form.name]
    test, case = self_test(form), case_files(form)[0].facts
    path = tmp_path / "case.yaml"
    path.write_text(written(test, answers_of(case), "a\nb"), encoding="utf-8")
    said = CliRunner().invoke(app, [command, str(path), "--json"])
    assert json.loads(said.stdout) == json.loads(test.advice(answers_of(case)).model_dump_json())


def test_what_was_answered_with_i_do_not_know_is_not_asked_again() -> None:
    answers = result().answers.put({"engagement.low_influence": None, "works.items.0.handled": None})
    again = read(written(result().test, answers, ""), EMPLOYMENT)
    assert again.said["engagement.low_influence"] is None
    assert "engagement.public_interest" not in again.said


def test_what_was_not_asked_is_still_asked() -> None:
    said = {key: value for key, value in SAID.items() if not key.startswith("works")}
    again = read(written(result().test, Answers(said), ""), EMPLOYMENT)
    assert not any(key.startswith("works") for key in again.said)


def test_an_empty_list_that_is_whole_comes_back_as_such() -> None:
    again = read(written(result().test, result().answers, ""), EMPLOYMENT)
    assert again.said["directions.complete"] is True


def test_a_month_stays_a_month() -> None:
    test = result().test
    answers = result().answers.put({"engagement.start_on": "2026-03", "works.items.0.last_on": "2024"})
    again = read(written(test, answers, ""), EMPLOYMENT)
    assert again.said["engagement.start_on"] == "2026-03"
    assert again.said["works.items.0.last_on"] == "2024"


def test_the_words_for_the_rank_are_not_asked_for_where_the_person_is_told() -> None:
    assert read(EMPTY.replace("{}", "{grade: 4}", 1), EMPLOYMENT).said[WORDS] is None
    assert WORDS not in read(EMPTY, EMPLOYMENT).said


def test_problems_say_the_line() -> None:
    with pytest.raises(InputError) as error:
        read(EMPTY.replace("employer: {}", "employer: {kind: compny}"), EMPLOYMENT)
    assert error.value.problems[0].place.line == 3


@pytest.mark.parametrize("text", ["", "- a", "x: 1", f"{EMPTY}---\n{EMPTY}", "holder: {}\nholding: {}\n"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read(text, EMPLOYMENT)


def test_a_case_of_the_other_law_is_refused() -> None:
    with pytest.raises(InputError):
        read(EMPTY, TRUST)


def test_more_items_than_the_pages_ask_for_are_refused() -> None:
    items = "".join("  - {unit: a}\n" for _ in range(MOST_ITEMS + 1))
    with pytest.raises(InputError, match="more than the 20 items"):
        read(f"{EMPTY}works:\n{items}", EMPLOYMENT)


def test_what_is_about_the_file_stands_in_comments() -> None:
    text = written(result().test, result().answers, "one\ntwo: three")
    assert text.startswith("# one\n# two: three\nofficial:\n")
