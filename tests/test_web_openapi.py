"""The description of the API: it holds together, and its examples are what the service answers."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.web.app import create_app
from service.web.openapi import PATH
from tests.registers import listing

METHODS = {"get": "GET", "post": "POST"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with (
        listing(tmp_path_factory.mktemp("store")) as register,
        TestClient(create_app(register=register)) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def description(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get(PATH).json()
    return found


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, METHODS[method], operation


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for below in node.values():
            yield from references(below)
    elif isinstance(node, list):
        for below in node:
            yield from references(below)


def test_every_part_that_is_named_is_there(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    assert {one.removeprefix("#/components/schemas/") for one in references(description)} <= set(schemas)


def test_a_case_and_an_answer_with_a_part_of_one_name_keep_their_own(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    assert "Case.Employer" in schemas
    assert "number" in schemas["EmployerFound"]["properties"]


def test_everything_is_said_of_every_operation(description: dict[str, Any]) -> None:
    found = list(operations(description))
    assert {one["operationId"] for _, _, one in found} == {
        "check", "interview", "employers", "ranks", "rules", "rule"
    }  # fmt: skip
    for path, _, one in found:
        assert path.startswith("/api/v1/")
        assert one["summary"]
        assert one["description"]
        assert one["tags"]
        assert all(
            parameter.get("description") or parameter["in"] == "path"
            for parameter in one.get("parameters", ())
        )
        for status in ("404", "405", "413", "415", "422", "429", "500"):
            content = one["responses"][status]["content"]["application/json"]
            assert content["schema"]["$ref"].endswith("/Problems")


def test_every_example_is_what_is_answered(client: TestClient, description: dict[str, Any]) -> None:
    for path, method, one in operations(description):
        parameters = {
            each["name"]: each["example"] for each in one.get("parameters", ()) if "example" in each
        }
        where = path.format(**parameters)
        query = {name: value for name, value in parameters.items() if f"{{{name}}}" not in path}
        answered = one["responses"]["200"]["content"]["application/json"]["examples"]
        sent = (
            one.get("requestBody", {})
            .get("content", {})
            .get("application/json", {})
            .get("examples", {"": {}})
        )
        for law, request in sent.items():
            asked = {**query, **({"law": law} if law else {})}
            answer = client.request(method, where, params=asked, json=request.get("value"))
            assert answer.status_code == 200, answer.text
            shown = answered[law] if law else next(iter(answered.values()))
            assert answer.json() == shown["value"]


def test_without_a_register_there_is_no_search() -> None:
    with TestClient(create_app()) as client:
        assert "/api/v1/employers" not in client.get(PATH).json()["paths"]
        assert client.get("/api/v1/employers", params={"q": "가", "on": "2026-01-01"}).status_code == 404
