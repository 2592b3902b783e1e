"""The files that a result can be taken away as, and opening answers again. Nothing of a visitor is kept."""

from collections.abc import Callable, Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from engine.documents import decoded
from engine.errors import InputError
from service.problems import spoken
from service.web import casefile, share
from service.web.answers import Answers
from service.web.pages import Pages, language_of, posted, query_of
from service.web.result import Result
from service.web.traffic import NO_STORE
from service.web.visit import RESULT, Posted, SelfTest
from service.web.words import words

MOST_TEXT = 64 * 1024
MEDIA = {
    "ics": "text/calendar; charset=utf-8",
    "pdf": "application/pdf",
    "yaml": "application/yaml; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "hwpx": "application/hwp+zip",
}
Make = Callable[[SelfTest, Answers, str, Request], bytes]


def router(pages: Pages, tests: Sequence[SelfTest]) -> APIRouter:
    """For every self-test its files, made from the posted answers, and the page that opens answers again."""
    router = APIRouter()
    for test in tests:
        _add_file(router, pages, test, "calendar", "calendar", "ics", _calendar)
        _add_file(router, pages, test, "pdf", "pdf", "pdf", _pdf)
        _add_file(router, pages, test, "case.yaml", "case", "yaml", _case)
        if test.name == "employment":
            _add_file(router, pages, test, "request.xlsx", "request", "xlsx", _workbook)
            _add_file(router, pages, test, "request.hwpx", "request", "hwpx", _document)
        _add_open(router, pages, test)
    return router


def _add_file(
    router: APIRouter, pages: Pages, test: SelfTest, path: str, name: str, ending: str, make: Make
) -> None:
    @router.post(f"{test.path}/{path}")
    def file(request: Request, posted: Annotated[Posted, Depends(posted)]) -> Response:
        language = language_of(request)
        answers = posted.answers.of(test.form)
        try:
            content = make(test, answers, language, request)
        except (ValidationError, InputError):
            return pages.ask(test, Posted(answers, page=RESULT, do="result"), language)
        headers = {"content-disposition": disposition(test, name, ending, language), **NO_STORE}
        return Response(content, media_type=MEDIA[ending], headers=headers)


def disposition(test: SelfTest, name: str, ending: str, language: str) -> str:
    """The name to save a file under, in ASCII and, after RFC 5987, in the language of the page."""
    plain, own = (_name(test, name, ending, one) for one in ("en", language))
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(own)}"


def _name(test: SelfTest, name: str, ending: str, language: str) -> str:
    names = words(language)["names"]
    return f"{names[name].format(name=names[test.name])}.{ending}"


def result_of(test: SelfTest, answers: Answers) -> Result:
    return Result(test, answers, test.advice(answers))


def _calendar(test: SelfTest, answers: Answers, language: str, _: Request) -> bytes:
    from service.web.calendar_file import calendar_file

    result = result_of(test, answers)
    said = words(language)["calendar"]
    return calendar_file(result.advice, result.due, said, said["name"][test.name], language)


def _pdf(test: SelfTest, answers: Answers, language: str, request: Request) -> bytes:
    from service.web.pdf import pdf

    link = share.address(test, answers, query_of(language), str(request.base_url))
    return pdf(result_of(test, answers), test.teller(language), link)


def _case(test: SelfTest, answers: Answers, language: str, _: Request) -> bytes:
    about: str = words(language)["downloads"]["case_about"][test.name]
    return casefile.written(test, answers, about).encode()


def _workbook(test: SelfTest, answers: Answers, language: str, _: Request) -> bytes:
    from service.web.filing import request
    from service.web.filing_files import workbook

    parts = request(result_of(test, answers), test.teller("ko"))
    return workbook(parts, words("ko")["request"], words("en")["request"] if language == "en" else None)


def _document(test: SelfTest, answers: Answers, language: str, _: Request) -> bytes:
    from service.web.filing import request
    from service.web.filing_files import document

    parts = request(result_of(test, answers), test.teller("ko"))
    return document(parts, words("ko")["request"], words("en")["request"] if language == "en" else None)


def _add_open(router: APIRouter, pages: Pages, test: SelfTest) -> None:
    def page(language: str, text: str = "", wrong: Sequence[str] = ()) -> HTMLResponse:
        shown = {
            "title": words(language)["calendar"]["name"][test.name],
            "rulebook": test.law.rulebook,
            "path": f"{test.path}/open",
            "test_path": test.path,
            "text": text,
            "wrong": [("text", message) for message in wrong],
        }
        rendered = pages.render("open.html", language, shown)
        return HTMLResponse(rendered, 422 if wrong else 200, NO_STORE)

    @router.get(f"{test.path}/open")
    def ask(request: Request) -> HTMLResponse:
        return page(language_of(request))

    @router.post(f"{test.path}/open")
    def opened(request: Request, given: Annotated["Given", Depends(given)]) -> HTMLResponse:
        language = language_of(request)
        try:
            answers = read(given, test, language)
        except Unreadable as error:
            return page(language, given.text, error.messages)
        return pages.ask(test, Posted(answers, do="check"), language)


class Given:
    """What was sent to be opened: a pasted text and the content of a file."""

    def __init__(self, text: str, file: bytes) -> None:
        self.text = text
        self.file = file


class Unreadable(Exception):
    """Why it cannot be opened, in the visitor's language."""

    def __init__(self, *messages: str) -> None:
        self.messages = messages


async def given(request: Request) -> Given:
    """The form of the page. Raises HTTPException for one that cannot be parsed."""
    async with request.form(max_files=1, max_fields=4, max_part_size=4 * MOST_TEXT) as form:
        text, file = form.get("text"), form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        return Given(text if isinstance(text, str) else "", content)


def read(given: Given, test: SelfTest, language: str) -> Answers:
    """The answers of a shared address or a case file. Raises Unreadable."""
    wrong = words(language)["open"]["wrong"]
    pasted = given.text.strip()
    if bool(pasted) == bool(given.file):
        raise Unreadable(wrong["both" if pasted else "empty"])
    if len(given.file) > MOST_TEXT or len(pasted) > MOST_TEXT:
        raise Unreadable(wrong["too_large"].format(most=MOST_TEXT // 1024))
    text = pasted or decoded(given.file)
    if text is None:
        raise Unreadable(wrong["not_text"])
    answers = _of_address(text, test, wrong) if share.is_address(text) else _of_case(text, test, language)
    if not answers.said:
        raise Unreadable(wrong["no_answers"])
    return answers


def _of_address(text: str, test: SelfTest, wrong: dict[str, str]) -> Answers:
    try:
        answers = share.opened(text, test)
    except share.Damaged:
        raise Unreadable(wrong["damaged"]) from None
    if answers is None:
        raise Unreadable(wrong["other_test"])
    return answers


def _of_case(text: str, test: SelfTest, language: str) -> Answers:
    try:
        return casefile.read(text, test.form)
    except InputError as error:
        line = words(language)["open"]["wrong"]["line"]
        raise Unreadable(
            *(
                (line.format(line=one.place.line) if one.place.line else "")
                + ". ".join(spoken(one, language))
                for one in error.problems
            )
        ) from None
