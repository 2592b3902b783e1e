"""Every error of the API in one shape."""

import json

import pytest

from engine.errors import Place, Problem
from service.web.problems import REFUSED, Problems, refused, response


def test_a_problem_says_where() -> None:
    told = response([Problem("It is wrong", "Correct it", Place("case", 4, 2, "official.grade"))])
    assert told.status_code == 422
    assert json.loads(bytes(told.body)) == {
        "problems": [{"message": "It is wrong", "remedy": "Correct it", "path": "official.grade", "line": 4}]
    }


@pytest.mark.parametrize("status", [*(status for status in REFUSED if status != 422), 400, 418])
def test_every_refusal_has_the_shape_and_a_remedy(status: int) -> None:
    told = refused(status)
    assert told.status_code == status
    (problem,) = Problems.model_validate_json(bytes(told.body)).problems
    assert problem.message
    assert problem.remedy


def test_the_example_is_one() -> None:
    assert Problems.model_validate(Problems.model_json_schema()["example"]).problems
