"""Refuses what tells who a person is: no name, birth date, registration number or contact is published."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from engine.errors import Place, Problem
from service.publication.records import Record, squeezed
from service.register.identifiers import holds_resident_number

_HEADING = re.compile(
    r"성명|성함|^(?!.*(기관|업체|회사|법인)).*이름|주민등록|주민번호|외국인등록|여권|생년월일|생일|출생|전화|연락처|휴대폰|핸드폰"
    r"|이메일|전자우편|주소|^((full|first|last|middle|family|given|maiden)?names?|surname)$"
    r"|(person|applicant|official|retiree|candidate)s?(full)?name|namesof|nameof(the)?(person|applicant|official|retiree)"
    r"|birth|residentregistration|^(rrn|ssn|dob|address|tel|fax)$|passport|phone|mobile|email"
)
_MOBILE = re.compile(r"(?<!\d)01[016789][-. ]?\d{3,4}[-. ]?\d{4}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_REMEDY = "Take it out of the file: no name and no personal number is ever published"


def personal_data(file: str, records: Iterable[Record], headings: frozenset[str]) -> Iterator[Problem]:
    """What tells who somebody is: columns by their heading, cells by their form; nothing of it is repeated.

    The lines down to the first that holds one of `headings` (squeezed) are taken for the heading.
    """
    above = True
    for line, record in records:
        for column, cell in enumerate(record, start=1):
            place = Place(file, line, column, f"column {column}")
            if above and _HEADING.search(squeezed(cell)):
                yield Problem("This column holds what tells who a person is", _REMEDY, place)
            else:
                yield from _in_cell(unicodedata.normalize("NFKC", cell), place)
        above = above and not headings & set(map(squeezed, record))


def _in_cell(text: str, place: Place) -> Iterator[Problem]:
    if holds_resident_number(text):
        yield Problem("This cell holds what reads as a resident registration number", _REMEDY, place)
    elif _MOBILE.search(text):
        yield Problem("This cell holds what reads as a telephone number", _REMEDY, place)
    elif _MAIL.search(text):
        yield Problem("This cell holds what reads as an e-mail address", _REMEDY, place)
