"""Citations as Korean law writes them: `Act 17(2)5` is 법 제17조제2항제5호, `D` the Decree, `R` the Rule."""

import re

_BODIES = {"Act": "법", "D": "영", "R": "규칙", "KASA Special Act": "우주항공청법"}
_KINDS = {"Act": "법률", "Decree": "대통령령", "Rule": "총리령"}
_LETTERS = dict(zip("abcdefgh", "가나다라마바사아", strict=True))
_ARTICLE = re.compile(
    r"(?P<article>\d+)(?:-(?P<branch>\d+))?"
    r"(?:\((?P<paragraph>\d+)\))?"
    r"(?P<item>\d+)?(?:-(?P<item_to>\d+))?"
    r"(?: (?P<letter>[a-h])(?:-(?P<letter_to>[a-h]))?)?"
    r"(?: item (?P<alone>\d+))?(?P<proviso> proviso)?"
)


def in_korean(cite: str) -> str:
    """The citation in the manner of Korean statutes; what is not a plain article stays as it is."""
    return ", ".join(_named(part) for part in re.split(r", (?![^()]*\))", cite))


def _named(part: str) -> str:
    """A part with its statute; one without it goes on with the articles, or items, of the last."""
    prefix, _, rest = part.rpartition(" ") if part.startswith("KASA") else part.partition(" ")
    if prefix not in _BODIES or not rest:
        return _dated(part, item=True)
    if number := re.fullmatch(r"(\d{4,5})(?: supplementary provisions (\d+))?", rest):
        return f"법률 제{number[1]}호" + (f" 부칙 제{number[2]}조" if number[2] else "")
    return f"{_BODIES[prefix]} {_dated(rest, item=False)}"


def _dated(text: str, *, item: bool) -> str:
    """A part, with the act or decree that gave it its text."""
    if amended := re.fullmatch(r"(.+) \((Act|Decree|Rule) (\d+)\)", text):
        return f"{_dated(amended[1], item=item)}({_KINDS[amended[2]]} 제{amended[3]}호)"
    found = _ARTICLE.fullmatch(text)
    return _article(found, item=item) if found else text


def _article(found: re.Match[str], *, item: bool) -> str:
    bare = found["item"] is None and found["paragraph"] is None and found["item_to"] is None
    if item and bare and int(found["article"]) < 14:
        return f"제{found['article']}호" + _letters(found)
    text = f"제{found['article']}조" + (f"의{found['branch']}" if found["branch"] else "")
    text += f"제{found['paragraph']}항" if found["paragraph"] else ""
    if number := found["item"] or found["alone"]:
        text += f"제{number}호"
    if found["item_to"]:
        many = int(found["item_to"]) > int(found["item"])
        text += f"부터 제{found['item_to']}호까지" if many else f"의{found['item_to']}"
    return text + _letters(found) + (" 단서" if found["proviso"] else "")


def _letters(found: re.Match[str]) -> str:
    if not found["letter"]:
        return ""
    last = f"·{_LETTERS[found['letter_to']]}목" if found["letter_to"] else ""
    return f"{_LETTERS[found['letter']]}목{last}"
