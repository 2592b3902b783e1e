from functools import cache
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.facts import EmployerKind
from service.register.models import Listing
from service.register.names import initials, letters, normalise
from service.register.search import Index, Why
from service.register.synthesis import listings, totals_for

TYPED = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎㅏㅑㅓㅕㅗㅛㅜㅠㅡㅣ"


def listing(name: str, number: str | None = None, row: int = 1) -> Listing:
    return Listing(name, normalise(name), EmployerKind.COMPANY, number, row=row)


NAMES = [
    "삼성전자(주)",
    "삼성전자판매(주)",
    "서울삼성전자서비스",
    "주식회사 신세계전자",
    "SK하이닉스",
    "한빛회계법인",
    "소상전자",
]
SMALL = Index([listing(name, f"{row:010d}", row) for row, name in enumerate(NAMES, start=1)])


@cache
def full() -> tuple[list[Listing], Index]:
    made = listings(totals_for(2026)[0])
    return made, Index(made)


def names(query: str, limit: int = 10) -> list[tuple[str, str]]:
    return [(match.listing.name, match.why) for match in SMALL.search(query, limit)]


def test_exact_before_prefix_before_part():
    assert names("(주) 삼성 전자")[:3] == [
        ("삼성전자(주)", "exact"), ("삼성전자판매(주)", "prefix"), ("서울삼성전자서비스", "part")
    ]  # fmt: skip


def test_initial_consonants_whole_then_at_the_start_then_within():
    assert names("ㅅㅅㅈㅈ") == [
        ("삼성전자(주)", "chosung"),
        ("소상전자", "chosung"),
        ("삼성전자판매(주)", "chosung"),
        ("서울삼성전자서비스", "chosung"),
    ]


@pytest.mark.parametrize("query", ["ㅅㅅ전자", "삼ㅅㅈㅈ", "ㅅ성전자", "삼성전ㅈ", "삼ㅅ전ㅈ"])
def test_initials_and_syllables_mixed(query):
    assert ("삼성전자(주)", "chosung") in names(query)
    assert ("주식회사 신세계전자", "chosung") not in names(query)


def test_initials_typed_as_one_final_pair():
    assert names("ㅎㅂㅎㄱㅄ") == []
    assert names("ㅎㅂㅎㄱㅂㅇ") == [("한빛회계법인", "chosung")]
    assert Index([listing("박수")]).search("ㅄ")[0].listing.name == "박수"


@pytest.mark.parametrize("query", ["삼섬전자", "삼성전쟈", "삼성저자", "섬성전자", "삼상전자", "삼성전자ㅏ"])
def test_one_wrong_letter(query):
    assert "삼성전자(주)" in [name for name, _ in names(query)[:3]]


@pytest.mark.parametrize("query", ["한빛계회법인", "한회계법인", "한빛빛회계법인", "한솔회계법인"])
def test_one_wrong_syllable(query):
    assert names(query)[0] == ("한빛회계법인", "fuzzy")


def test_latin_letters_in_any_case_and_with_an_error():
    assert names("sk")[0] == ("SK하이닉스", "prefix")
    assert names("sk하이닉수")[0] == ("SK하이닉스", "fuzzy")


@pytest.mark.parametrize("query", ["0000000003", "000-00-00003", " 000 00 00003 "])
def test_business_numbers(query):
    assert names(query) == [("서울삼성전자서비스", "business_number")]


@pytest.mark.parametrize(
    "query", ["", " ", "-", "()", "꿻뛟쒧", "9999999999", "ㅏ", "a" * 500, "[", ".*", "\\", "\n"]
)
def test_nothing_found(query):
    assert names(query) == []


def test_limits_and_an_empty_list():
    assert len(SMALL.search("전자", 2)) == 2
    assert SMALL.search("전자", 0) == []
    assert Index([]).search("전자") == Index([]).find("전자") == []


def test_namesakes_are_all_found():
    index = Index([listing("한빛", "1", 1), listing("(주)한빛", "2", 2), listing("한빛솔", "3", 3)])
    assert [one.row for one in index.find("한빛")] == [1, 2]
    assert [match.why for match in index.search("한빛")] == [Why.EXACT, Why.EXACT, Why.PREFIX]


def test_every_institution_is_found_by_name_and_number():
    made, index = full()
    for one in made:
        assert index.find(one.name) == [one]
        assert one.number
        assert index.find(one.number) == [one]


def found_among_the_best(query: str, wanted: Listing) -> bool:
    matches = full()[1].search(query, 200)
    place = next((place for place, match in enumerate(matches) if match.listing == wanted), None)
    return place is not None and (place < 5 or matches[place].score >= matches[4].score)


somebody = st.integers(0, 26_284).map(lambda place: full()[0][place])


@given(somebody)
def test_found_by_the_own_name(one):
    matches = full()[1].search(one.name)
    assert (matches[0].listing, matches[0].why, matches[0].score) == (one, Why.EXACT, 100.0)


@given(somebody)
def test_found_by_initials(one):
    assert found_among_the_best(initials(one.normalised), one)


@given(somebody, st.data())
def test_found_by_initials_and_syllables_mixed(one, data):
    kept = data.draw(st.lists(st.booleans(), min_size=len(one.normalised), max_size=len(one.normalised)))
    mixed = "".join(sign if keep else initials(sign) for sign, keep in zip(one.normalised, kept, strict=True))
    assert found_among_the_best(mixed, one)


@given(somebody, st.sampled_from(["replace", "insert", "drop", "swap"]), st.data())
def test_found_with_one_letter_wrong(one, error, data):
    spelt = letters(one.normalised)
    place = data.draw(st.integers(0, len(spelt) - 2))
    typed = data.draw(st.sampled_from(TYPED))
    wrong = {
        "replace": spelt[:place] + typed + spelt[place + 1 :],
        "insert": spelt[:place] + typed + spelt[place:],
        "drop": spelt[:place] + spelt[place + 1 :],
        "swap": spelt[:place] + spelt[place + 1] + spelt[place] + spelt[place + 2 :],
    }[error]
    assert found_among_the_best(wrong, one)


@given(somebody, st.data())
def test_found_with_one_syllable_dropped(one, data):
    place = data.draw(st.integers(0, len(one.normalised) - 1))
    wrong = one.normalised[:place] + one.normalised[place + 1 :]
    matches = full()[1].search(wrong, 500)
    [mine] = [match for match in matches if match.listing == one]
    assert sum(match.score > mine.score and match.why is mine.why for match in matches) < 5


@given(st.text(max_size=40))
def test_any_text_gives_ordered_matches(query):
    matches = full()[1].search(query)
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)
    assert all(0 < match.score <= 100 for match in matches)
    assert len({match.listing.row for match in matches}) == len(matches) <= 10


def test_searching_26285_names_is_quick():
    made, index = full()
    sample = made[::131]
    queries = [
        *(one.name for one in sample),
        *(one.normalised[:3] for one in sample),
        *(initials(one.normalised)[:4] for one in sample),
        *(letters(one.normalised)[1:] for one in sample),
        *(one.number or "" for one in sample),
    ]
    took = []
    for query in queries:
        start = perf_counter()
        index.search(query)
        took.append(perf_counter() - start)
    assert sorted(took)[len(took) // 2] < 0.005
