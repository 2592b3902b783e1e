"""Answers in hidden fields: they come back as they were, and say of the case what a visitor said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.facts import Spot
from rules.facts import EmploymentCase
from rules.lexicon import Lexicon
from service.web.answers import AGENCY, RANK, Answers, key_of, page_of, spot_of
from service.web.forms import EMPLOYMENT, FORMS, SECTIONS, TRUST

LEXICON = Lexicon.load()
KEYS = [
    *(key_of(Spot(name, 0, field)) for name, part in SECTIONS.items() for field in part.fact.domains()),
    *(f"{name}.complete" for name, part in SECTIONS.items() if part.listed),
    "works.items.3.unit",
    AGENCY,
    RANK,
    "words",
]
KEY = st.sampled_from(KEYS)
VALUE = (
    st.sampled_from(["true", "false", "4", "2025-06-30", "2025", "general", "other", "가상과"]) | st.text()
)
PAIR = st.tuples(KEY, VALUE) | st.tuples(st.just("unknown"), KEY) | st.tuples(st.text(), VALUE)


@given(st.lists(PAIR))
def test_what_is_read_is_written_back(pairs: list[tuple[str, str]]) -> None:
    answers = Answers.read(pairs)
    assert Answers.read(answers.pairs()) == answers


@given(st.sampled_from(KEYS))
def test_a_key_names_one_spot(key: str) -> None:
    spot = spot_of(key)
    assert spot is None or key_of(spot) == key


@pytest.mark.parametrize(
    "key",
    ["official", "official.shoe", "works.unit", "works.items.20.unit", "official.complete", "o.items.1.x"],
)
def test_other_fields_are_left_out(key: str) -> None:
    assert not Answers.read([(key, "1"), ("unknown", key)]).said


def test_ranges_and_several_values_are_said_as_a_case_file_does() -> None:
    answers = Answers.read(
        [
            ("employer.capital.at_least", "100"),
            ("employer.capital.at_most", "200"),
            ("official.grade", "6"),
            ("official.grade", "7"),
            ("unknown", "official.lawyer"),
        ]
    )
    facts = answers.facts(EMPLOYMENT, LEXICON)
    assert facts["employer"] == {"capital": {"at_least": 100, "at_most": 200}}
    assert facts["official"] == {"grade": [6, 7], "lawyer": None}


def test_items_are_numbered_without_gaps() -> None:
    answers = Answers.read([("works.items.7.unit", "나"), ("works.items.2.unit", "가")])
    assert [item["unit"] for item in answers.items("works")] == ["가", "나"]
    assert set(answers.said) == {"works.items.0.unit", "works.items.1.unit"}


def test_a_list_is_complete_only_where_it_is_said() -> None:
    facts = Answers.read([("works.complete", "true"), ("unknown", "postings.complete")]).facts(
        EMPLOYMENT, LEXICON
    )
    assert facts["works"] == {"complete": True, "items": []}
    assert facts["postings"]["complete"] is False


def test_words_for_the_rank_are_facts_until_an_own_answer_says_otherwise() -> None:
    words = [(AGENCY, "국세청"), (RANK, "6급 또는 7급")]
    official = Answers.read(words).facts(EMPLOYMENT, LEXICON)["official"]
    assert official["grade"] == [6, 7]
    assert official["body"] == "tax_service"
    own = Answers.read([*words, ("official.grade", "6"), ("unknown", "official.body")]).facts(
        EMPLOYMENT, LEXICON
    )
    assert own["official"]["grade"] == 6
    assert own["official"]["body"] is None


def test_not_knowing_which_of_several_keeps_them() -> None:
    answers = Answers.read([(RANK, "6급 또는 7급"), ("unknown", "official.grade")])
    assert answers.facts(EMPLOYMENT, LEXICON)["official"]["grade"] == [6, 7]


def test_an_item_asked_after_its_list_was_closed_is_a_page_of_its_own() -> None:
    answers = Answers.read(
        [("works.items.0.body", "가"), ("works.complete", "true"), ("works.items.0.unit", "나")]
    )
    assert answers.pages() == ["works", "works.items.0.unit"]
    assert page_of("works.items.0.unit") == "works"


def test_new_items_ask_again_whether_the_list_is_complete() -> None:
    answers = Answers.read([("works.items.0.body", "가"), ("works.complete", "true")])
    changed = answers.with_items("works", [{"body": "가"}, {"unit": "나"}])
    assert "works.complete" not in changed.said
    assert len(EmploymentCase.model_validate(changed.facts(EMPLOYMENT, LEXICON)).works.items) == 2


def test_no_two_forms_share_a_section() -> None:
    assert len(SECTIONS) == sum(len(form.sections) for form in FORMS)


def test_a_form_keeps_its_own_answers_and_the_words() -> None:
    answers = Answers.read([(RANK, "4급"), ("official.grade", "4"), ("holder.grade", "1")])
    assert set(answers.of(EMPLOYMENT).said) == {RANK, "official.grade"}
    assert set(answers.of(TRUST).said) == {RANK, "holder.grade"}


def test_words_for_the_rank_tell_of_a_holder_what_a_holder_has() -> None:
    holder = Answers.read([(AGENCY, "국세청"), (RANK, "세무6급")]).facts(TRUST, LEXICON)["holder"]
    assert holder["grade"] == 6
    assert "body" not in holder


def test_records_that_are_not_spoken_of_are_empty() -> None:
    facts = Answers.read([("acts.items.0.kind", "own_work")]).facts(EMPLOYMENT, LEXICON)
    assert facts["decisions"] == {"complete": True, "items": []}
    assert facts["acts"]["complete"] is False
    assert facts["works"] == {"complete": False, "items": []}
