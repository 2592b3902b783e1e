"""The pages of the rules."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import unescape

import pytest
from starlette.testclient import TestClient

from engine.periods import Period
from rules.law import employment, laws
from service.rules_sql import RulesSql
from service.web.app import create_app
from service.web.law import WIDTH, Asked, Axis, LawPages, examples, formula, query

DATED = "covered.construction"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app()) as opened:
        yield opened


def text(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return unescape(answer.text)


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("path", ["/rules", f"/rules/{DATED}", "/rules/no-such-rule"])
def test_pages_are_set_up_for_everybody(client: TestClient, path: str, lang: str) -> None:
    page = client.get(f"{path}?lang={lang}").text
    assert f'<html lang="{lang}">' in page
    assert page.count("<h1") == 1
    assert "<script" not in page
    assert "style=" not in page
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets <= set(ids)


def test_every_rule_of_every_rulebook_is_listed(client: TestClient) -> None:
    page = text(client, "/rules")
    for law in laws():
        assert law.rulebook.digest[:16] in page
        assert {rule.id for rule in law.rulebook.rules} <= set(re.findall(r"<code>([^<]+)</code>", page))


def test_every_link_of_the_list_leads_to_its_rule(client: TestClient) -> None:
    page = text(client, "/rules?lang=en")
    links = re.findall(r'<a href="(/rules/[^"]+)"><code>([^<]+)</code>', page)
    for href, name in links[:: len(links) // 12]:
        assert f"<code>{name}</code>" in text(client, href)


def test_a_day_shows_its_law_alone(client: TestClient) -> None:
    before, after = text(client, "/rules?on=2025-12-31"), text(client, "/rules?on=2026-01-01")
    assert DATED not in before
    assert DATED in after
    assert f"/rules/{DATED}?on=2026-01-01" in after


def test_a_day_that_no_rulebook_holds_is_said(client: TestClient) -> None:
    page = text(client, "/rules?on=1990-01-01&lang=en")
    assert page.count("does not hold the law of 1990-01-01") == len(laws())
    assert "<table" not in page


@pytest.mark.parametrize("path", ["/rules", f"/rules/{DATED}"])
@pytest.mark.parametrize("day", ["2026-02-30", "soon", "<b>", "2026-01-01" * 9])
def test_a_wrong_day_is_told_where_it_was_typed(client: TestClient, path: str, day: str) -> None:
    answer = client.get(path, params={"on": day, "lang": "en"})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'href="#on"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "<b>" not in answer.text


def test_switching_the_language_keeps_the_address(client: TestClient) -> None:
    page = text(client, f"/rules/{DATED}?on=2026-01-01")
    assert f'href="/rules/{DATED}?lang=en&on=2026-01-01" lang="en"' in page
    page = text(client, "/rules?lang=en&on=2026-01-01")
    assert 'href="/rules?on=2026-01-01" lang="ko"' in page


def test_the_version_in_force_is_marked(client: TestClient) -> None:
    page = text(client, "/rules/fields.d31-1-11?on=2021-01-01&lang=en")
    marked = re.search(
        r'<section[^>]*id="version-(\d)"(?:(?!<section).)*in force on 2021-01-01', page, re.DOTALL
    )
    assert marked is not None
    assert "15 July 2020 to 1 October 2026" in page.split(f'id="version-{marked[1]}-title"')[1][:200]
    assert page.count('class="bar now"') == 1
    assert "not in force on 2025-12-31" in text(client, f"/rules/{DATED}?on=2025-12-31&lang=en")


def test_nothing_is_in_force_on_a_day_that_the_rulebook_lacks(client: TestClient) -> None:
    page = text(client, "/rules/outcome.exempt?on=1990-01-01&lang=en")
    assert "does not hold the law of 1990-01-01" in page
    assert "in force on 1990-01-01" not in page


def test_a_rule_is_told_with_article_formula_facts_and_examples(client: TestClient) -> None:
    page = text(client, "/rules/window.open")
    rule = employment().rulebook.by_key["window.open"]
    assert "법 제17조제1항" in page
    assert "where:\n- e.start_on <= o.retired_on" in page
    assert "우리의 해석" in page
    assert all(f"<strong>{line}</strong>" in page for line in rule.facts)
    assert "The third anniversary of retirement is the last day of the window" in page
    assert "The day after it the window is closed" in page
    assert 'href="/rules/outcome.window-closed"' in page


def test_premises_link_to_the_rules_that_give_them(client: TestClient) -> None:
    page = text(client, "/rules/outcome.close-relevance?lang=en")
    assert 'href="/rules/relevance.found?lang=en"' in page
    denied = text(client, "/rules/outcome.window-closed?lang=en")
    assert re.search(r"within the restriction window <span[^>]*>must not hold</span>", denied)


def test_versions_lead_to_the_next_and_the_previous(client: TestClient) -> None:
    sections = text(client, "/rules/fields.d31-1-11?lang=en").split("<section")[1:]
    steps = [re.findall(r'href="#version-(\d)">(Previous|Next)', section) for section in sections]
    assert steps[0] == [("2", "Next")]
    assert steps[1] == [("1", "Previous"), ("3", "Next")]
    assert steps[-1][-1][1] == "Previous"


def test_an_unknown_rule_offers_the_nearest(client: TestClient) -> None:
    page = text(client, "/rules/window.opn?lang=en", 404)
    assert 'href="/rules/window.open?lang=en"' in page
    assert "<b>" not in client.get("/rules/<b>x").text
    assert "qqqq" in text(client, "/rules/qqqq", 404)


def test_rules_of_the_same_name_are_told_apart() -> None:
    one = employment().rulebook
    pages = LawPages(lambda: (one, replace(one, name="trust")))
    first, second = pages.index("ko", "").context["shelves"]
    links = [shelf["sections"][0]["rules"][0]["link"].href for shelf in (first, second)]
    assert links[1] == f"{links[0]}?in=trust"
    assert pages.rule(DATED, "en", "", "trust").context["rule"]["shelf"].startswith("Blind trust")
    assert pages.rule(DATED, "en", "", "trust").context["other_query"] == "?in=trust"


def test_the_pages_name_the_rulebook_that_is_served() -> None:
    law = employment()
    other = replace(law, rulebook=replace(law.rulebook, digest="f" * 64))
    with TestClient(create_app(other)) as opened:
        page = opened.get("/rules").text
    assert "f" * 16 in page
    assert law.rulebook.digest[:16] not in page


def test_formulas_are_written_as_in_the_rulebook() -> None:
    lines = formula(employment().rulebook.by_key[DATED]).splitlines()
    assert lines[0] == f"rule: {DATED}"
    assert "  retired_on: 2026-01-01.." in lines
    assert lines[-1] == "then: covered()"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_version_has_its_sql_folded_away(client: TestClient, lang: str) -> None:
    page = text(client, f"/rules/fields.d31-1-11?lang={lang}")
    versions = [rule for rule in employment().rulebook.rules if rule.id == "fields.d31-1-11"]
    writer = RulesSql(employment().rulebook)
    for rule in versions:
        assert f"<code>{writer.text(rule, lang)}</code>" in page
    assert page.count("<summary>") >= len(versions)
    assert "<details open" not in page


def test_bars_lie_within_the_drawing_and_follow_one_another() -> None:
    rulebook = employment().rulebook
    axis = Axis.of(rulebook, date(2026, 1, 1))
    supported = rulebook.supported[1]
    assert axis.ticks[0] == (0.0, supported.first.year if supported.first else 0)
    one, other = Period(None, date(2020, 7, 14)), Period(date(2020, 7, 15), None)
    assert axis.ends(one, supported)[1] == axis.ends(other, supported)[0]
    assert 0 <= axis.ends(one, supported)[0] < axis.ends(other, supported)[1] == WIDTH
    assert axis.day == {year: x for x, year in axis.ticks}[2026]


def test_examples_come_from_the_case_files() -> None:
    found = examples()["window.open"]
    assert any("third anniversary" in example.title for example in found.fires)
    assert {"window_closed"} <= {example.outcome for example in found.silent}


@pytest.mark.parametrize(
    ("language", "typed", "shown"),
    [
        ("ko", "", ""),
        ("en", "", "?lang=en"),
        ("ko", " 2026-01-01 ", "?on=2026-01-01"),
        ("en", "a&b", "?lang=en&on=a%26b"),
    ],
)
def test_addresses_hold_language_and_day(language: str, typed: str, shown: str) -> None:
    assert query(language, Asked.read(typed)) == shown
