"""Citations as Korean law writes them: `Act 17(2)5` is 법 제17조제2항제5호, `D` the Decree, `R` the Rule."""

import re

_BODIES = {"Act": "법", "D": "영", "R": "규칙"}
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
    body = ""
    parts = []
    for part in re.split(r", (?![^()]*\))", cite):
        prefix, _, rest = part.partition(" ")
        if prefix in _BODIES and rest:
            body = prefix
            parts.append(f"{_BODIES[prefix]} {_part(rest, body)}")
        else:
            parts.append(_part(part, body))
    return ", ".join(parts)


def _part(text: str, body: str) -> str:
    if supplement := re.fullmatch(r"(\d{5}) supplementary provisions (\d+)", text):
        return f"제{supplement[1]}호 부칙 제{supplement[2]}조"
    if amended := re.fullmatch(r"(.+) \(Decree (\d{5})\)", text):
        return f"{_part(amended[1], body)}(대통령령 제{amended[2]}호)"
    found = _ARTICLE.fullmatch(text)
    return _article(found) if found else text


def _article(found: re.Match[str]) -> str:
    if (
        found["item"] is None
        and found["paragraph"] is None
        and found["item_to"] is None
        and int(found["article"]) < 14
    ):
        return f"제{found['article']}호" + _letters(found)
    text = f"제{found['article']}조" + (f"의{found['branch']}" if found["branch"] else "")
    text += f"제{found['paragraph']}항" if found["paragraph"] else ""
    if item := found["item"] or found["alone"]:
        text += f"제{item}호"
    if found["item_to"]:
        many = int(found["item_to"]) > int(found["item"])
        text += f"부터 제{found['item_to']}호까지" if many else f"의{found['item_to']}"
    return text + _letters(found) + (" 단서" if found["proviso"] else "")


def _letters(found: re.Match[str]) -> str:
    if not found["letter"]:
        return ""
    last = f"·{_LETTERS[found['letter_to']]}목" if found["letter_to"] else ""
    return f"{_LETTERS[found['letter']]}목{last}"
