"""What goes into the request, as far as the answers say it."""

from service.web.filing import Entry, request, valid
from tests.results import SAID, open_result, result

OWN = ("name", "born", "address", "contact", "employer_number", "position", "contract", "pay", "signed")


def entries(**other: object) -> dict[str, list[str]]:
    found = result(**other)
    told: dict[str, list[str]] = {}
    for part in request(found, found.test.teller("ko")):
        for entry in part.entries:
            told.setdefault(entry.key, []).append(entry.value)
    return told


def test_what_the_self_test_knows_is_filled_in() -> None:
    told = entries()
    assert told["body"] == ["국세청"]
    assert told["rank"] == ["세무4급"]
    assert told["retired"] == ["2025년 6월 30일"]
    assert told["employer_name"] == ["가상건설(주)"]
    assert told["start"] == ["2026년 3월 2일"]
    assert told["by"] == ["2026년 1월 31일"]
    assert "가상과" in told["posting"][0]
    assert "2024년 11월 5일" in told["work"][0]


def test_who_the_person_is_stays_empty() -> None:
    told = entries()
    assert all(told[key] == [""] for key in OWN)


def test_what_is_not_known_stays_empty() -> None:
    told = entries(engagement__paid=None, employer__kind=None)
    assert told["paid"] == [""]
    assert told["employer_kind"] == [""]


def test_grounds_are_said_to_be_possible() -> None:
    told = entries()
    assert told["ground"]
    assert all("(가능성 있음)" in one for one in told["ground"])
    assert all("영 제34조" in one for one in told["ground"])


def test_several_committees_are_left_open() -> None:
    assert entries(official__committee=None)["committee"] == [""]
    assert entries()["committee"] == ["정부공직자윤리위원회"]


def test_a_result_without_duty_has_no_deadline() -> None:
    assert entries(engagement__paid=False)["by"] == [""]


def test_an_open_result_has_all_parts() -> None:
    found = open_result()
    keys = [part.key for part in request(found, found.test.teller("ko"))]
    assert keys[0] == "kind"
    assert keys[-1] == "identity"
    assert len(keys) == len(set(keys)) == 12


def test_every_entry_and_part_has_words_in_both_languages() -> None:
    for language in ("ko", "en"):
        words = result().test.teller(language).words["request"]
        for part in request(result(), result().test.teller("ko")):
            assert words["parts"][part.key]
            assert all(entry.label(words) for entry in part.entries)


def test_numbers_are_in_the_labels() -> None:
    words = result().test.teller("ko").words["request"]
    assert Entry("posting", "", 3).label(words) == "근무 3"


def test_signs_that_xml_cannot_hold_are_left_out() -> None:
    assert valid("가\x00\x0b나\ufffe\t다") == "가나\t다"
    assert entries(words__agency="국\x00세청")["body"] == ["국세청"]
    assert SAID["words.agency"] == "국세청"
