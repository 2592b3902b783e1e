"""The self-test on stock, blind trust and recusal: like the one on employment, with its own law."""

import html
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from starlette.testclient import TestClient

from rules.law import trust
from service.web.app import create_app
from service.web.forms import TRUST
from service.web.words import LANGUAGES, words
from tests.interviewing import answers_of, case_files, interview, pairs_of, self_test

PATH = "/trust-test"
OBLIGED = {
    "holder.asked_on": "2026-03-02",
    "unknown": "words",
    "holder.asset_discloser": "true",
    "holder.space_agency_exempted": "false",
    "holding.arose_on": "2026-01-05",
}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as opened:
        yield opened


def send(client: TestClient, fields: Any, query: str = "", status: int = 200) -> str:
    answer = client.post(f"{PATH}{query}", data=dict(fields))
    assert answer.status_code == status
    return html.unescape(answer.text)


def page_name(page: str) -> str:
    found = re.search(r'name="page" value="([^"]*)"', page)
    return found[1] if found else ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_question_is_about_which_day_and_offers_today(client: TestClient, language: str) -> None:
    page = client.get(f"{PATH}?lang={language}").text
    assert page_name(page) == "holder.asked_on"
    assert f'value="{date.today().year}"' in page
    assert f"– {words(language)['tests']['trust']}</title>" in page
    assert f'action="{PATH}{"?lang=en" if language == "en" else ""}"' in page


def test_the_address_with_a_slash_leads_to_the_page(client: TestClient) -> None:
    answer = client.get(f"{PATH}/?lang=en", follow_redirects=False)
    assert answer.headers["location"] == f"{PATH}?lang=en"


def test_a_serving_official_is_asked_for_the_present_rank(client: TestClient) -> None:
    page = send(client, {"holder.asked_on": "2026-03-02"}, "?lang=en")
    assert words("en")["rank"]["question"]["trust"] in page
    page = send(client, {"page": "words", "do": "next", "input.rank": "고위공무원단 나급"}, "?lang=en")
    assert "Senior Civil Service" in page


def test_stock_is_a_list_and_what_is_left_blank_is_asked_for(client: TestClient) -> None:
    page = send(client, OBLIGED)
    assert page_name(page) == "stocks"
    given = {"page": "stocks", "do": "next", "input.value": "5천만", "input.complete": "true"}
    page = send(client, {**OBLIGED, **given})
    assert 'name="stocks.items.0.value" value="50000000"' in page
    assert page_name(page).startswith("stocks.items.0.")


def test_a_day_before_the_duty_arose_is_said_where_it_was_typed(client: TestClient) -> None:
    typed = {"page": "holder.asked_on", "do": "next", "input.asked_on.year": "2025"}
    page = send(client, {**OBLIGED, **typed}, status=422)
    assert words("ko")["wrong"]["asked_before_it_arose"] in page
    assert page_name(page) == "holder.asked_on"


def test_answers_about_employment_do_not_come_along(client: TestClient) -> None:
    assert "official.grade" not in send(client, {**OBLIGED, "official.grade": "4"})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_result_says_the_outcome_in_both_languages(client: TestClient, language: str) -> None:
    files = case_files(TRUST)
    for case in files[:: len(files) // 6]:
        query = "?lang=en" if language == "en" else ""
        fields = [*pairs_of(case.facts), ("do", "result")]
        outcome = self_test(TRUST).advice(answers_of(case.facts)).outcome
        answer = client.post(f"{PATH}{query}", data=grouped(fields))
        assert answer.status_code == 200
        assert trust().rulebook.words[language].text("outcomes", outcome, "title") in html.unescape(
            answer.text
        )


def grouped(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: [text for other, text in fields if other == name] for name, _ in fields}


def test_every_page_of_an_interview_can_be_shown(client: TestClient) -> None:
    """Each page that an interview over the examples asks is asked for, and changed, without a fault."""
    interviews = [interview(case.facts, TRUST) for case in case_files(TRUST)[::60]]
    pages = {page: done.answers for done in interviews for page in done.asked}
    assert len(pages) > 20
    for page, answers in pages.items():
        fields = grouped([*answers.pairs(), ("do", f"change:{page}"), ("page", "check")])
        answer = client.post(PATH, data=fields)
        assert answer.status_code == 200
        assert page_name(answer.text) == page
