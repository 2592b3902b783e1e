"""Business numbers (사업자등록번호), and numbers that must not come in."""

import re
from datetime import date

SYNTHETIC_OFFICE = "000"
_BUSINESS_WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
_SEPARATOR = r"[\s\-\u2010-\u2015.]?"
_THIRTEEN = re.compile(rf"(?<!\d)(\d{{6}}){_SEPARATOR}(\d{{7}})(?!\d)")
_NUMBER_TEXT = re.compile(r"[\d\s\-\u2010-\u2015]+")


class NumberFault(ValueError):
    """A text is no business number; `code` is length, checksum, synthetic or not_synthetic."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def business_number(text: str, *, synthetic: bool = False) -> str:
    """The 10 digits of `text`, with or without hyphens and spaces; raises NumberFault.

    No tax office has the code 000, so numbers that begin with it belong to synthetic lists and only to them.
    """
    digits = digits_of(text)
    if digits is None:
        raise NumberFault("length")
    if digits[9] != check_digit(digits[:9]):
        raise NumberFault("checksum")
    if digits.startswith(SYNTHETIC_OFFICE) != synthetic:
        raise NumberFault("not_synthetic" if synthetic else "synthetic")
    return digits


def digits_of(text: str) -> str | None:
    """The 10 digits that `text` consists of beside hyphens and spaces, if it does."""
    if not _NUMBER_TEXT.fullmatch(text):
        return None
    digits = re.sub(r"\D", "", text)
    return digits if len(digits) == 10 and digits.isascii() else None


def check_digit(first_nine: str) -> str:
    products = [int(digit) * weight for digit, weight in zip(first_nine, _BUSINESS_WEIGHTS, strict=True)]
    return str(-(sum(products) + products[-1] // 10) % 10)


def synthetic_number(serial: int) -> str:
    """A business number that no firm can have, one for each serial from 1 to 999,999."""
    if not 1 <= serial <= 999_999:
        raise ValueError(f"serial {serial} is not between 1 and 999,999")
    first_nine = f"{SYNTHETIC_OFFICE}{serial:06d}"
    return first_nine + check_digit(first_nine)


def hyphenated(number: str) -> str:
    return f"{number[:3]}-{number[3:5]}-{number[5:]}"


def holds_resident_number(text: str, *, corporate_column: bool = False) -> bool:
    """Whether `text` holds what reads as a resident registration number (주민등록번호).

    That is 6 and 7 digits that begin with a birth date. Corporate numbers (법인등록번호) look the same; in
    their own column one with a right check digit is let in.
    """
    if 11 <= len(text) <= 12 and text.isdigit() and text[0] != "0":
        text = text.zfill(13)  # a spreadsheet drops the zeros a number begins with
    for match in _THIRTEEN.finditer(text):
        birth, rest = match.groups()
        if _is_birth_date(birth, rest[0]) and not (corporate_column and _is_corporate(birth + rest)):
            return True
    return False


def _is_birth_date(birth: str, sex: str) -> bool:
    century = {"1": 1900, "2": 1900, "5": 1900, "6": 1900, "3": 2000, "4": 2000, "7": 2000, "8": 2000}.get(
        sex
    )
    if century is None:
        return False
    try:
        date(century + int(birth[:2]), int(birth[2:4]), int(birth[4:]))
    except ValueError:
        return False
    return True


def _is_corporate(digits: str) -> bool:
    total = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(digits[:12]))
    return int(digits[12]) == -total % 10
