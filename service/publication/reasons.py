"""The reasons of a decision (결정사유), told by the article of the law and in no other words.

What is published of a reason is its article and item. A reason in other words may tell more than the law
lets be published, so it is not carried over: it is refused, and asked for by article.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from cases.published.results import Decision


class Ground(StrEnum):
    """What a reason rests on."""

    NO_RELATION = "no_relation"  # Act 17(2)
    DEEMED_NONE = "deemed_none"  # Act 17(9)
    RELATION = "relation"  # Act 17(2), by item
    APPROVAL = "approval"  # Decree 34(3), by item
    LOW_INFLUENCE = "low_influence"  # Decree 34(3)7, 8 or 9
    MUST_APPROVE = "must_approve"  # Decree 34(4), by item
    NO_APPROVAL = "no_approval"  # Decree 34(3), none of its items
    NOT_ITEMS = "not_items"  # Decree 34(3), not these items


@dataclass(frozen=True, slots=True)
class Reason:
    """A ground and the items of its article, as far as they are told."""

    ground: Ground
    items: tuple[int, ...] = ()


MOST_ITEMS = {
    Ground.DEEMED_NONE: 3,
    Ground.RELATION: 8,
    Ground.APPROVAL: 9,
    Ground.MUST_APPROVE: 3,
    Ground.NOT_ITEMS: 9,
}
_FREES = frozenset({Ground.NO_RELATION, Ground.DEEMED_NONE})
_APPROVES = frozenset({Ground.RELATION, Ground.APPROVAL, Ground.LOW_INFLUENCE, Ground.MUST_APPROVE})
_REFUSES = frozenset({Ground.RELATION, Ground.NO_APPROVAL, Ground.NOT_ITEMS})
FITTING = {
    Decision.POSSIBLE: _FREES,
    Decision.APPROVED: _APPROVES,
    Decision.POSSIBLE_OR_APPROVED: _FREES | _APPROVES,
    Decision.RESTRICTED: frozenset({Ground.RELATION}),
    Decision.DISAPPROVED: _REFUSES,
    Decision.RESTRICTED_OR_DISAPPROVED: _REFUSES,
}

_ITEMS = r"(?P<items>제?\d+호(?:(?:[·,]|및|와|과)*제?\d+호)*)"
_FITS = r"(?:에?해당(?:함|됨)?)?(?:\(.*\))?"
_RELATION = r"(?:법?제17조제2항(?:의|에따른|상)?)?밀접한(?:업무)?관련성?(?:이|은)?"
_INFLUENCE = r"취업후영향력을?행사할?가능성이(?:적음|적다)"
_WORDINGS = tuple(
    (ground, re.compile(pattern))
    for ground, pattern in (
        (Ground.NO_RELATION, rf"no_relevance|{_RELATION}없(?:음|다)"),
        (Ground.DEEMED_NONE, rf"법?제17조제9항{_ITEMS}?(?:에따라밀접한관련성이없는것으로봄|{_FITS})"),
        (Ground.RELATION, rf"relevance|{_RELATION}있(?:음|다)|법?제17조제2항{_ITEMS}{_FITS}"),
        (
            Ground.NOT_ITEMS,
            rf"not_items?_(?P<codes>\d(?:_\d)*)|영?제34조제3항{_ITEMS}에해당하지(?:않음|아니함)",
        ),
        (
            Ground.NO_APPROVAL,
            r"no_approval_ground|(?:영?제34조제3항)?(?:각호의)?승인사유에?해당(?:사항)?없음",
        ),
        (
            Ground.APPROVAL,
            rf"approval_ground|items?_(?P<codes>\d(?:_\d)*)|영?제34조제3항{_ITEMS}{_FITS}"
            r"|영?제34조제3항(?:각호)?의승인사유(?:있음|에해당)(?:\(.*\))?",
        ),
        (
            Ground.APPROVAL,
            r"(?P<expertise>(?:전문지식·자격증·근무경력또는연구성과등을통해)?전문성이증명되(?:며|고))"
            + _INFLUENCE,
        ),
        (Ground.LOW_INFLUENCE, rf"low_influence|(?:영?제34조제3항:?)?{_INFLUENCE}(?:\(.*\))?"),
        (Ground.MUST_APPROVE, rf"영?제34조제4항{_ITEMS}{_FITS}"),
    )
)
_EXPERTISE = 9


def read_reasons(text: str) -> tuple[Reason, ...]:
    """The reasons that a cell gives, parted by `;`. Raises ValueError for what is told by no article."""
    parts = (part for part in _plain(text).split(";") if part)
    return tuple(dict.fromkeys(_read(part) for part in parts))


def _plain(text: str) -> str:
    shown = re.sub(r"\s+|[「」『』]", "", unicodedata.normalize("NFKC", text))
    shown = re.sub("[\u119e・‧•]", "·", shown)
    shown = re.sub("(?:공직자윤리법|같은법|동법)?시행령", "영", shown)
    return shown.replace("공직자윤리법", "법")


def _read(part: str) -> Reason:
    for ground, pattern in _WORDINGS:
        found = pattern.fullmatch(part.rstrip("."))
        if found:
            return Reason(ground, _items(ground, found.groupdict()))
    raise ValueError("This reason is not told by an article of the law")


def _items(ground: Ground, said: dict[str, str | None]) -> tuple[int, ...]:
    if said.get("expertise"):
        return (_EXPERTISE,)
    items = sorted(
        {int(number) for number in re.findall(r"\d+", said.get("items") or said.get("codes") or "")}
    )
    if any(not 1 <= item <= MOST_ITEMS[ground] for item in items):
        raise ValueError("This reason names an item that its article does not have")
    return tuple(items)
