"""The result page in its three depths."""

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from service.web.answers import Answers
from service.web.app import create_app
from service.web.words import LANGUAGES, words
from tests.results import HELD, OPEN, SAID, open_result, result

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as opened:
        yield opened


def page(client: TestClient, said: dict[str, Any], language: str = "ko", path: str = "/self-test") -> str:
    pairs = [*Answers(said).pairs(), ("do", "result")]
    answer = client.post(f"{path}?lang={language}", content=urlencode(pairs), headers=FORM)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def part(text: str, name: str) -> str:
    match = re.search(rf'<section id="{name}".*?</section>', text, re.DOTALL)
    assert match
    return match[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("path", "said"), [("/self-test", SAID), ("/trust-test", HELD)])
def test_there_are_three_depths_and_what_to_keep(
    client: TestClient, path: str, said: dict[str, Any], language: str
) -> None:
    text = page(client, said, language, path)
    for name in ("glance", "reasons", "proof", "keep"):
        assert part(text, name)
        assert f'<a href="#{name}">{words(language)["result"][name]}</a>' in text
    assert "StrictUndefined" not in text
    assert "built-in method" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_it_is_no_decision_is_said_once_near_the_top(client: TestClient, language: str) -> None:
    text = page(client, SAID, language)
    notice = result().advice.notice.in_(language)
    assert text.count(notice) == 1
    assert notice in part(text, "glance")
    assert words(language)["footer"]["not_binding"] not in text


def test_the_glance_says_what_to_do_by_which_day(client: TestClient) -> None:
    glance = part(page(client, SAID), "glance")
    assert result().advice.sentence.ko in glance
    assert result().advice.todo.ko in glance
    assert "2026년 1월 31일" in glance
    assert 'formaction="/self-test/calendar"' in glance


def test_a_deadline_that_has_passed_says_so(client: TestClient) -> None:
    passed = words("ko")["result"]["passed"]
    assert passed in part(page(client, {**SAID, "engagement.start_on": "2026-03-02"}), "glance")
    later = {"official.retired_on": "2099-06-30", "postings.items.0.to_on": "2099-06-30"}
    start = {"engagement.start_on": "2099-12-01", "works.items.0.last_on": "2099-01-01"}
    assert passed not in page(client, {**SAID, **later, **start})


def test_the_full_proof_is_closed_and_at_the_end(client: TestClient) -> None:
    text = page(client, SAID)
    assert '<details class="more">' in part(text, "proof")
    assert "<details" not in part(text, "reasons")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_time_line_is_drawn_and_told_in_words(client: TestClient, language: str) -> None:
    reasons = part(page(client, SAID, language), "reasons")
    assert '<svg viewBox="0 0 720 92" role="img" aria-labelledby="line-title line-desc">' in reasons
    assert reasons.count('<rect class="part') == 2
    first, last = {"ko": ("2028년 6월 30일", "2028년 7월 1일"), "en": ("30 June 2028", "1 July 2028")}[
        language
    ]
    desc = re.search(r"<desc.*?</desc>", reasons, re.DOTALL)
    parts = re.search(r'<ol class="parts">.*?</ol>', reasons, re.DOTALL)
    assert desc
    assert parts
    for told in (desc[0], parts[0]):
        assert first in told
        assert last in told


def test_what_each_answer_would_change_is_told(client: TestClient) -> None:
    reasons = part(page(client, OPEN), "reasons")
    for question in open_result().advice.questions:
        assert question.label.ko in reasons
    assert '<ul class="effects">' in reasons


def test_grounds_and_what_follows_are_told(client: TestClient) -> None:
    reasons = part(page(client, SAID), "reasons")
    assert words("ko")["result"]["grounds_head"] in reasons
    assert words("ko")["result"]["after_head"]["employment"] in reasons
    assert all(item.label.ko in reasons for item in result().advice.grounds)


def test_the_address_holds_the_answers_behind_the_sign(client: TestClient) -> None:
    keep = part(page(client, SAID), "keep")
    assert re.search(r'<a href="/self-test#a=[\w-]+">', keep)
    assert '<div id="share-field" hidden>' in keep


def test_the_request_is_offered_for_employment_only(client: TestClient) -> None:
    assert "request.xlsx" in page(client, SAID)
    assert "request.xlsx" not in page(client, HELD, path="/trust-test")


def test_a_result_is_told_where_hardly_anything_is_known(client: TestClient) -> None:
    assert words("ko")["result"]["not_known"] in page(client, {"official.retired_on": "2025-06-30"})


def test_readings_are_told_once() -> None:
    rules = [one.rule for one in result().readings]
    assert rules
    assert len(rules) == len(set(rules))
    assert all(one.confidence != "V" for one in result().readings)
