"""Case files: the facts of a case in YAML or JSON and, optionally, what the law is expected to say of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from engine.documents import Document, parse, read_all
from engine.errors import InputError, Place, Problem, nearest, refuse
from engine.facts import CaseModel, problems_of, read_case
from rules.facts import EmploymentCase
from rules.law import MODELS

if TYPE_CHECKING:
    from rules.lexicon import Lexicon

ABOUT = ("case", "title", "note", "source", "like", "expect")
SECTIONS = tuple(section for model in MODELS.values() for section in model.model_fields)
C = TypeVar("C", bound=CaseModel)
Facts_co = TypeVar("Facts_co", bound=CaseModel, covariant=True)


class Expected(BaseModel):
    """What a case file expects of the law; what it does not name is not checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: str | None = None
    possible: tuple[str, ...] | None = Field(default=None, description="every outcome that is still possible")
    fires: tuple[str, ...] = Field(default=(), description="rules that certainly fire")
    silent: tuple[str, ...] = Field(default=(), description="rules that cannot fire")
    questions: tuple[str, ...] | None = Field(default=None, description="the open questions, in any order")
    unclear: tuple[str, ...] | None = Field(default=None, description="rules whose unclear law decides")
    by: dict[str, str] = Field(default_factory=dict, description="days by which something is due, by kind")
    since: dict[str, str] = Field(default_factory=dict, description="days from which a period runs, by kind")
    until: dict[str, str] = Field(default_factory=dict, description="days to which a period ran, by kind")
    follows: tuple[str, ...] = Field(default=(), description="what certainly follows, as predicate.kind")
    may: tuple[str, ...] = Field(default=(), description="what may follow but need not, as predicate.kind")
    absent: tuple[str, ...] = Field(default=(), description="what cannot follow, as predicate.kind")
    up_to: dict[str, int] = Field(default_factory=dict, description="amounts in won, by predicate.kind")


class _About(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    case: str = ""
    title: str = ""
    note: str = ""
    source: str = ""
    like: str = ""
    expect: Expected | None = None


@dataclass(frozen=True)
class CaseFile(Generic[Facts_co]):
    """One case as it stands in a file."""

    name: str
    title: str
    note: str
    source: str
    facts: Facts_co
    expected: Expected | None
    place: Place


AnyCase = CaseFile[CaseModel]


def read_cases(path: Path) -> list[AnyCase]:
    """Every case of a file. A case that is `like` one above takes over what it does not say itself."""
    return _raising(readable_cases(path))


def readable_cases(path: Path) -> tuple[list[AnyCase], list[Problem]]:
    """The cases of a file that can be read, and the problems of those that cannot."""
    return _cases(read_all(path), path.stem)


def read_one(path: Path, model: type[C]) -> CaseFile[C]:
    """The one case of a file. Raises InputError where there are several, or one of another kind."""
    cases = read_cases(path)
    if len(cases) > 1:
        raise refuse(
            f"This file holds {len(cases)} cases",
            "Give a file with one case, or run `psea cases run`",
            Place(str(path)),
        )
    return _of_kind(cases[0], model)


def parse_case(text: str, name: str = "case") -> CaseFile[EmploymentCase]:
    """The one employment case of a YAML or JSON text."""
    return parse_one(text, EmploymentCase, name)


def parse_one(text: str, model: type[C], name: str = "case") -> CaseFile[C]:
    """The one case of a text in YAML or JSON. Raises InputError for several, and for one of another kind."""
    documents = parse(text, name)
    if len(documents) != 1:
        raise refuse("This text holds several cases", "Give one case", Place(name))
    return _of_kind(_raising(_cases(documents, name))[0], model)


def _of_kind(case: AnyCase, model: type[C]) -> CaseFile[C]:
    if not isinstance(case.facts, model):
        sections = ", ".join(model.model_fields)
        raise refuse("This case is of another kind", f"The sections wanted are {sections}", case.place)
    return cast(CaseFile[C], case)


def readable_below(folder: Path) -> tuple[list[AnyCase], list[Problem]]:
    """The cases of every file below a folder that can be read, and the problems of the others."""
    cases: list[AnyCase] = []
    problems: list[Problem] = []
    for path in find_cases(folder):
        try:
            found, unreadable = readable_cases(path)
        except InputError as error:
            found, unreadable = [], list(error.problems)
        cases += found
        problems += unreadable
    return cases, problems


def placed(problems: Iterable[Problem], case: AnyCase) -> list[Problem]:
    """The problems of the facts of a case, at the place of the case in its file."""
    return [replace(one, place=replace(case.place, path=one.place.path)) for one in problems]


def find_cases(folder: Path) -> Iterator[Path]:
    """Case files below a folder, in order; a file is its own only case file."""
    if not folder.exists():
        raise refuse("There is no such file or folder", "Check the path", Place(str(folder)))
    yield from [folder] if folder.is_file() else sorted(folder.rglob("*.yaml"))


def _raising(found: tuple[list[AnyCase], list[Problem]]) -> list[AnyCase]:
    cases, problems = found
    if problems:
        raise InputError(problems)
    return cases


def _cases(documents: list[Document], stem: str) -> tuple[list[AnyCase], list[Problem]]:
    said: dict[str, Mapping[str, Any]] = {}
    cases: list[AnyCase] = []
    problems: list[Problem] = []
    for number, document in enumerate(documents, start=1):
        name = stem if len(documents) == 1 else f"{stem}-{number}"
        try:
            cases.append(_case(document, name, said))
        except InputError as error:
            problems += error.problems
    return cases, problems


def _case(document: Document, name: str, said: dict[str, Mapping[str, Any]]) -> AnyCase:
    """One case; its facts are added to those that later cases of the file may be like."""
    if not isinstance(document.data, dict):
        raise refuse("A case is a mapping of sections", "Begin with `official:`", document.place(()))
    _refuse_stray(document)
    about = _about(document)
    facts = {section: document.data[section] for section in SECTIONS if section in document.data}
    if about.like:
        if about.like not in said:
            place = document.place(("like",))
            raise refuse(f"There is no case {about.like!r} above", nearest(about.like, said), place)
        facts = merged(said[about.like], facts)
    facts, problems = _worded(facts, document)
    said[about.case or name] = facts
    try:
        read = read_case(_model(facts), document, facts)
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if problems:
        raise InputError(problems)
    place = document.place(())
    return CaseFile(about.case or name, about.title, about.note, about.source, read, about.expect, place)


def _model(facts: Mapping[str, Any]) -> type[CaseModel]:
    """The kind of case that has these sections."""
    said = facts.keys()
    return max(MODELS.values(), key=lambda model: len(said & model.model_fields.keys()))


def _refuse_stray(document: Document) -> None:
    for key in document.data:
        if key not in ABOUT and key not in SECTIONS:
            raise refuse(
                f"{key!r} is not known here", nearest(key, (*SECTIONS, *ABOUT)), document.place((key,))
            )


def _about(document: Document) -> _About:
    data = {name: document.data[name] for name in ABOUT if name in document.data}
    try:
        return _About.model_validate(data)
    except ValidationError as error:
        raise InputError(problems_of(error, _About, document, ())) from None


def _worded(facts: dict[str, Any], document: Document) -> tuple[dict[str, Any], list[Problem]]:
    """The official's `agency` and `rank`, in the words of the trade, as the facts they stand for."""
    official = facts.get("official")
    if not isinstance(official, dict) or not official.keys() & {"agency", "rank"}:
        return facts, []
    rank, agency = str(official.get("rank", "")), official.get("agency")
    reading = _lexicon().read(str(agency) if agency else None, rank)
    said = {name: value for name, value in official.items() if name not in {"agency", "rank"}}
    facts = {**facts, "official": {**reading.facts, **said}}
    if not reading.unknown:
        return facts, []
    words = ", ".join(reading.unknown)
    near = f"Near are {', '.join(reading.suggestions)}. " if reading.suggestions else ""
    place = document.place(("official", "rank" if rank else "agency"))
    remedy = near + reading.remedy["en"].rstrip(".")
    return facts, [Problem(f"{words!r} is not a rank or agency that is known here", remedy, place)]


@cache
def _lexicon() -> "Lexicon":
    from rules.lexicon import Lexicon

    return Lexicon.load()


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of one case over those of another: fields over fields; a list replaces a list whole."""
    result = dict(base)
    for name, part in over.items():
        both = isinstance(part, dict) and isinstance(base.get(name), dict) and "items" not in part
        result[name] = {**base[name], **part} if both else part
    return result


def case_schema(model: type[CaseModel] = EmploymentCase) -> dict[str, Any]:
    """The JSON Schema of a case file: the sections of a case, what it is about, and what it expects."""
    facts = model.model_json_schema(schema_generator=_Schema)
    about = _About.model_json_schema()
    if model is EmploymentCase:
        facts["$defs"]["Official"]["properties"] |= _WORDED
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "PSEA case file",
        "description": "The facts of one case; a field that is left out is not known.",
        "type": "object",
        "additionalProperties": False,
        "properties": {**facts["properties"], **about["properties"]},
        "required": facts["required"],
        "$defs": {**facts.get("$defs", {}), **about.get("$defs", {})},
    }


_WORDED = {
    "agency": {"type": "string", "description": "the agency in words, read through the rank lexicon"},
    "rank": {"type": "string", "description": "the rank or post in words, read through the rank lexicon"},
}


class _Schema(GenerateJsonSchema):
    """Leaves out defaults: a field that is left out is unknown."""

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])
