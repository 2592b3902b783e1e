"""Answers as a short text for the fragment of an address, which browsers never send to a server.

The text is base64url of raw deflate (RFC 1951) of the answer pairs, urlencoded: `static/share.js` reads it.
"""

import base64
import binascii
import re
import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from service.web.answers import Answers, Pair

if TYPE_CHECKING:
    from service.web.visit import SelfTest

MOST_PAIRS = 2_000
MOST_CODE = 32_000
MOST_PLAIN = 128 * 1024
MARK = "#a="
_CODE = re.compile(r"[A-Za-z0-9_-]+")


class Damaged(ValueError):
    """A text that no shared address holds."""


def encode(pairs: Iterable[Pair]) -> str:
    """The text for the fragment. Raises ValueError where the answers are too long for an address."""
    plain = urlencode(list(pairs)).encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    code = base64.urlsafe_b64encode(packer.compress(plain) + packer.flush()).rstrip(b"=").decode()
    if len(plain) > MOST_PLAIN or len(code) > MOST_CODE:
        raise ValueError("too long for an address")
    return code


def decode(code: str) -> list[Pair]:
    """The pairs of such a text. Raises Damaged for any other."""
    if len(code) > MOST_CODE or not _CODE.fullmatch(code):
        raise Damaged
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        packed = base64.b64decode(code + "=" * (-len(code) % 4), b"-_", validate=True)
        plain = unpacker.decompress(packed, MOST_PLAIN)
        if not unpacker.eof or unpacker.unused_data:
            raise Damaged
        return parse_qsl(
            plain.decode(), keep_blank_values=True, strict_parsing=bool(plain), max_num_fields=MOST_PAIRS
        )
    except (binascii.Error, zlib.error, ValueError):
        raise Damaged from None


def address(test: "SelfTest", answers: Answers, query: str, base: str = "") -> str:
    """The address that opens answers again; without `base` as seen from the same site. None of it is sent.

    Empty where the answers are too long.
    """
    try:
        return f"{base.rstrip('/')}{test.path}{query}{MARK}{encode(answers.pairs())}"
    except ValueError:
        return ""


def is_address(text: str) -> bool:
    return MARK in text


def opened(text: str, test: "SelfTest") -> Answers | None:
    """The answers in a pasted address; none where it is of another self-test. Raises Damaged."""
    before, _, code = "".join(text.split()).partition(MARK)
    path = before.partition("?")[0].rstrip("/")
    if path and not path.endswith(test.path):
        return None
    return Answers.read(decode(code)).of(test.form)
