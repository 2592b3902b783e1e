"""The API keeps to its own description, whatever is sent: generated from the OpenAPI, in process."""

import os
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from service.web.api import PREFIX
from service.web.app import create_app
from service.web.openapi import PATH
from service.web.problems import Problems
from tests.registers import listing

EXAMPLES = 150 if os.environ.get("PSEA_HYPOTHESIS") == "full" else 25
LONGEST = 300
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]


@pytest.fixture(scope="module")
def description(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schemathesis.BaseSchema]:
    with listing(tmp_path_factory.mktemp("store")) as register:
        yield schemathesis.openapi.from_asgi(PATH, create_app(register=register))


OPERATIONS = [
    ("POST", "check"),
    ("POST", "interview"),
    ("GET", "employers"),
    ("GET", "ranks"),
    ("GET", "rules"),
    ("GET", "rules/{id}"),
]


def test_no_operation_is_left_out(description: schemathesis.BaseSchema) -> None:
    found = {one.ok().label for one in description.get_all_operations()}
    assert found == {f"{method} {PREFIX}/{path}" for method, path in OPERATIONS}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.name.lower())
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_answer_is_one_that_the_description_names(
    description: schemathesis.BaseSchema, method: str, path: str, mode: GenerationMode
) -> None:
    operation = description[f"{PREFIX}/{path}"][method]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        answer = case.call(timeout=LONGEST)
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            assert Problems.model_validate_json(answer.content).problems

    ask()
