"""The web service: the self-tests, the pages of the law, and the interface for programs."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from engine import VERSION
from engine.rulebook import Rulebook
from rules.law import Law, employment, law_for, laws
from rules.lexicon import Lexicon
from service.web import api, downloads, employers, openapi, problems, public
from service.web.answers import Answers
from service.web.forms import FORMS
from service.web.law import PATH as RULES
from service.web.law import LawPages
from service.web.pages import HERE, Pages, language_of, posted, query_of
from service.web.rate import Rate
from service.web.settings import Settings
from service.web.traffic import Traffic, log_paths_only
from service.web.visit import Posted, SelfTest

if TYPE_CHECKING:
    from service.register.register import Register


def create_app(
    law: Law | None = None, register: "Register | None" = None, settings: Settings | None = None
) -> FastAPI:
    """The service over a rulebook (of employment unless told) and, where there is one, a register."""
    log_paths_only()
    law = law or employment()
    settings = settings or Settings()
    app = FastAPI(
        title=openapi.TITLE,
        version=VERSION,
        description=openapi.DESCRIPTION,
        openapi_tags=openapi.TAGS,
        openapi_url=openapi.PATH,
        docs_url=None,
        redoc_url=None,
    )
    tests = self_tests(law, register)
    pages = Pages(law.rulebook, register)
    rate = Rate(settings.rate) if settings.rate else None
    app.add_middleware(Traffic, refusal=pages.refusal, rate=rate)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    programs = api.Service(tests, register)
    app.include_router(api.router(programs))
    openapi.describe(app, programs)
    problems.add_handlers(app)
    app.include_router(interviews(pages, tests), include_in_schema=False)
    app.include_router(downloads.router(pages, tests), include_in_schema=False)
    app.include_router(public.router(pages, tests[0], settings.contact), include_in_schema=False)
    _add_law(app, pages, LawPages(lambda: _rulebooks(law)))

    @app.get("/healthz", include_in_schema=False)
    def health() -> dict[str, Any]:
        version = employers.version_on(register, date.today())
        shown = version.model_dump() if version else None
        return {"status": "ok", "rulebook": law.rulebook.digest, "register": shown}

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: HTTPException) -> Response:
        refused = pages.refusal(request.scope, error.status_code)
        refused.headers.update(error.headers or {})
        return refused

    return app


def self_tests(law: Law, register: "Register | None") -> Sequence[SelfTest]:
    """The self-test of every form, with the given law for the form of its cases."""
    lexicon = Lexicon.load()
    return [
        SelfTest(form, law if law.rulebook.model is form.model else law_for(form.model), lexicon, register)
        for form in FORMS
    ]


def interviews(pages: Pages, tests: Sequence[SelfTest]) -> APIRouter:
    """The pages of the self-tests, one after the other."""
    router = APIRouter()
    for test in tests:
        _add_interview(router, pages, test)
    return router


def _add_interview(router: APIRouter, pages: Pages, test: SelfTest) -> None:
    @router.get(test.path)
    def first_question(request: Request) -> HTMLResponse:
        return pages.ask(test, Posted(Answers({})), language_of(request))

    @router.post(test.path)
    def next_question(request: Request, posted: Annotated[Posted, Depends(posted)]) -> HTMLResponse:
        return pages.ask(test, posted, language_of(request))

    @router.get(f"{test.path}/")
    def without_slash(request: Request) -> Response:
        return RedirectResponse(f"{test.path}{query_of(language_of(request))}", 308)


def _add_law(app: FastAPI, pages: Pages, law: LawPages) -> None:
    @app.get(RULES, include_in_schema=False)
    def rules(request: Request, on: str = "") -> HTMLResponse:
        return pages.page(law.index(language_of(request), on), language_of(request))

    @app.get(f"{RULES}/{{name}}", include_in_schema=False)
    def rule(
        request: Request, name: str, on: str = "", within: Annotated[str, Query(alias="in")] = ""
    ) -> HTMLResponse:
        return pages.page(law.rule(name, language_of(request), on, within), language_of(request))


def _rulebooks(law: Law) -> list[Rulebook]:
    """Every rulebook, the given one in the place of the one that it replaces."""
    others = [one.rulebook for one in laws() if one.rulebook.name != law.rulebook.name]
    return [law.rulebook, *others]
