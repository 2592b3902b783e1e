"""The report of a replay: page, plain data, words and the terminal."""

import io
import json
import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cases.files import parse_case
from cases.population import model
from cases.replay import COURT, Event, below, replay
from cases.simulation import simulate
from engine.errors import Problem
from rules.compare import law_on
from rules.law import employment
from service.replay.page import page
from service.replay.report import Names, Report, as_data, months
from service.replay.terminal import show
from service.replay.words import words
from tests.test_replay import SENIOR

DAY = date(2015, 3, 31)
OWN = {"ko": "그 날의 법", "en": "own day"}
VOID = {"meta", "link", "img", "br", "input", "line", "rect"}


@pytest.fixture(scope="module")
def report() -> Report:
    events = [Event(parse_case(SENIOR), "restricted"), *(Event(one.case, runs=1) for one in below(COURT)[0])]
    found, _ = replay(employment(), law_on(employment(), DAY), events)
    problem = Problem("<b>This</b> is wrong", "Correct it")
    names = Names(OWN, {"ko": "그 법", "en": "that law"})
    return Report(((found, names),), ("trust",), (problem,), simulate(employment(), {2014: 6}), whole=True)


@pytest.fixture(scope="module")
def plain() -> Report:
    found, _ = replay(employment(), None, [Event(parse_case(SENIOR))])
    return Report(((found, Names(OWN, {})),), (), (), None, whole=False)


class Read(HTMLParser):
    """The parts of a page, checked to be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.parts: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_stands_alone_and_is_sound(report: Report, language: str) -> None:
    text = page(report, language)
    read = Read(text)
    tags = [tag for tag, _ in read.parts]
    assert "script" not in tags
    assert not {"link", "img", "iframe"} & set(tags)
    assert "url(" not in text
    assert dict(read.parts)["html"]["lang"] == language
    ids = [attributes["id"] for _, attributes in read.parts if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [attributes["href"] for tag, attributes in read.parts if tag == "a"]
    assert {str(target).removeprefix("#") for target in targets} <= set(ids)
    assert "&lt;b&gt;This&lt;/b&gt; is wrong" in text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_chart_has_its_words_and_a_table_beside_it(report: Report, language: str) -> None:
    text = page(report, language)
    charts = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(charts) == 10
    for chart in charts:
        assert "<title" in chart
        assert "<desc" in chart
    for after in text.split("</svg>")[1:]:
        assert "<table" in after.split("<svg")[0]


def test_equal_reports_give_equal_bytes(report: Report) -> None:
    assert page(report, "en") == page(report, "en")
    assert json.dumps(as_data(report)) == json.dumps(as_data(report))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_tells_record_from_simulation_and_names_every_assumption(
    report: Report, language: str
) -> None:
    text, say = page(report, language), words(language)
    record, simulation = (text.split(f'<h2 id="{name}"')[1] for name in ("record", "simulation"))
    assert say["kinds"]["record"] in record.split("</h2>")[0]
    assert say["kinds"]["simulation"] in simulation.split("</h2>")[0]
    for rate in ("5.7 %", "5.0 %", "9.3 %", "19.6 %", "20.8 %", "42 %", "41 %", "1 %", "16 %"):
        assert rate in record
    for assumption in (*say["simulation"]["listed"].values(), *say["simulation"]["shares"].values()):
        assert assumption.replace("'", "&#39;") in simulation
    assert say["simulation"]["cannot"].replace("'", "&#39;") in simulation


def test_a_rule_that_moved_a_case_stands_in_the_page(report: Report) -> None:
    text = page(report, "en")
    assert "<code>covered.public</code>" in text
    assert "restricted" in text
    assert "senior<small>" in text


def test_one_law_alone_has_neither_rules_nor_a_simulation(plain: Report) -> None:
    text, say = page(plain, "en"), words("en")
    Read(text)
    assert say["rules"]["title"] not in text
    assert 'id="simulation"' not in text
    assert 'id="record"' in text
    data = as_data(plain)
    assert (data["laws"][0]["new"], data["simulation"]) == (None, None)


def test_the_data_has_the_figures(report: Report) -> None:
    data = as_data(report)
    (law,) = data["laws"]
    assert law["ran"] == len(law["cases"]) == sum(one["cases"] for one in law["matrix"])
    assert law["cases"][0]["decided"] == "restricted"
    assert {"rule": "covered.public", "fires_in": "new", "changed": True} in law["cases"][0]["reasons"]
    assert [one["rate_per_cent"] for one in data["record"]["limits"]] == [5.7, 5.0, 9.3, 19.6, 20.8]
    assert data["simulation"]["synthetic"] is True
    assert data["simulation"]["years"][0]["own_days"]["must_file"] == 6
    assert data["passed"] == ["trust"]
    json.dumps(data)


def test_months_of_record_have_a_total() -> None:
    assert len(months()) > 60
    assert list(months()) == sorted(months())
    assert months()["2016-06"].reviewed == 126
    assert months()["2015-04"].refused == 2


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_terminal_tells_it_in_short(report: Report, language: str, tmp_path: Path) -> None:
    written = io.StringIO()
    console = Console(file=written, width=200)
    show(report, None, language, console)
    show(report, tmp_path, language, console)
    text = written.getvalue()
    assert "covered.public" in text
    assert "112/538 = 20.8 %" in text
    assert words(language)["terminal"]["hint"] in text
    assert "replay.html" in text


def leaves(node: Any, path: str = "") -> Iterator[tuple[str, set[str]]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, f"{path}.{key}")
    else:
        yield path, set(re.findall(r"\{(\w+)\}", str(node)))


def test_both_languages_say_the_same_things() -> None:
    assert dict(leaves(words("ko"))) == dict(leaves(words("en")))


def test_the_words_name_what_the_model_has() -> None:
    say = words("en")["simulation"]
    assert set(say["shares"]) == set(model().assumptions)
    assert set(say["origins"]) == set(model().origins)
    assert set(say["short"]) == {name for name, _, _ in model().variations()}
