"""The result as an A4 document."""

import logging
import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from service.web import pdf as module
from service.web.forms import TRUST
from service.web.pdf import REPLACEMENT, _Paper, font_files, pdf
from service.web.result import Result
from service.web.words import LANGUAGES
from tests.results import of, open_result, result

LINK = "https://example.org/self-test#a=abc"


def made(found: Result, language: str = "ko", link: str = LINK) -> bytes:
    return pdf(found, found.test.teller(language), link)


@pytest.fixture
def blank_paper() -> Iterator[_Paper]:
    with closing(_Paper("title", "ko", "foot")) as paper:
        yield paper


class Written:
    """What is written on the paper, paragraph by paragraph, and how wide the widest line is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        own = _Paper.write_text

        def write(paper: _Paper, text: str, *how: object, **more: object) -> None:
            self.texts.append(text)
            own(paper, text, *how, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(_Paper, "write_text", write)


def test_the_same_result_gives_the_same_bytes() -> None:
    again = Result(result().test, result().answers, result().test.advice(result().answers))
    assert made(again) == made(result())


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_in_order_and_has_everything(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    written = Written(monkeypatch)
    found = result()
    made(found, language)
    advice, say = found.advice, found.test.teller(language).words["result"]
    heads = [say[key] for key in ("todo", "days", "reasons", "why", "change", "proof", "answers", "identity")]
    places = [written.texts.index(text) for text in (advice.title.in_(language), *heads)]
    assert places == sorted(places)
    whole = "\n".join(written.texts)
    assert advice.sentence.in_(language) in whole
    assert whole.count(advice.notice.in_(language)) == 1
    for item in (*advice.duties, *advice.penalties, *advice.after_joining, *advice.grounds, *advice.clocks):
        assert item.label.in_(language) in whole
        assert item.says.in_(language) in whole
        assert item.citation.shown.in_(language) in whole
    for digest in (advice.identity.rulebook, advice.identity.facts, advice.identity.engine):
        assert digest in whole
    assert "가상건설(주)" in whole


def test_an_open_result_says_what_each_answer_would_change(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Written(monkeypatch)
    found = open_result()
    made(found)
    whole = "\n".join(written.texts)
    for question in found.advice.questions:
        assert question.label.ko in whole
    assert "예 → " in whole


def test_its_metadata_are_set_and_no_day_of_making_is_told() -> None:
    content = made(result())
    assert b"/Lang (ko)" in content or b"/Lang (ko" in content
    assert b"/Outlines" in content
    assert b"/CreationDate (D:20000101000000Z" in content
    assert b"/MediaBox [0 0 595.28 841.89]" in content


def test_the_link_is_a_code_and_may_be_followed() -> None:
    assert LINK.encode() in made(result())
    assert b"/Subtype /Image" in made(result())


@pytest.mark.parametrize("link", ["", "https://example.org/#a=" + "b" * 3_000])
def test_without_an_address_that_fits_there_is_no_code(monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    written = Written(monkeypatch)
    assert b"/Subtype /Image" not in made(result(), link=link)
    assert result().test.teller("ko").words["downloads"]["link_long"] in written.texts


def test_long_words_are_broken_and_stay_on_the_paper(
    monkeypatch: pytest.MonkeyPatch, blank_paper: _Paper
) -> None:
    paper = blank_paper
    rights: list[float] = []
    own = paper._render_styled_text_line

    def line(text_line: object, *how: object, **more: object) -> object:
        width = text_line.text_width  # type: ignore[attr-defined]
        rights.append(paper.x + width)
        return own(text_line, *how, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(paper, "_render_styled_text_line", line)
    for indent in (0.0, 40.0):
        paper.write_text("가" * 200, indent=indent)
        paper.write_text("W" * 200, indent=indent, mark="•")
    assert len(rights) > 8
    assert max(rights) <= paper.w - paper.r_margin + 0.1


def test_signs_that_the_font_lacks_are_boxes_and_not_logged(
    caplog: pytest.LogCaptureFixture, blank_paper: _Paper
) -> None:
    assert blank_paper.clean("가😀나") == f"가{REPLACEMENT}나"
    with caplog.at_level(logging.DEBUG):
        found = result(employer__name="가상😀﷽건설")
        made(found)
    assert "😀" not in caplog.text
    assert "가상" not in caplog.text


def test_a_trust_result_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Written(monkeypatch)
    found = result(TRUST)
    content = made(found)
    assert content.startswith(b"%PDF-")
    assert found.advice.title.ko in written.texts


def test_pages_are_numbered_out_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers: list[str] = []
    own = _Paper.cell

    def cell(paper: _Paper, width: float, height: float, text: str, **how: object) -> object:
        if paper.str_alias_nb_pages in text:
            numbers.append(text)
        return own(paper, width, height, text, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(_Paper, "cell", cell)
    content = made(result())
    pages = len(re.findall(rb"/Type /Page\b", content))
    assert pages > 3
    assert numbers == [f"{number} / {{nb}}" for number in range(1, pages + 1)]


def test_the_fonts_are_those_of_the_package() -> None:
    assert all(file.is_file() for file in font_files())
    assert module.FONT in font_files()[0].name


def test_a_result_without_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    written = Written(monkeypatch)
    found = of({"engagement.paid": False})
    assert made(found).startswith(b"%PDF-")
    assert found.test.teller("ko").words["result"]["no_days"] in written.texts or found.due
