"""The self-test page by page: what is asked, what a button does, and the result that follows."""

import html
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from typer.testing import CliRunner

from engine.facts import Spot
from rules.advice import Text
from rules.law import employment
from service.cli import app
from service.web.answers import Answers, key_of
from service.web.app import create_app
from service.web.forms import EMPLOYMENT, FORMS, Form
from service.web.words import LANGUAGES, words
from tests.interviewing import BEGUN, case_files, pairs_of, self_test, untypable

FORM = {"content-type": "application/x-www-form-urlencoded"}
SAID = {
    **BEGUN,
    "official.senior_civil_service": "false",
    "official.fixed_term": "false",
    "official.asset_discloser": "false",
    "official.body": "other",
    "engagement.duty": "ordinary",
    "engagement.role": "other",
    "engagement.occupation": "professional",
    "engagement.handles_or_advises": "true",
    "engagement.paid": "true",
    "engagement.periodic": "true",
    "engagement.own_business": "false",
    "employer.kind": "company",
    "employer.listed": "true",
    "postings.items.0.body": "가상부",
    "postings.items.0.unit": "가상과",
    "postings.items.0.to_on": "2025-06-30",
    "postings.items.0.above_section_head": "false",
    "postings.items.0.seconded": "false",
    "postings.complete": "true",
    "directions.complete": "true",
    "subordinations.complete": "true",
    "works.items.0.category": "contract",
    "works.items.0.body": "가상부",
    "works.items.0.unit": "가상과",
    "works.items.0.last_on": "2024-11-05",
    "works.items.0.toward_employer": "true",
    "works.complete": "true",
}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as opened:
        yield opened


def hidden(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return [(name, html.unescape(value)) for name, value in found]


def heading(page: str) -> str:
    match = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)
    assert match
    return html.unescape(re.sub(r"<[^>]+>", "", match[1])).strip()


def page_name(page: str) -> str:
    return dict(hidden(page)).get("page", "")


def send(client: TestClient, fields: Any, query: str = "", status: int = 200) -> str:
    pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
    answer = client.post(f"/self-test{query}", content=urlencode(pairs), headers=FORM)
    assert answer.status_code == status
    return answer.text


def go_on(client: TestClient, page: str, status: int = 200, **typed: str) -> str:
    """Press a button of a page, with what is typed into its fields (`__` for a dot)."""
    return fill_in(client, page, {name.replace("__", "."): text for name, text in typed.items()}, status)


def fill_in(client: TestClient, page: str, fields: dict[str, str], status: int = 200) -> str:
    return send(client, [*hidden(page), *fields.items()], status=status)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_form_says_every_case_file_and_the_facts_are_the_same(form: Form) -> None:
    """An advice follows from the law and the facts alone, so that the pages say what `psea check` says."""
    for case in case_files(form):
        assert self_test(form).case(Answers.read(pairs_of(case.facts))) == case.facts, case.name


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_nearly_every_case_file_can_be_typed_into_the_pages(form: Form) -> None:
    """The others say a value as one of several, or days from one to another that are no month or year."""
    files = case_files(form)
    kept = [case for case in files if not any(untypable(case.facts))]
    assert len(kept) >= len(files) * 95 // 100


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_the_advice_of_the_pages_is_that_of_the_command_line(form: Form, tmp_path: Path) -> None:
    command = {"employment": "check", "trust": "recusal"}[form.name]
    files = case_files(form)
    for case in files[:: max(1, len(files) // 8)]:
        path = tmp_path / "case.json"
        path.write_text(case.facts.model_dump_json(), encoding="utf-8")
        said = CliRunner().invoke(app, [command, str(path), "--json"])
        advice = self_test(form).advice(Answers.read(pairs_of(case.facts)))
        assert json.loads(said.stdout) == json.loads(advice.model_dump_json()), case.name


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_result_page_says_all_that_the_advice_says(client: TestClient, language: str) -> None:
    cases = case_files(EMPLOYMENT)
    query = "?lang=en" if language == "en" else ""
    for case in cases[:: max(1, len(cases) // 12)]:
        page = html.unescape(send(client, [*pairs_of(case.facts), ("do", "result")], query))
        advice = self_test(EMPLOYMENT).advice(Answers.read(pairs_of(case.facts)))
        assert heading(page) == advice.title.in_(language)
        for text in texts(advice):
            said = text.in_(language).strip()
            if said:
                assert said in page, (case.name, said)
        assert all(value in page for value in advice.identity.model_dump().values() if isinstance(value, str))


def texts(part: Any) -> Iterator[Text]:
    if isinstance(part, Text):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from texts(one)
    elif hasattr(part, "__dict__"):
        for name, value in vars(part).items():
            if not (name == "label" and hasattr(part, "question")):
                yield from texts(value)


def test_all_answers_at_once_lead_to_the_check_and_the_result(client: TestClient) -> None:
    page = send(client, SAID)
    assert page_name(page) == "check"
    result = go_on(client, page, do="result")
    assert heading(result) == employment().rulebook.words["ko"].text("outcomes", "close_relevance", "title")


def test_an_interview_asks_nothing_twice_and_ends(client: TestClient) -> None:
    page = client.get("/self-test").text
    asked: list[str] = []
    while page_name(page) != "check":
        name = page_name(page)
        asked.append(name)
        key = f"{name}.complete" if name in EMPLOYMENT.sections else name
        value = SAID.get(key, "unknown")
        if name == "words":
            page = go_on(client, page, do="skip")
        elif name in EMPLOYMENT.sections:
            page = go_on(client, page, do="next", input__complete="true")
        elif value == "unknown":
            page = go_on(client, page, do="unknown")
        elif name.endswith("_on"):
            year, month, day = value.split("-")
            field = f"input.{name.split('.')[1]}"
            typed = {f"{field}.year": year, f"{field}.month": month, f"{field}.day": day}
            page = fill_in(client, page, {"do": "next", **typed})
        else:
            page = fill_in(client, page, {"do": "next", f"input.{name.split('.')[1]}": value})
        assert len(asked) < 60
    assert asked[:2] == ["official.retired_on", "words"]
    assert len(asked) == len(set(asked))
    result = go_on(client, page, do="result")
    assert 'class="outcome' in result


def test_answering_i_do_not_know_to_everything_ends_undetermined(client: TestClient) -> None:
    spots = [key_of(Spot(name, 0, field)) for name, part in EMPLOYMENT.sections.items() if not part.listed
             for field in part.fact.domains()]  # fmt: skip
    lists = [f"{name}.complete" for name, part in EMPLOYMENT.sections.items() if part.listed]
    pairs = [("unknown", key) for key in ["words", *spots, *lists]]
    page = send(client, pairs)
    assert page_name(page) == "check"
    result = go_on(client, page, do="result")
    assert heading(result) == employment().rulebook.words["ko"].text("outcomes", "undetermined", "title")


def test_back_drops_the_last_answer_and_asks_it_again(client: TestClient) -> None:
    page = send(client, {"official.retired_on": "2025-06-30", "unknown": "words", "do": "back", "page": "x"})
    assert page_name(page) == "words"
    assert ("unknown", "words") not in hidden(page)
    page = go_on(client, page, do="back")
    assert page_name(page) == "official.retired_on"
    assert 'value="2025"' in page
    assert not [name for name, _ in hidden(page) if name != "page"]


def test_back_reopens_a_list_and_keeps_its_items(client: TestClient) -> None:
    page = send(client, {**SAID, "page": "check", "do": "back"})
    assert page_name(page) == "works"
    assert "가상과" in page
    assert "works.complete" not in dict(hidden(page))


def test_changing_an_answer_returns_to_the_answers(client: TestClient) -> None:
    page = send(client, {**SAID, "page": "check", "do": "change:official.grade"})
    assert page_name(page) == "official.grade"
    page = go_on(client, page, do="next", input__grade="5")
    assert page_name(page) == "check"
    assert dict(hidden(page))["official.grade"] == "5"


def test_a_wrong_day_is_said_at_its_field_and_nothing_is_lost(client: TestClient) -> None:
    fields = {**SAID, "page": "engagement.start_on", "do": "next"}
    typed = {"input.start_on.year": "2026", "input.start_on.month": "2", "input.start_on.day": "30"}
    page = send(client, {**fields, **typed}, status=422)
    assert 'role="alert"' in page
    assert '<a href="#input.start_on.day">' in page
    assert 'aria-describedby="input.start_on.day-error"' in page
    assert 'id="input.start_on.day-error"' in page
    assert 'value="30"' in page
    assert set(hidden(page)) >= set(SAID.items())


def test_a_job_before_retirement_is_said_where_it_was_typed(client: TestClient) -> None:
    fields = {"official.retired_on": "2025-06-30", "unknown": "words", "page": "engagement.start_on"}
    page = send(client, {**fields, "do": "next", "input.start_on.year": "2024"}, status=422)
    assert words("ko")["wrong"]["starts_before_retirement"] in page
    assert page_name(page) == "engagement.start_on"
    assert 'value="2024"' in page


def test_a_posting_that_ends_before_it_begins_is_opened_again(client: TestClient) -> None:
    wrong = {"postings.items.0.from_on": "2025-01-01", "postings.items.0.to_on": "2024-01-01"}
    page = send(client, {**SAID, **wrong}, status=422)
    assert page_name(page) == "postings"
    assert words("ko")["wrong"]["ends_before_it_begins"] in page


def test_answers_that_no_page_gives_are_asked_again(client: TestClient) -> None:
    page = send(client, {**SAID, "official.grade": "high", "works.items.0.last_on": "soon"}, status=422)
    assert page_name(page) == "official.grade"
    assert "high" not in page
    assert dict(hidden(page))["employer.kind"] == "company"


def test_words_for_the_rank_are_shown_for_confirmation(client: TestClient) -> None:
    start = {"official.retired_on": "2025-06-30", "page": "words"}
    page = send(client, {**start, "do": "next", "input.agency": "국세청", "input.rank": "6급 또는 7급"})
    assert "6급 또는 7급" in page
    page = go_on(client, page, do="confirm")
    assert dict(hidden(page))["words.rank"] == "6급 또는 7급"
    assert page_name(page) != "words"


def test_unknown_words_are_said_with_near_ones(client: TestClient) -> None:
    start = {"official.retired_on": "2025-06-30", "page": "words", "do": "next"}
    page = send(client, {**start, "input.agency": "국세쳥", "input.rank": "경감이라"})
    assert "국세쳥, 경감이라" in page
    assert "국세청, 경감" in page


def test_items_are_added_changed_and_removed(client: TestClient) -> None:
    page = send(client, {"official.retired_on": "2025", "unknown": "words", "page": "works", "do": "stay"})
    page = go_on(client, page, do="add", status=422, input__last_on__month="3")
    assert "#input.last_on.year" in page
    page = go_on(client, page, do="add", input__unit="가과")
    page = go_on(client, page, do="add", input__unit="나과")
    page = go_on(client, page, do="edit:0")
    page = go_on(client, page, do="add", input__unit="다과")
    assert [value for name, value in hidden(page) if name.endswith(".unit")] == ["다과", "나과"]
    page = go_on(client, page, do="remove:0")
    assert [value for name, value in hidden(page) if name.endswith(".unit")] == ["나과"]
    page = go_on(client, page, do="next", input__unit="라과", input__complete="false")
    assert [value for name, value in hidden(page) if name.endswith(".unit")] == ["나과", "라과"]
    assert dict(hidden(page))["works.complete"] == "false"


def test_work_is_begun_for_a_department_of_the_postings(client: TestClient) -> None:
    host = {"postings.items.0.host_body": "파견처", "postings.items.0.host_unit": "파견과"}
    page = send(client, {**SAID, **host, "page": "works", "do": "stay"})
    assert "가상부 가상과의 업무 더하기" in page
    page = go_on(client, page, do="for:1")
    assert 'name="input.body" maxlength="200" value="파견처"' in page
    assert 'name="input.unit" maxlength="200" value="파견과"' in page
    assert page.count("autofocus") == 1
    page = go_on(client, page, do="for:7")
    assert 'value="파견과"' not in page.partition('<section class="box"')[2]


def test_each_kind_of_work_has_an_example(client: TestClient) -> None:
    for language in LANGUAGES:
        page = send(client, {**SAID, "page": "works", "do": "stay"}, "?lang=en" if language == "en" else "")
        for example in words(language)["examples"]["works.category"].values():
            assert example in html.unescape(page)


@pytest.mark.parametrize("page", [name for name, part in EMPLOYMENT.sections.items() if part.listed])
def test_every_list_says_why_and_where_of_each_field(client: TestClient, page: str) -> None:
    shown = html.unescape(send(client, {**SAID, "page": page, "do": "stay"}))
    speaker = self_test(EMPLOYMENT).teller("ko")
    for field in EMPLOYMENT.sections[page].fact.domains():
        for kind in ("why", "where"):
            assert speaker.field(Spot(page, 0, field), kind) in shown


def test_a_list_is_not_left_without_saying_whether_it_is_all(client: TestClient) -> None:
    page = send(client, {"official.retired_on": "2025", "page": "works", "do": "next"}, status=422)
    assert "#input.complete" in page


def test_the_language_is_kept_and_typed_text_too(client: TestClient) -> None:
    typed = {"page": "official.retired_on", "do": "stay", "input.retired_on.year": "2025"}
    page = send(client, typed, "?lang=en")
    assert '<html lang="en">' in page
    assert 'action="/self-test?lang=en"' in page
    assert 'formaction="/self-test"' in page
    assert 'value="2025"' in page


def test_what_is_typed_is_escaped(client: TestClient) -> None:
    page = send(client, {**SAID, "employer.name": '"><script>x</script>', "do": "check"})
    assert "<script" not in page


def test_nothing_typed_reaches_the_logs(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    planted = "심어둔글자"
    with caplog.at_level(logging.DEBUG):
        send(client, {**SAID, "employer.name": planted, "do": "result"})
        send(client, {**SAID, "official.grade": planted}, status=422)
        send(client, {"page": "words", "do": "next", "input.agency": planted})
        client.post("/api/v1/check", content=f'{{"official": {{"grade": "{planted}"}}')
    assert planted not in caplog.text
    assert "2025-06-30" not in caplog.text


FIELD_NAMES = st.sampled_from(
    [
        *SAID,
        *(
            f"input.{part}"
            for part in ("agency", "rank", "search", "found", "index", "complete", "grade", "unit")
        ),
        *("input.retired_on.year", "input.retired_on.month", "input.last_on.day", "input.capital.at_least"),
        *("page", "do", "origin", "works.items.19.unit", "employer.capital.at_most", "employer.register"),
        *("words.agency", "words.rank", "employer.name", "official.committee"),
        *(
            "holder.asked_on",
            "holder.grade",
            "stocks.items.0.value",
            "stocks.complete",
            "input.asked_on.year",
        ),
    ]
)
DO = [
    *("next", "add", "unknown", "skip", "confirm", "back", "check", "result", "stay", "search"),
    *("change:", "remove:", "edit:", "choose:", "for:", "go", "unlisted", "unsure"),
]
TARGETS = [
    "0",
    "7",
    "works",
    "stocks",
    "holder.asked_on",
    "words",
    "official.grade",
    "works.items.0.unit",
    "employer.listed",
    "x",
    "-1",
]
FIELD_VALUES = (
    st.sampled_from(
        [*SAID.values(), *TARGETS, "true", "2020", "1950-01-01", "2100-12-31", "0001", "9999-12-31"]
    )
    | st.builds(
        lambda do, what: do + what if do.endswith(":") else do, st.sampled_from(DO), st.sampled_from(TARGETS)
    )
    | st.text(max_size=20)
)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(FIELD_NAMES, FIELD_VALUES), max_size=12),
    st.sampled_from([*TARGETS, "check", "result", "official.retired_on", "postings"]),
    st.sampled_from([*(do for do in DO if not do.endswith(":")), "edit:0", "remove:0", "change:works"]),
    st.booleans(),
    st.sampled_from(FORMS),
)
def test_no_form_breaks_the_service(
    client: TestClient, fields: list[tuple[str, str]], page: str, do: str, answered: bool, form: Form
) -> None:
    known = list(SAID.items()) if answered else []
    body = urlencode([*known, *fields, ("page", page), ("do", do)], errors="replace")
    answer = client.post(form.path, content=body, headers=FORM)
    assert answer.status_code in {200, 422}
