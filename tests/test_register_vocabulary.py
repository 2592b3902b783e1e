import pytest

from rules.facts import EmployerKind
from service.register.vocabulary import Column, heading, is_synthetic, is_unknown_kind, kind_of, kind_word


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("기관명", Column.NAME),
        ("업체명", Column.NAME),
        ("법 인 명", Column.NAME),
        ("사업자\n등록번호", Column.NUMBER),
        ("기관명(업체명)", Column.NAME),
        ("구분", Column.KIND),
        ("Type", Column.KIND),
        ("Business Number", Column.NUMBER),
        ("법인등록번호", Column.CORPORATE_NUMBER),
        ("연번", Column.ROW),
        ("No.", Column.ROW),
    ],
)
def test_headings(text, column):
    assert heading(text) is column


def test_a_title_is_no_heading():
    assert heading("2026년 취업심사대상기관 명단") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("영리사기업체", "company"),
        ("협회", "association"),
        ("법무법인(유한)", "law_firm"),
        ("회계법인", "accounting_firm"),
        ("세무법인", "tax_firm"),
        ("외국법자문법률사무소", "foreign_law_office"),
        ("합작법무법인", "joint_law_firm"),
        ("시장형 공기업", "public_corporation"),
        ("공직유관단체", "public_organisation"),
        ("사립대학", "school"),
        ("학교", "school"),
        ("종합병원", "hospital"),
        ("사회복지법인", "welfare"),
        ("방위산업", "defence"),
        ("안전", "safety"),
        ("건설엔지니어링", "construction"),
        ("건축사사무소", "construction"),
        ("Law Firm", "law_firm"),
    ],
)
def test_kind_words(text, kind):
    assert kind_of(text) is EmployerKind(kind)


def test_every_kind_that_is_listed_is_read_back_from_its_own_word():
    for kind in EmployerKind:
        if kind is not EmployerKind.OTHER:
            assert kind_of(kind_word(kind)) is kind
    assert is_unknown_kind(kind_word(None))


def test_origins():
    assert is_synthetic("가상") is True
    assert is_synthetic("") is False
    assert is_synthetic("모름") is None
