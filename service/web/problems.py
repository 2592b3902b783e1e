"""What programs are told is wrong: every error of the API in one shape."""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from engine.errors import InputError, Place, Problem
from service.register.problems import RegisterError


class ProblemOut(BaseModel):
    """One thing that is wrong, and what to do about it."""

    message: str
    remedy: str
    path: str = Field(default="", description="the entry of the body, or the parameter, that it is about")
    line: int = Field(default=0, description="its line in the body; 0 where it has none")


class Problems(BaseModel):
    """Everything that is wrong with a request. Every error of the API has this shape."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "problems": [
                    {
                        "message": "'compny' is not known here",
                        "remedy": "Did you mean 'company'?",
                        "path": "employer.kind",
                        "line": 4,
                    }
                ]
            }
        }
    )

    problems: list[ProblemOut]


class NotFound(Exception):
    """There is nothing of the name asked for; the problem says what is near."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


REFUSED: dict[int | str, dict[str, Any]] = {
    code: {"model": Problems, "description": what}
    for code, what in {
        404: "there is nothing at this address",
        405: "the address does not take this method",
        413: "the body is too large",
        415: "the body is not JSON",
        422: "the request cannot be used",
        429: "too many requests from one address; the header Retry-After says how many seconds to wait",
        500: "the fault is on the side of the service",
    }.items()
}


_SAID = {
    404: ("There is nothing at this address", "Ask for one of the addresses that /api lists"),
    405: ("This address does not take this method", "Use one that the header Allow names"),
    413: ("The body is too large", "Send at most 256 KB"),
    415: ("The body is not sent as JSON", "Send JSON, with the header Content-Type: application/json"),
    429: ("Too many requests", "Wait as many seconds as the header Retry-After says"),
    500: ("This could not be done", "The fault is on our side. Try again; what you sent was not logged"),
}


def refused(status: int) -> JSONResponse:
    """What a program is told where a request meets no part of the API, or one that fails."""
    return response([Problem(*_SAID.get(status, ("The request cannot be answered", "Correct it")))], status)


def response(problems: Iterable[Problem], status: int = 422) -> JSONResponse:
    found = [
        ProblemOut(message=one.message, remedy=one.remedy, path=one.place.path, line=one.place.line)
        for one in problems
    ]
    return JSONResponse(Problems(problems=found).model_dump(), status)


def add_handlers(app: FastAPI) -> None:
    """Give every error that a request can meet the shape of `Problems`."""

    @app.exception_handler(InputError)
    def input_error(_: Request, error: InputError) -> JSONResponse:
        return response(error.problems)

    @app.exception_handler(NotFound)
    def not_found(_: Request, error: NotFound) -> JSONResponse:
        return response([error.problem], 404)

    @app.exception_handler(RegisterError)
    def register_error(_: Request, error: RegisterError) -> JSONResponse:
        return response([Problem(error.problem.what("en"), error.problem.remedy("en"))])

    @app.exception_handler(RequestValidationError)
    def validation_error(_: Request, error: RequestValidationError) -> JSONResponse:
        return response(map(_parameter, error.errors()))


def _parameter(detail: Any) -> Problem:
    path = ".".join(map(str, detail["loc"][1:]))
    return Problem(str(detail["msg"]), f"Correct the parameter {path}", Place(path=path))
