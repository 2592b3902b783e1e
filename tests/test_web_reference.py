"""The description of the API as a page."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.web.app import create_app
from service.web.openapi import PATH
from service.web.reference import LINES, Reference, type_of
from service.web.words import LANGUAGES, words


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as opened:
        yield opened


@pytest.fixture(scope="module")
def reference(client: TestClient) -> Reference:
    return Reference(client.get(PATH).json())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_tells_everything_that_the_description_has(
    client: TestClient, reference: Reference, language: str
) -> None:
    page = client.get("/api", params={"lang": language}).text
    for operation in reference.operations:
        assert f'id="{operation.id}"' in page
        assert words(language)["api"]["about"][operation.id]["title"] in page
        for row in operation.parameters:
            assert f"<code>{row.name}</code>" in page
    for shape in reference.shapes:
        assert f"<code>{shape.name}</code>" in page
    for status, _ in reference.errors:
        assert f"<dt>{status}</dt>" in page
    assert "<script" not in page


def test_the_address_shown_can_be_asked(client: TestClient, reference: Reference) -> None:
    for operation in reference.operations:
        if operation.method == "GET":
            assert client.get(operation.asked).status_code == 200


def test_long_examples_are_cut_and_say_so(reference: Reference) -> None:
    samples = [one for operation in reference.operations for one in (*operation.requests, *operation.answers)]
    assert {one.cut for one in samples} == {True, False}
    assert all(len(one.text.splitlines()) <= LINES for one in samples)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"$ref": "#/components/schemas/Text"}, "Text"),
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date"}, "date"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Text"}}, "[Text]"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"enum": ["a", 1]}, '"a" | 1'),
        ({"const": True}, "true"),
        ({}, "any"),
    ],
)
def test_types_in_words(schema: dict[str, Any], said: str) -> None:
    assert type_of(schema) == said
