"""The words that lists use for their columns and for kinds of institution, in Korean and English."""

import re
from enum import StrEnum
from importlib.resources import files

import yaml

from rules.facts import EmployerKind


class Column(StrEnum):
    """What a column of a list holds."""

    ROW = "row"
    NAME = "name"
    NUMBER = "number"
    KIND = "kind"
    SECTOR = "sector"
    CORPORATE_NUMBER = "corporate_number"
    ORIGIN = "origin"


def plain(text: str) -> str:
    """`text` without spaces, brackets and signs, in small letters."""
    return "".join(filter(str.isalnum, text)).casefold()


def heading(text: str) -> Column | None:
    """The column that a heading announces; what stands in brackets may be left out."""
    for form in (plain(text), plain(re.sub(r"\(.*?\)", "", text))):
        if form in _HEADINGS:
            return _HEADINGS[form]
    return None


def kind_of(text: str) -> EmployerKind | None:
    """The kind that a word or sheet name stands for, such as 영리사기업체, 법무법인(유한) or law_firm."""
    for form in (plain(text), plain(re.sub(r"\(.*?\)", "", text))):
        if form in _KINDS:
            return _KINDS[form]
    return None


def kind_word(kind: EmployerKind | None) -> str:
    """The word that a list has for `kind`."""
    return str(_WORDS["kinds"][kind][0] if kind else _WORDS["unknown_kind"][0])


def is_unknown_kind(text: str) -> bool:
    """Whether `text` says that the kind is not known, as in synthetic lists without a published split."""
    return plain(text) in _UNKNOWN_KIND


def is_synthetic(text: str) -> bool | None:
    """What a data-origin cell says; nothing said is real, none where it is not understood."""
    return _ORIGINS.get(plain(text))


def kind_words() -> str:
    """One word for each kind, for people to choose from."""
    return ", ".join(words[0] for words in _WORDS["kinds"].values())


_WORDS = yaml.safe_load(files(__package__).joinpath("vocabulary.yaml").read_text(encoding="utf-8"))
_HEADINGS = {plain(word): Column(key) for key, words in _WORDS["headings"].items() for word in words}
_KINDS = {plain(word): EmployerKind(key) for key, words in _WORDS["kinds"].items() for word in (*words, key)}
_UNKNOWN_KIND = frozenset(map(plain, _WORDS["unknown_kind"]))
_ORIGINS = {"": False} | {
    plain(word): key == "synthetic" for key in ("synthetic", "real") for word in _WORDS[key]
}
