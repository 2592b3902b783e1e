import json
from pathlib import Path

import pytest

from cases.files import case_schema, find_cases, parse_case, read_cases, read_one, readable_cases
from engine.errors import InputError
from engine.values import one_of
from rules.facts import EmploymentCase

PLAIN = "official: {retired_on: 2025-12-31, grade: 4}\nengagement: {}\nemployer: {}\n"


def refused(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_case(text, "case.yaml")
    return str(caught.value)


def test_a_case_is_read_from_yaml_and_json() -> None:
    case = parse_case(PLAIN)
    same = json.dumps(
        {"official": {"retired_on": "2025-12-31", "grade": 4}, "engagement": {}, "employer": {}}
    )
    assert parse_case(same).facts == case.facts


def test_a_case_takes_over_what_the_one_it_is_like_says(tmp_path: Path) -> None:
    path = tmp_path / "pair.yaml"
    path.write_text(f"case: one\n{PLAIN}---\ncase: two\nlike: one\nofficial: {{grade: [5, 6]}}\n")
    one, two = read_cases(path)
    assert two.facts.official.retired_on == one.facts.official.retired_on
    assert two.facts.official.grade == one_of(5, 6)


def test_words_of_rank_and_agency_become_facts() -> None:
    case = parse_case("official: {agency: 국세청, rank: 세무6급}\nengagement: {}\nemployer: {}\n")
    assert case.facts.official.grade.options == (6,)
    assert case.facts.official.body.options == ("tax_service",)


def test_what_a_case_says_itself_goes_before_what_its_words_say() -> None:
    case = parse_case("official: {agency: 국세청, rank: 세무6급, grade: 5}\nengagement: {}\nemployer: {}\n")
    assert case.facts.official.grade.options == (5,)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (PLAIN.replace("2025-12-31", "2025-02-30"), ("case.yaml:1", "official.retired_on", "not a day")),
        (PLAIN.replace("grade: 4", "grade: four"), ("case.yaml:1", "official.grade", "whole number")),
        (PLAIN.replace("grade: 4", "grde: 4"), ("'grde'", "'grade'")),
        (PLAIN.replace("employer: {}\n", ""), ("employer", "missing", "employer: {}")),
        (PLAIN + "wroks: []\n", ("case.yaml:4", "'wroks'", "'works'")),
        (PLAIN + "works: [{category: contrct}]\n", ("case.yaml:4", "'contract'")),
        (PLAIN.replace("grade: 4", "rank: 경갑"), ("case.yaml:1", "official.rank", "경감")),
        (PLAIN.replace("grade: 4", "police_rank: captian"), ("official.police_rank", "'captain'")),
        (PLAIN + "expect: {outcme: exempt}\n", ("case.yaml:4", "'outcome'")),
        ("like: nobody\n" + PLAIN, ("case.yaml:1", "'nobody'")),
        ("- 1\n", ("mapping",)),
        ("", ("empty",)),
        ("a: &a [x]\nb: [*a, *a]\n", ("case.yaml:1", "Anchors")),
        (PLAIN.replace("grade: 4", "grade: {at_least: 5, at_most: 4}"), ("greater", "Exchange")),
        (PLAIN.replace("grade: 4", "service: {at_least: general}"), ("no order",)),
    ],
)
def test_bad_input_names_its_place_and_its_remedy(text: str, parts: tuple[str, ...]) -> None:
    said = refused(text)
    assert all(part in said for part in parts), said


def test_every_problem_of_a_case_is_told_at_once() -> None:
    said = refused("official: {retired_on: 2025-13-01, rank: 경갑}\nengagement: {}\nemployer: {kind: firm}\n")
    assert len(said.splitlines()) == 3


def test_a_bad_case_does_not_lose_the_good_ones_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "three.yaml"
    path.write_text(f"{PLAIN}---\nofficial: {{grade: x}}\nengagement: {{}}\nemployer: {{}}\n---\n{PLAIN}")
    cases, problems = readable_cases(path)
    assert [case.name for case in cases] == ["three-1", "three-3"]
    assert [problem.place.line for problem in problems] == [5]


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(InputError, match="50,000,000 bytes"):
        read_cases(path)


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        list(find_cases(tmp_path / "nowhere"))


def test_one_case_is_asked_for_and_several_are_found(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(f"{PLAIN}---\n{PLAIN}")
    with pytest.raises(InputError, match="holds 2 cases"):
        read_one(path, EmploymentCase)


def test_the_schema_knows_every_section_and_the_words_of_rank() -> None:
    schema = case_schema()
    assert {"official", "works", "expect", "like"} <= set(schema["properties"])
    assert {"agency", "rank", "grade"} <= set(schema["$defs"]["Official"]["properties"])
    assert schema["required"] == ["official", "engagement", "employer"]


def test_one_wrong_date_is_one_problem() -> None:
    assert (
        len(
            refused(
                "official: {retired_on: 2025-13-01, service: general}\nengagement: {}\nemployer: {}\n"
            ).splitlines()
        )
        == 1
    )
