"""Fact types, and cases made of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from engine.documents import Document, Key
from engine.errors import InputError, Place, Problem, nearest
from engine.values import UNKNOWN, Domain, Known, domain_of


class Fact(BaseModel):
    """Base of the fact types. Every field is a `Known[...]`; one that is left out is unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _leave_out_nothing(cls, raw: Any) -> Any:
        if not isinstance(raw, dict):
            return raw
        return {name: value for name, value in raw.items() if value is not None and value != "unknown"}

    @classmethod
    @cache
    def domains(cls) -> Mapping[str, Domain]:
        """The domain of each field, in the order of definition."""
        return {name: domain_of(get_args(field.annotation)[0]) for name, field in cls.model_fields.items()}

    @classmethod
    def type_name(cls) -> str:
        return cls.__name__.lower()


F = TypeVar("F", bound=Fact)


class Listed(BaseModel, Generic[F]):
    """The facts of one type that a case has; `complete` says whether these are all there are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    complete: bool = False
    items: tuple[F, ...] = Field(default=(), max_length=200)

    @model_validator(mode="before")
    @classmethod
    def _plain_list(cls, raw: Any) -> Any:
        return {"complete": True, "items": raw} if isinstance(raw, list) else raw

    def __reduce__(self) -> tuple[Any, ...]:
        """Other processes are told what is in the list; pickle has no name for a list of one type."""
        return _listed, (self.complete, self.items)


def _listed(complete: bool, items: tuple[Fact, ...]) -> Listed[Any]:
    return Listed.model_construct(complete=complete, items=items)


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """One field of one fact of a case. An empty field stands for the completeness of the list `section`."""

    section: str
    index: int = 0
    field: str = ""

    def __str__(self) -> str:
        if not self.field:
            return f"{self.section}.complete"
        return f"{self.section}[{self.index}].{self.field}" if self.index else f"{self.section}.{self.field}"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a case: one fact, or a list of facts of one type."""

    name: str
    fact: type[Fact]
    listed: bool


class CaseModel(BaseModel):
    """Base of the case types: each field is one fact or a `Listed` of facts; a list left out is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    @cache
    def sections(cls) -> Mapping[str, Section]:
        return {section.fact.type_name(): section for section in cls._sections()}

    @classmethod
    def _sections(cls) -> Iterator[Section]:
        for name, field in cls.model_fields.items():
            annotation: Any = field.annotation
            arguments = annotation.__pydantic_generic_metadata__["args"]
            yield Section(name, arguments[0] if arguments else annotation, bool(arguments))

    def facts(self, section: Section) -> tuple[Fact, ...]:
        value = getattr(self, section.name)
        return value.items if section.listed else (value,)

    def complete(self, section: Section) -> bool:
        return not section.listed or getattr(self, section.name).complete

    def contradictions(self) -> Iterator[Problem]:
        """What in the case cannot be true at once."""
        yield from ()

    def value(self, spot: Spot) -> Known[Any]:
        if not spot.field:
            return UNKNOWN
        value = getattr(self, spot.section)
        fact = value.items[spot.index] if isinstance(value, Listed) else value
        known: Known[Any] = getattr(fact, spot.field)
        return known

    def with_value(self, spot: Spot, value: Known[Any]) -> Self:
        """The same case with another value at one spot; for a list's own spot, the list made complete."""
        part = getattr(self, spot.section)
        if not spot.field:
            return self.model_copy(update={spot.section: part.model_copy(update={"complete": True})})
        if isinstance(part, Listed):
            items = list(part.items)
            items[spot.index] = items[spot.index].model_copy(update={spot.field: value})
            return self.model_copy(update={spot.section: part.model_copy(update={"items": tuple(items)})})
        return self.model_copy(update={spot.section: part.model_copy(update={spot.field: value})})


C = TypeVar("C", bound=CaseModel)


def read_case(model: type[C], document: Document, data: Any = None, at: Key = ()) -> C:
    """Validate plain data as a case. Raises InputError with the place and remedy of every problem."""
    try:
        return model.model_validate(document.data if data is None else data)
    except ValidationError as error:
        raise InputError(problems_of(error, model, document, at)) from None


def problems_of(
    error: ValidationError, model: type[BaseModel], document: Document, at: Key = ()
) -> list[Problem]:
    """The problems of a pydantic validation error, placed in the document."""
    return [
        _problem(detail, model, _place(document, (*at, *detail["loc"])))
        for detail in error.errors()
        if detail["type"] != "default_factory_not_called"
    ]


def _place(document: Document, key: Key) -> Place:
    """The place of an entry; a list may be written with or without its `items`."""
    bare = tuple(step for step in key if step != "items")
    return document.place(key if key in document.lines or bare not in document.lines else bare)


def _problem(detail: Any, model: type[BaseModel], place: Place) -> Problem:
    context = detail.get("ctx", {})
    name = str(detail["loc"][-1]) if detail["loc"] else ""
    match detail["type"]:
        case "value":
            return Problem(context["message"], context["remedy"], place)
        case "extra_forbidden":
            return Problem(f"{name!r} is not known here", nearest(name, _names(model, detail["loc"])), place)
        case "missing" if not issubclass(model, CaseModel):
            return Problem(f"{name!r} is missing", f"Write `{name}:`", place)
        case "missing":
            return Problem(
                f"The section {name!r} is missing", f"Write `{name}: {{}}` if nothing is known of it", place
            )
        case "value_error":
            return Problem(str(context["error"]), "Correct this entry", place)
        case _:
            form = (
                "`psea cases schema` prints"
                if issubclass(model, CaseModel)
                else "docs/rule-language.md shows"
            )
            return Problem(detail["msg"], f"Correct this entry; {form} the form", place)


def _names(model: type[BaseModel], location: tuple[str | int, ...]) -> list[str]:
    """The field names that the model has at the parent of `location`."""
    current: Any = model
    for step in location[:-1]:
        if isinstance(step, int):
            continue
        field = getattr(current, "model_fields", {}).get(step)
        if field is None:
            return []
        current = _inner(field.annotation)
    return list(getattr(current, "model_fields", {}))


def _inner(annotation: Any) -> Any:
    """The model inside an annotation such as `tuple[Posting, ...]` or `Expected | None`."""
    parts = get_args(annotation)
    return next((_inner(part) for part in parts if part not in {type(None), Ellipsis}), annotation)
