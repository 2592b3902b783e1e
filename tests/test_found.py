"""What rows of numbers say of a case."""

from typing import Any

from engine.found import Found, Reader
from engine.program import compile_program
from engine.queries import Part, script_of
from engine.rulebook import Rulebook
from tests.licence import written

OFFENCE = {"o": "offence"}
RULES: list[dict[str, Any]] = [
    {"rule": "a", "when": {"p": "person"}, "where": ["p.grade > 1"], "then": "it()"},
    {"rule": "b", "when": {"p": "person"}, "where": ["p.grade > 2"], "then": "it()"},
    {"rule": "seen", "when": OFFENCE, "then": "seen(kind='x', offence=o)"},
    {"rule": "seen.too", "when": OFFENCE, "where": ["o.fine > 5"], "then": "seen(kind='y', offence=o)"},
    {"rule": "place", "when": OFFENCE, "then": "near(place=o.place, fine=o.fine)"},
]
SCRIPT = script_of(compile_program(written(*RULES)))
READER = Reader(SCRIPT)
BOOK: Rulebook = READER.rulebook


def words(**fired: bool) -> list[int]:
    """The words of an answer in which rules fired, certainly or not."""
    return [
        sum(1 << place for place, (key, sure) in enumerate(told) if key in fired and (not sure or fired[key]))
        for told in SCRIPT.words.values()
    ]


def test_a_fact_that_is_certain_once_is_certain() -> None:
    found, fact = Found(), ("it", ())
    for certain, wanted in ((False, False), (True, True), (False, True)):
        found.add(fact, certain)
        assert found.facts == {fact: wanted}


def test_labels_stand_in_the_order_of_the_manifest() -> None:
    found = Found()
    for label in ("yes", "no"):
        number = BOOK.predicates["outcome"]["kind"].options.index(label)
        found.add(("outcome", (("kind", (number, number)),)), label == "no")
    found.add(("it", ()), True)
    assert [*found.labels(BOOK).items()] == [("no", True), ("yes", False)]


def test_words_tell_of_rules_and_of_what_they_say_in_every_case() -> None:
    facts, fired = READER.pattern(words(a=False, b=True, place=True, seen=False))
    assert fired == {"a": False, "b": True, "place": True, "seen": False}
    assert facts == {("it", ()): True}
    assert READER.pattern(words()) == ({}, {})


def test_the_weaker_of_two_rules_does_not_hide_the_stronger() -> None:
    assert READER.pattern(words(a=True, b=False))[0] == READER.pattern(words(a=False, b=True))[0]


def test_a_row_of_a_relation_is_a_fact() -> None:
    fact, certain = READER.relation("near", [4, 10, 20, 7, 7, True])
    assert (fact, certain) == (("near", (("fine", (10, 20)), ("place", (7, 7)))), True)


def test_a_relation_may_have_no_argument() -> None:
    recursive = [
        {"when": OFFENCE, "then": "near()"},
        {"where": ["near()"], "then": "near()"},
        {"then": "it()"},
    ]
    reader = Reader(script_of(compile_program(written(*recursive))))
    assert reader.relation("near", [0, False]) == (("near", ()), False)


def test_flags_are_facts_of_the_listed_fact_that_bears_them() -> None:
    def seen(kind: int) -> Any:
        return "seen", (("kind", (kind, kind)), ("offence", (9, 9)))

    assert [*READER.flags("offence", [9, True, True, False, True])] == [(seen(0), True), (seen(1), False)]
    assert [*READER.flags("offence", [9, False, False, False, False, None])] == []


def test_rows_are_read_into_their_cases() -> None:
    cases = [Found(), Found()]
    READER.read(Part("answer"), [(1, *words(a=True, place=False))], cases)
    READER.read(Part("relation", "near"), [(1, 4, 10, 20, 7, 7, 0), (0, 4, 1, 1, 7, 7, 1)], cases)
    READER.read(Part("relation", "near"), [(1, 4, 10, 20, 7, 7, 1)], cases)
    assert [len(one.facts) for one in cases] == [1, 2]
    assert cases[1].facts[READER.relation("near", [4, 10, 20, 7, 7, True])[0]]
    assert (cases[0].fired, cases[1].fired) == ({}, {"a": True, "place": False})
