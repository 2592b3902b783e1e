import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.register.names import initials, letters, normalise, spread

hangul = st.text(st.characters(min_codepoint=ord("가"), max_codepoint=ord("힣")), min_size=1, max_size=12)


@pytest.mark.parametrize(
    "name",
    ["(주)한빛전자", "㈜한빛전자", "주식회사 한빛전자", "한빛 전자(주)", "재단법인 한빛전자",
     "（주）한빛전자", "한빛-전자", unicodedata.normalize("NFD", "한빛전자")],
)  # fmt: skip
def test_legal_forms_spaces_and_signs_do_not_count(name):
    assert normalise(name) == "한빛전자"


def test_case_and_width_do_not_count():
    assert normalise("ＳＫ Tech Co., Ltd.") == normalise("sk tech") == "sktech"


def test_a_name_that_is_only_a_legal_form_is_kept():
    assert normalise("주식회사") == "주식회사"
    assert normalise(" -- ") == ""


def test_single_letters_stay_as_typed():
    assert normalise("ㅅㅅ전자") == "ㅅㅅ전자"


def test_spelling():
    assert initials("한빛Tech") == "ㅎㅂTech"
    assert letters("관닭") == "ㄱㅗㅏㄴㄷㅏㄹㄱ"
    assert spread("ㄳ전") == "ㄱㅅ전"


@given(hangul)
def test_initials_keep_the_length_and_begin_the_letters(text):
    assert len(initials(text)) == len(text)
    assert all(letters(one)[0] == initials(one) for one in text)


@given(st.text(max_size=30))
def test_what_is_compared_holds_letters_and_digits_only(text):
    assert all(one.isalnum() for one in normalise(text))


@given(hangul, st.sampled_from(["(주){}", "㈜ {}", "주식회사 {}", "재단법인 {}", "{} (주)", "사단법인{}"]))
def test_the_legal_form_never_matters(text, form):
    assert normalise(form.format(f"{text}x")) == normalise(f"{text}x")
