"""Answers in the fragment of an address."""

import base64
import zlib
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.answers import Answers
from service.web.forms import FORMS, TRUST, Form
from service.web.share import MARK, MOST_CODE, MOST_PLAIN, Damaged, address, decode, encode, opened
from tests.interviewing import case_files, pairs_of, self_test
from tests.results import SAID, result

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
PAIRS = st.lists(st.tuples(TEXTS.filter(bool), TEXTS), max_size=30)


def packed(plain: bytes) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.urlsafe_b64encode(packer.compress(plain) + packer.flush()).rstrip(b"=").decode()


@given(PAIRS)
def test_what_is_packed_is_unpacked(pairs: list[tuple[str, str]]) -> None:
    assert decode(encode(pairs)) == pairs


@given(st.text(max_size=200))
def test_any_other_text_is_damaged_and_nothing_worse(text: str) -> None:
    try:
        pairs = decode(text)
    except Damaged:
        return
    assert decode(encode(pairs)) == pairs


@given(PAIRS.filter(bool), st.data())
def test_a_cut_address_is_damaged(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    code = encode(pairs)
    cut = code[: data.draw(st.integers(0, len(code) - 1))]
    with pytest.raises(Damaged):
        decode(cut)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_case_file_comes_back_from_its_address(form: Form) -> None:
    test = self_test(form)
    for case in case_files(form)[::4]:
        pairs = pairs_of(case.facts)
        link = address(test, Answers.read(pairs), "?lang=en", "https://example.org/")
        assert link.startswith(f"https://example.org{form.path}?lang=en{MARK}")
        again = opened(link, test)
        assert again is not None
        assert list(again.pairs()) == list(Answers.read(pairs).pairs())


def test_a_bomb_does_not_unpack() -> None:
    with pytest.raises(Damaged):
        decode(packed(b"a=" + b"0" * (MOST_PLAIN + 1)))


def test_too_many_pairs_are_damaged() -> None:
    with pytest.raises(Damaged):
        decode(packed(urlencode([("a", "1")] * 2_001).encode()))


def test_what_is_too_long_has_no_address() -> None:
    noise = "".join(f"{number * 7919 % 104729:x}" for number in range(MOST_CODE // 2))
    answers = Answers({**SAID, **{f"works.items.{index}.unit": f"{index}{noise}" for index in range(1, 20)}})
    assert address(result().test, answers, "") == ""


def test_a_code_with_tail_is_damaged() -> None:
    with pytest.raises(Damaged):
        decode(encode([("a", "1")]) + "AAAA")


def test_line_breaks_in_a_pasted_address_do_not_matter() -> None:
    link = address(result().test, result().answers, "", "https://example.org")
    broken = "\n".join(link[at : at + 60] for at in range(0, len(link), 60))
    again = opened(f"  {broken} \n", result().test)
    assert again is not None
    assert again.said == result().answers.said


def test_an_address_of_another_self_test_is_told_apart() -> None:
    link = address(result().test, result().answers, "", "https://example.org")
    assert opened(link, self_test(TRUST)) is None


def test_a_bare_fragment_is_enough() -> None:
    assert opened(f"{MARK}{encode([('official.retired_on', '2025-06-30')])}", result().test) == Answers(
        {"official.retired_on": "2025-06-30"}
    )
