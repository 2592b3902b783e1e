import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InputError
from rules.facts import Official
from rules.lexicon import ENTRIES, LONGEST, Lexicon, Reading, Value, domain, normal, squeezed

LEXICON = Lexicon.load()
with (Path(__file__).parent / "data" / "published_ranks.csv").open(encoding="utf-8", newline="") as file:
    PUBLISHED = [(row["agency"], row["grade"]) for row in csv.DictReader(file)]
AGENCIES = sorted({word for entry in LEXICON.entries.agencies for word in entry.words})
RANKS = sorted({word for entry in LEXICON.entries.ranks for word in entry.words})
GLUE = [
    "",
    " ",
    "(",
    ")",
    "·",
    " 또는 ",
    "~",
    "급",
    "1",
    "4급",
    "6·7급",
    " 이상",
    " 이하",
    " 상당",
    " or ",
    "갑",
]
PHRASES = st.lists(st.sampled_from(RANKS + GLUE * 9), max_size=6).map("".join)


def facts(agency: str | None, rank: str) -> dict[str, list[Value]]:
    reading = LEXICON.read(agency, rank)
    assert reading.unknown == [], reading.suggestions
    return reading.facts


def narrows(reading: Reading, wider: Reading) -> bool:
    every = {field: frozenset(domain(field)) for field in wider.facts}
    return all(
        frozenset(reading.facts.get(field, every[field])) <= frozenset(values)
        for field, values in wider.facts.items()
    )


@pytest.mark.parametrize(("agency", "rank"), PUBLISHED)
def test_every_published_rank_is_understood(agency: str, rank: str) -> None:
    said = facts(agency, rank)
    assert said["service"]
    assert Official.model_validate(said).service.options


@pytest.mark.parametrize(
    ("agency", "rank", "expected"),
    [
        (None, "일반직고위공무원", {"service": ["general"], "senior_civil_service": [True], "grade": [1, 2]}),
        (
            None,
            "별정직 고위공무원",
            {"service": ["special"], "senior_civil_service": [True], "grade": [1, 2]},
        ),
        (None, "고위공무원 나급", {"grade": [2], "senior_civil_service": [True]}),
        (None, "세무6급", {"service": ["general"], "grade": [6], "senior_civil_service": [False]}),
        (None, "경감", {"service": ["police"], "police_rank": ["captain"]}),
        (
            None,
            "총경",
            {"service": ["police"], "police_rank": ["superintendent"], "asset_discloser": [False]},
        ),
        (None, "치안감", {"service": ["police"], "asset_discloser": [True]}),
        (None, "육군대령", {"service": ["military"], "military_rank": ["colonel"]}),
        (None, "해군중령", {"service": ["military"], "military_rank": ["lieutenant_colonel"]}),
        (None, "육군소장", {"service": ["military"], "military_rank": ["major_general"]}),
        (None, "소방정감", {"service": ["fire"], "fire_rank": ["deputy_chief_general"]}),
        (None, "군무원 1급", {"service": ["military_civilian"], "grade": [1]}),
        (None, "임원", {"service": ["organisation"], "executive": [True]}),
        (None, "상임감사", {"service": ["organisation"], "executive": [True]}),
        (None, "비상임이사", {"service": ["organisation"], "executive": [False]}),
        (None, "검사", {"service": ["prosecutor"]}),
        (None, "검사장", {"service": ["prosecutor"], "asset_discloser": [True]}),
        (None, "서기관(4급)", {"service": ["general"], "grade": [4]}),
        (None, "이사관", {"grade": [2]}),
        (None, "부이사관", {"grade": [3]}),
        (None, "사무관", {"grade": [5]}),
        (None, "주무관", {"grade": [6, 7, 8, 9]}),
        (None, "차관급", {"service": ["political"], "asset_discloser": [True]}),
        (None, "장관(정무직)", {"service": ["political"]}),
        (None, "지방 3급", {"grade": [3], "committee": ["province", "municipality", "education_office"]}),
        (None, "지방기술서기관", {"service": ["general"], "grade": [4]}),
        (None, "검찰6급", {"grade": [6], "prosecution_service": [True]}),
        (None, "경호4급", {"service": ["presidential_security"], "grade": [4]}),
        (None, "보건연구관(4급 상당)", {"service": ["research_guidance"], "grade": [4]}),
        (None, "수석전문관", {"service": ["senior_specialist"]}),
        (None, "수석연구원", {"service": ["organisation"], "principal_researcher": [True]}),
        (None, "일반임기제 5급", {"fixed_term": [True], "grade": [5]}),
        (None, "6급(변호사)", {"grade": [6], "lawyer": [True]}),
        (None, "4급 이상", {"grade": [1, 2, 3, 4]}),
        (
            None,
            "경정 이하",
            {"police_rank": ["officer", "corporal", "sergeant", "lieutenant", "captain", "major"]},
        ),
        ("검찰청", "수사5급", {"service": ["general"], "grade": [5], "body": ["prosecution"]}),
        ("국가정보원", "특정3급", {"service": ["intelligence"], "grade": [3]}),
        ("국가정보원", "특정1~3급", {"service": ["intelligence"], "grade": [1, 2, 3]}),
        (
            "한국토지주택공사",
            "직원 2급",
            {"service": ["organisation"], "body": ["land_housing"], "grade": [2], "executive": [False]},
        ),
        ("금융감독원", "2급", {"service": ["organisation"], "grade": [2], "body": ["financial_supervisory"]}),
        ("금융감독원", "부원장보", {"executive": [True], "asset_discloser": [True]}),
        ("대통령비서실", "4급 상당", {"service": ["general", "special"], "grade": [4]}),
        ("국방부", "육군대령", {"service": ["military"], "body": ["defence"]}),
        ("국방기술품질원(육군)", "육군중령", {"service": ["military"], "body": ["defence"]}),
        ("국세청(포항세무서)", "6급", {"body": ["tax_service"], "service": ["general"], "grade": [6]}),
        ("관세청", "청장", {"service": ["political"], "body": ["customs_service"]}),
        ("인천공항세관", "7급", {"body": ["customs_service"]}),
        ("서울특별시의회", "지방정무직", {"service": ["councillor"], "committee": ["province"]}),
        ("경기도 이천시", "지방3급", {"committee": ["municipality"], "grade": [3]}),
        ("중대범죄수사청", "수사관 5급", {"service": ["investigator"], "grade": [5]}),
    ],
)
def test_meaning(agency: str | None, rank: str, expected: dict[str, list[Value]]) -> None:
    said = facts(agency, rank)
    assert {field: said.get(field) for field in expected} == expected


@pytest.mark.parametrize(
    "rank", ["6급 또는 7급", "6·7급", "6ㆍ7급", "6, 7급", "6~7급", "６급～７급", "grade 6 or 7"]
)
def test_spellings_of_two_grades(rank: str) -> None:
    assert facts("국세청", rank) == facts("국세청", "6급·7급")
    assert facts("국세청", rank)["grade"] == [6, 7]


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("grade 4", "4급"),
        ("Police Captain", "경감"),
        ("colonel", "대령"),
        ("lieutenant colonel", "중령"),
        ("SCS", "고위공무원"),
        ("prosecutor", "검사"),
        ("vice-minister", "차관급"),
    ],
)
def test_english_words(english: str, korean: str) -> None:
    assert facts(None, english) == facts(None, korean)
    assert facts("National Tax Service", english) == facts("국세청", korean)


class TestAmbiguity:
    def test_the_anti_corruption_commission_is_not_only_its_bureaus(self) -> None:
        bureaus = ["acrc_anti_corruption", "acrc_review_protection", "other"]
        assert facts("국민권익위원회", "5급")["body"] == bureaus
        assert facts("국민권익위원회 부패방지국", "5급")["body"] == ["acrc_anti_corruption"]
        assert facts("국민권익위원회 심사보호국", "5급")["body"] == ["acrc_review_protection"]

    def test_a_post_title_leaves_the_grade_open(self) -> None:
        assert "grade" not in facts(None, "비서관")
        assert facts("대통령비서실", "비서관")["grade"] == [1, 2]
        assert facts(None, "세무서장")["grade"] == [3, 4]
        assert facts(None, "국장") == {}

    def test_a_bare_grade_may_be_of_several_services(self) -> None:
        services = facts(None, "3급")["service"]
        assert {"general", "intelligence", "presidential_security", "organisation"} <= set(services)

    def test_alternatives_are_read_each_for_itself(self) -> None:
        either = facts("산업통상자원부", "4급 또는 4급 상당")["service"]
        assert either == facts("산업통상자원부", "4급 상당")["service"]
        assert facts("산업통상자원부", "과장(4급 또는 4급 상당)")["service"] == either
        assert facts("산업통상자원부", "별정직(4급 또는 5급)") == facts("산업통상자원부", "별정4급·별정5급")

    def test_executives_or_staff(self) -> None:
        said = facts("한국은행", "임원·2급 이상")
        assert said["service"] == ["organisation"]
        assert "executive" not in said
        assert "grade" not in said

    def test_a_head_of_an_office_or_a_major_general(self) -> None:
        assert "military_rank" not in facts(None, "소장")
        assert facts("국방부 육군", "소장")["military_rank"] == ["major_general"]

    def test_a_level_compared_with_a_grade_is_not_a_grade_of_an_organisation(self) -> None:
        assert "grade" not in facts("금융감독원", "부이사관급")
        assert facts("국토교통부", "부이사관급")["grade"] == [3]

    def test_a_body_named_by_nature_only_leaves_the_committee_open(self) -> None:
        assert "committee" not in facts("부산교통공사", "임원")
        assert facts("한국수자원공사", "임원")["committee"] == ["government"]


class TestUnknownWords:
    def test_near_words_are_offered(self) -> None:
        reading = LEXICON.read(None, "경갑")
        assert (reading.facts, reading.unknown) == ({}, ["경갑"])
        assert reading.suggestions[0] == "경감"
        assert reading.remedy.keys() == {"ko", "en"}

    def test_an_unknown_agency_leaves_the_rank_as_it_is(self) -> None:
        reading = LEXICON.read("국새청", "세무6급")
        assert reading.unknown == ["국새청"]
        assert reading.suggestions[0] == "국세청"
        assert reading.facts == facts(None, "세무6급")

    def test_a_misspelt_name_is_not_taken_for_another_body(self) -> None:
        reading = LEXICON.read("한국토지주탁공사", "3급")
        assert reading.unknown == ["한국토지주탁공사"]
        assert reading.suggestions[0] == "한국토지주택공사"

    @pytest.mark.parametrize(
        "rank", ["부세무서장", "예비경감", "10급", "0급", "비서기관", "이상", "국", "(", "xyz"]
    )
    def test_a_part_of_a_word_is_not_the_word(self, rank: str) -> None:
        reading = LEXICON.read(None, rank)
        assert (reading.facts, reading.unknown) == ({}, [rank])

    def test_known_parts_are_kept(self) -> None:
        reading = LEXICON.read("국세청", "6급(갑을병)")
        assert reading.unknown == ["갑을병"]
        assert reading.facts["grade"] == [6]

    def test_words_that_contradict_each_other_are_not_believed(self) -> None:
        reading = LEXICON.read("국세청", "서기관(3급)")
        assert reading.unknown == ["서기관(3급)"]
        assert "grade" not in reading.facts

    def test_one_alternative_unknown_leaves_all_open(self) -> None:
        assert LEXICON.read(None, "경감 또는 갑을").facts == {}

    def test_a_rank_at_odds_with_its_agency_is_followed_and_said(self) -> None:
        reading = LEXICON.read("국세청", "시의원")
        assert reading.facts["service"] == ["councillor"]
        assert reading.remedy == LEXICON.entries.remedies.at_odds

    def test_nothing_said_is_nothing_unknown(self) -> None:
        assert LEXICON.read(None, " ").unknown == []
        assert facts("국세청", "")["body"] == ["tax_service"]

    @pytest.mark.parametrize("rank", ["4급 " * LONGEST, "(국장·과장)" * 20])
    def test_too_much_text_is_unknown(self, rank: str) -> None:
        reading = LEXICON.read(None, rank)
        assert reading.facts == {}
        assert reading.unknown


def test_explanations_name_the_words_and_their_source() -> None:
    said = [(one.part, one.words, one.source) for one in LEXICON.read("국세청", "총경").explanations]
    assert ("agency", "국세청", "D 31(1)10") in said
    assert ("rank", "총경", "Act 3(1)9") in said
    assert ("law", "police_rank -> asset_discloser", "Act 10(1)8") in said


@pytest.mark.parametrize("word", [word for word in RANKS if "…" not in word and "{" not in word])
def test_every_rank_word_reads_as_its_own_entry(word: str) -> None:
    reading = LEXICON.read(None, word)
    filler = any(entry.filler and word in entry.words for entry in LEXICON.entries.ranks)
    assert reading.unknown == ([normal(word)] if filler else [])


@pytest.mark.parametrize("word", [word for word in AGENCIES if "…" not in word])
def test_every_agency_word_is_known(word: str) -> None:
    assert facts(word, "")["body"]


@given(st.none() | st.text() | st.sampled_from(AGENCIES), st.text() | PHRASES)
@settings(deadline=None)
def test_any_text_can_be_read(agency: str | None, rank: str) -> None:
    reading = LEXICON.read(agency, rank)
    Official.model_validate(reading.facts)
    assert bool(reading.unknown) <= bool(reading.remedy)


@given(st.sampled_from(AGENCIES) | st.sampled_from([agency for agency, _ in PUBLISHED]) | st.text(), PHRASES)
@settings(deadline=None)
def test_naming_the_agency_only_narrows(agency: str, rank: str) -> None:
    assert narrows(LEXICON.read(agency, rank), LEXICON.read(None, rank))


@given(PHRASES, PHRASES)
@settings(deadline=None)
def test_another_alternative_only_widens(one: str, other: str) -> None:
    if not set("()~") & set(one + other):
        both = LEXICON.read(None, f"({one}) 또는 ({other})")
        if not both.unknown:
            assert narrows(LEXICON.read(None, one), both)


@given(PHRASES)
@settings(deadline=None)
def test_spaces_and_width_do_not_matter(rank: str) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in rank)
    assert squeezed(wide) == squeezed(rank)
    assert LEXICON.read(None, f"  {wide} ").facts == LEXICON.read(None, rank).facts


class TestLoading:
    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ("facts: {service: generall}", "service cannot be generall"),
            ("facts: {serivce: general}", "serivce is not a field"),
            ("facts: {grade: [4, 12]}", "grade cannot be 12"),
            ("colour: red", "colour"),
        ],
    )
    def test_a_wrong_entry_is_placed(self, tmp_path: Path, wrong: str, message: str) -> None:
        path = tmp_path / "lexicon.yaml"
        text = ENTRIES.read_text(encoding="utf-8").replace(
            "ranks:\n", f"ranks:\n  - {{words: [새말], {wrong}, source: here}}\n"
        )
        path.write_text(text, encoding="utf-8")
        line = next(number for number, row in enumerate(text.splitlines(), 1) if "새말" in row)
        with pytest.raises(InputError, match=rf"lexicon\.yaml:{line}") as raised:
            Lexicon.load(path)
        assert message in str(raised.value)

    def test_a_word_stands_once(self, tmp_path: Path) -> None:
        path = tmp_path / "lexicon.yaml"
        text = ENTRIES.read_text(encoding="utf-8")
        path.write_text(text + "  - {words: [경감], source: here}\n", encoding="utf-8")
        with pytest.raises(InputError, match="'경감' stands in two entries"):
            Lexicon.load(path)
