import pickle
from datetime import date
from typing import Any

import pytest

from engine.documents import parse
from engine.errors import InputError, Problem
from engine.facts import Spot, read_case
from engine.values import UNKNOWN, Known, exactly
from tests.licence import LicenceCase, Offence, Person, case

CASE = """\
person: {born_on: 1990-06-01, grade: [6, 7]}
request: {}
offences:
  - {fine: 100, place: x}
  - fine: 200
pardons:
  complete: false
  items:
    - place: y
"""


def read(text: str) -> LicenceCase:
    return read_case(LicenceCase, parse(text, "case.yaml")[0])


def problems(text: str) -> list[Problem]:
    with pytest.raises(InputError) as error:
        read(text)
    return list(error.value.problems)


def test_a_case_is_read() -> None:
    found = read(CASE)
    assert found.person.born_on == exactly(date(1990, 6, 1))
    assert found.request.paid == UNKNOWN
    assert (found.offences.complete, found.pardons.complete) == (True, False)
    assert [offence.fine for offence in found.offences.items] == [exactly(100), exactly(200)]


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "remedy"),
    [
        ("grade", "grad", "case.yaml:1, person.grad", "'grad' is not known", "Did you mean 'grade'?"),
        ("pardons", "pardon", "case.yaml:6, pardon", "'pardon' is not known", "Did you mean 'pardons'"),
        ("fine: 200", "fne: 200", "case.yaml:5, offences.1.fne", "'fne' is not known", "Did you mean 'fine'"),
        ("place: y", "plce: y", "case.yaml:9, pardons.items.0.plce", "'plce' is not known", "'place'"),
        ("fine: 200", "fine: -2", "case.yaml:5, offences.1.fine", "-2 is out of range", "from 0"),
        ("[6, 7]", "[6, x]", "case.yaml:1, person.grade", "'x' is not a whole number", "digits"),
        ("request: {}", "request: {kind: fst}", "case.yaml:2, request.kind", "'fst' is not known", "'fast'"),
        ("request: {}", "request: 5", "case.yaml:2, request", "valid dictionary", "Correct this entry"),
        (
            "request: {}\n",
            "",
            "case.yaml:1, request",
            "The section 'request' is missing",
            "Write `request: {}`",
        ),
        ("  - fine: 200", "  - 200", "case.yaml:5, offences.1", "valid dictionary", "Correct this entry"),
    ],
)
def test_bad_input_has_place_and_remedy(old: str, new: str, place: str, message: str, remedy: str) -> None:
    (found,) = problems(CASE.replace(old, new))
    assert str(found.place) == place
    assert message in found.message
    assert remedy in found.remedy


def test_every_problem_is_told() -> None:
    text = CASE.replace("grade", "grad").replace("fine: 100", "fine: x").replace("place: y", "place: []")
    assert [problem.place.line for problem in problems(text)] == [1, 4, 9]


def test_a_list_has_an_end() -> None:
    (found,) = problems("person: {}\nrequest: {}\noffences:\n" + "  - {}\n" * 201)
    assert "200" in found.message


def test_domains_and_names() -> None:
    assert list(Person.domains()) == ["born_on", "grade", "service", "emancipated"]
    assert [domain.kind for domain in Offence.domains().values()] == ["date", "won", "text"]
    assert list(LicenceCase.sections()) == ["person", "request", "offence", "pardon"]
    assert [section.listed for section in LicenceCase.sections().values()] == [False, False, True, True]


@pytest.mark.parametrize(
    ("spot", "value", "shown"),
    [
        (Spot("person", 0, "grade"), exactly(3), "person.grade"),
        (Spot("offences", 1, "fine"), exactly(7), "offences[1].fine"),
        (Spot("pardons"), UNKNOWN, "pardons.complete"),
    ],
)
def test_one_value_is_changed(spot: Spot, value: Known[Any], shown: str) -> None:
    before = read(CASE)
    after = before.with_value(spot, value)
    assert str(spot) == shown
    assert after.value(spot) == value
    assert read(CASE) == before
    assert after.pardons.complete is (not spot.field)


def test_a_case_comes_back_from_its_own_form() -> None:
    found = read(CASE)
    assert LicenceCase.model_validate(found.model_dump(mode="json")) == found
    assert LicenceCase.model_validate(case().model_dump(mode="json", exclude_defaults=True)) == case()


def test_a_case_is_the_same_in_another_process() -> None:
    for one in (case(), case(offences=[{"fine": 5}, {}])):
        assert pickle.loads(pickle.dumps(one)) == one


@pytest.mark.filterwarnings("ignore::pydantic.json_schema.PydanticJsonSchemaWarning")
def test_the_form_is_a_schema() -> None:
    schema = LicenceCase.model_json_schema()
    grade = schema["$defs"]["Person"]["properties"]["grade"]["anyOf"]
    assert {"type": "integer"} in grade
    assert any(choice.get("additionalProperties") is False for choice in grade)
    assert schema["$defs"]["Request"]["properties"]["kind"]["anyOf"][0]["enum"] == ["plain", "fast", "odd"]
