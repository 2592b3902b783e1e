"""The search for the employer within the self-test: choosing, not finding, and not being sure."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from service.web.app import create_app
from service.web.words import words
from tests.interviewing import BEGUN
from tests.registers import listing

SAID = {**BEGUN, "page": "employer.kind"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with (
        listing(tmp_path_factory.mktemp("store")) as register,
        TestClient(create_app(register=register)) as opened,
    ):
        yield opened


def page(client: TestClient, **more: Any) -> str:
    fields = {name.replace("__", "."): text for name, text in more.items()}
    return client.post("/self-test", data={**SAID, **fields}).text


def test_beside_the_hits_stand_not_on_the_list_and_not_sure(client: TestClient) -> None:
    found = page(client, do="search", input__search="건설")
    assert "가상건설(주)" in found
    assert 'value="unlisted"' in found
    assert 'value="unsure"' in found


@pytest.mark.parametrize("text", ["건설", "ㄱㅅㄱㅅ", "가상겅설"])
def test_part_of_a_name_initials_and_errors_find_it(client: TestClient, text: str) -> None:
    assert 'value="choose:0"' in page(client, do="search", input__search=text)


def test_not_on_the_list_is_an_answer(client: TestClient) -> None:
    assert 'name="employer.listed" value="false"' in page(client, do="unlisted")


def test_not_being_sure_is_an_answer(client: TestClient) -> None:
    assert 'name="unknown" value="employer.listed"' in page(client, do="unsure")


def test_these_buttons_do_nothing_on_other_pages(client: TestClient) -> None:
    assert "employer.listed" not in page(client, do="unlisted", page="official.lawyer")


def test_enter_in_the_field_of_the_search_searches(client: TestClient) -> None:
    found = page(client, do="next", input__search="건설")
    assert 'value="choose:0"' in found
    assert words("ko")["error"]["summary"] not in found


def test_the_script_stands_only_where_something_is_searched(client: TestClient) -> None:
    assert "/static/search.js" in page(client, do="stay")
    assert "<script" not in page(client, page="official.lawyer", do="stay")
    assert client.get("/static/search.js").headers["content-type"].startswith("text/javascript")


def test_without_a_register_there_is_nothing_to_search() -> None:
    with TestClient(create_app()) as client:
        assert "input.search" not in page(client, do="stay")
