"""Names of institutions as they are compared: legal forms, spaces and case do not count."""

import re
import unicodedata

_CHO = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_JUNG = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_JONG = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]
_VOWELS = str.maketrans(
    {"ㅘ": "ㅗㅏ", "ㅙ": "ㅗㅐ", "ㅚ": "ㅗㅣ", "ㅝ": "ㅜㅓ", "ㅞ": "ㅜㅔ", "ㅟ": "ㅜㅣ", "ㅢ": "ㅡㅣ"}
)
_FINALS = str.maketrans(
    {
        "ㄳ": "ㄱㅅ",
        "ㄵ": "ㄴㅈ",
        "ㄶ": "ㄴㅎ",
        "ㄺ": "ㄹㄱ",
        "ㄻ": "ㄹㅁ",
        "ㄼ": "ㄹㅂ",
        "ㄽ": "ㄹㅅ",
        "ㄾ": "ㄹㅌ",
    }
    | {"ㄿ": "ㄹㅍ", "ㅀ": "ㄹㅎ", "ㅄ": "ㅂㅅ"}
)
_FIRST, _LAST = ord("가"), ord("힣")
_INITIALS = {code: _CHO[(code - _FIRST) // 588] for code in range(_FIRST, _LAST + 1)}
_LETTERS = {
    code: initial
    + _JUNG[(code - _FIRST) % 588 // 28].translate(_VOWELS)
    + _JONG[(code - _FIRST) % 28].translate(_FINALS)
    for code, initial in _INITIALS.items()
}
_BRACKETED_FORM = re.compile(r"\((?:주|유|재|사|합|복|학|의|사복|유한|주식회사|유한회사|有|株|財|社)\)")
_FORM = re.compile(
    r"주식회사|유한책임회사|유한회사|합자회사|합명회사|재단법인|사단법인|사회복지법인|학교법인|의료법인"
    r"|(?<=[a-z ,.])(?:co\.?,? ?ltd\.?|inc\.|corp\.|ltd\.)$"
)
_PLAIN = re.compile(r"[가-힣A-Za-z0-9() ]*")


def normalise(name: str) -> str:
    """`name` without legal form ((주), ㈜, 주식회사, 재단법인 ...), spaces, signs and case.

    Empty only where `name` has no letter or digit.
    """
    text = _compatible(name).casefold()
    bare = _letters_and_digits(_FORM.sub("", _BRACKETED_FORM.sub("", text)))
    return bare or _letters_and_digits(text)


def _compatible(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    composed = unicodedata.normalize("NFC", name)
    return "".join(
        letter if is_letter(letter) else unicodedata.normalize("NFKC", letter) for letter in composed
    )


def _letters_and_digits(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def is_letter(character: str) -> bool:
    """Whether it is a single Hangul letter (ㄱ, ㅏ) and not a syllable."""
    return "ㄱ" <= character <= "ㆎ"


def is_initial(character: str) -> bool:
    return character in _CHO


def initials(text: str) -> str:
    """Each syllable replaced by its initial consonant (초성); other characters stay, and the length does."""
    return text.translate(_INITIALS)


def letters(text: str) -> str:
    """Each syllable spelt in the letters that are typed for it (자모): 관 is ㄱㅗㅏㄴ."""
    return text.translate(_LETTERS)


def spread(text: str) -> str:
    """Final pairs typed alone, such as ㄳ, taken apart into the two initials that were meant."""
    return text.translate(_FINALS)
