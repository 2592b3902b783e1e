import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.register.identifiers import (
    NumberFault,
    business_number,
    check_digit,
    digits_of,
    holds_resident_number,
    hyphenated,
    synthetic_number,
)


def test_check_digit_counts_the_tens_of_the_ninth_product():
    assert check_digit("124810099") == "8"
    assert check_digit("220816251") == "7"


@pytest.mark.parametrize("text", ["124-81-00998", "1248100998", " 124 81 00998 ", "124–81–00998"])
def test_separators_do_not_matter(text):
    assert business_number(text) == "1248100998"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("124-81-00997", "checksum"),
        ("12481", "length"),
        ("124-81-0099A", "length"),
        ("000-00-00015", "synthetic"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(text, code):
    with pytest.raises(NumberFault) as caught:
        business_number(text)
    assert caught.value.code == code


@given(st.integers(1, 999_999))
def test_synthetic_numbers_pass_only_as_synthetic(serial):
    number = synthetic_number(serial)
    assert business_number(hyphenated(number), synthetic=True) == number
    with pytest.raises(NumberFault, match="synthetic"):
        business_number(number)


@given(st.from_regex(r"[1-9][0-9]{8}", fullmatch=True))
def test_a_number_that_may_be_real_is_no_synthetic_one(first_nine):
    with pytest.raises(NumberFault, match="not_synthetic"):
        business_number(first_nine + check_digit(first_nine), synthetic=True)


@pytest.mark.parametrize("serial", [0, 1_000_000])
def test_serials_out_of_range_are_refused(serial):
    with pytest.raises(ValueError, match="serial"):
        synthetic_number(serial)


@pytest.mark.parametrize(
    "text", ["900101-1234567", "9001011234567", "대표 900101 4234567 외", "101013234567"]
)
def test_resident_numbers_are_seen(text):
    assert holds_resident_number(text)


@pytest.mark.parametrize(
    "text", ["901301-1234567", "900101-9234567", "01012345678", "1248100998", "12345678901234"]
)
def test_other_numbers_are_not_taken_for_resident_numbers(text):
    assert not holds_resident_number(text)


def test_a_corporate_number_passes_only_in_its_column():
    assert holds_resident_number("110111-1234569")
    assert not holds_resident_number("110111-1234569", corporate_column=True)
    assert holds_resident_number("110111-1234567", corporate_column=True)


def test_digits_of_a_name_are_no_number():
    assert digits_of("한빛 1248100998") is None
