import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.rulebook import Rulebook
from rules.coverage import (
    EXPECTED,
    Gap,
    Line,
    cohorts,
    covered,
    expected_of,
    in_force,
    markdown,
    missing,
    overview,
    provisions,
    summary,
    table,
    unclear,
)
from rules.law import employment, laws

DOCS = Path(__file__).parent.parent / "docs"
KINDS = {
    "organisational",
    "committee",
    "practice",
    "history",
    "register",
    "unknown",
    "neighbouring",
    "superseded",
}
DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
HANGUL = re.compile("[가-힣]")


def rulebooks() -> list[Rulebook]:
    return [law.rulebook for law in laws()]


def lines() -> dict[str, Line]:
    return {line.id: line for line in covered(rulebooks())}


def with_sources(changes: dict[str, Any]) -> Rulebook:
    rulebook = employment().rulebook
    entries = {name: entry for name, entry in (rulebook.sources | changes).items() if entry is not None}
    return replace(rulebook, sources=entries)


def gaps(kind: str, rulebook: Rulebook) -> set[str]:
    return {gap.line for gap in missing([rulebook]) if gap.kind == kind}


def test_the_documented_law_is_the_law_as_loaded() -> None:
    assert (DOCS / "law.md").read_text().endswith(overview(rulebooks()))
    assert (DOCS / "law-coverage.md").read_text().endswith(markdown(rulebooks()))


def test_every_line_of_the_fact_base_is_encoded_or_explained() -> None:
    assert missing(rulebooks()) == ()


def test_the_fact_base_has_each_of_its_lines_once() -> None:
    expected = [name for file in EXPECTED for name in expected_of(file)]
    assert len(expected) == len(set(expected)) == 406
    assert set(expected) == set(lines())


def test_all_rulebooks_cite_the_same_fact_base() -> None:
    assert all(rulebook.sources == employment().rulebook.sources for rulebook in rulebooks())


def test_every_line_says_when_how_sure_and_what_in_one_sentence() -> None:
    for line in lines().values():
        assert DATE.fullmatch(line.first) or line.first == "-", line.id
        assert DATE.fullmatch(line.last) or line.last in {"open", "-"}, line.id
        assert not (DATE.fullmatch(line.last) and line.first > line.last), line.id
        assert re.fullmatch("[VPIU](/[VPIU])*", line.confidence), line.id
        assert re.fullmatch(r"[^|\n]+[^.|\n]\.", line.text), line.id


def test_every_reason_is_of_a_known_kind_and_told_in_both_languages() -> None:
    for line in lines().values():
        if line.reason is not None:
            assert line.reason.kind in KINDS, line.id
            assert set(line.reason.why) == {"ko", "en"}, line.id
            assert HANGUL.search(line.reason.why["ko"]), line.id
            assert not HANGUL.search(line.reason.why["en"]), line.id
            assert all(why.endswith(".") for why in line.reason.why.values()), line.id


def test_a_line_names_the_rules_that_cite_it() -> None:
    cited = {
        (name, f"{rulebook.name}:{rule.id}")
        for rulebook in rulebooks()
        for rule in rulebook.rules
        for name in rule.facts
    }
    assert {(line.id, rule) for line in lines().values() for rule in line.rules} == cited


def test_a_line_without_rule_and_reason_is_a_gap() -> None:
    bare = {key: value for key, value in employment().rulebook.sources["X-03"].items() if key != "uncoded"}
    assert "X-03" not in gaps("unencoded", employment().rulebook)
    assert "X-03" in gaps("unencoded", with_sources({"X-03": bare}))


def test_a_reason_beside_a_rule_is_a_gap_that_names_the_rule() -> None:
    entry = employment().rulebook.sources["B-02"] | {
        "uncoded": {"kind": "practice", "why": {"ko": "예.", "en": "So."}}
    }
    rules = lines()["B-02"].rules
    assert rules
    assert Gap("needless_reason", "B-02", rules) in missing([with_sources({"B-02": entry})])


def test_a_deleted_line_is_noticed_with_the_rules_that_cite_it() -> None:
    assert gaps("lost", with_sources({"X-03": None})) == {"X-03"}
    assert gaps("lost", with_sources({"B-02": None})) == {"B-02"}
    assert gaps("unknown", with_sources({"B-02": None})) == {"B-02"}


def test_a_line_that_is_not_of_its_part_is_noticed() -> None:
    sources = employment().rulebook.sources
    assert gaps("unexpected", with_sources({"Z-01": sources["X-03"]})) == {"Z-01"}
    assert gaps("unexpected", with_sources({"X-03": sources["X-03"] | {"file": "trust"}})) == {"X-03"}


def test_a_line_that_names_no_part_is_told_instead_of_failing() -> None:
    bare = {key: value for key, value in employment().rulebook.sources["X-03"].items() if key != "file"}
    assert gaps("unexpected", with_sources({"X-03": bare})) == {"X-03"}


def test_the_same_letters_of_two_parts_are_kept_apart() -> None:
    assert "K-03" in expected_of("employment")
    assert "procedure.K-03" in expected_of("procedure")
    assert lines()["K-03"].text != lines()["procedure.K-03"].text


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("2015-03-31", "open", "2015-03-31.."),
        ("2011-10-30", "2015-03-30", "2011-10-30..2015-03-30"),
        ("-", "2014-06-24", "..2014-06-24"),
        ("-", "open", "in force"),
        ("-", "-", "not dated"),
        ("2016", "-", "2016"),
    ],
)
def test_the_time_of_a_line_in_short(first: str, last: str, shown: str) -> None:
    assert in_force(replace(lines()["B-02"], first=first, last=last)) == shown


def test_a_table_has_one_row_a_line_with_its_rules_or_its_reason() -> None:
    rows = table(tuple(lines().values())).splitlines()
    assert len(rows) == 2 + len(lines())
    assert {row.count("|") for row in rows} == {7}
    by_id = {row.split(" | ")[0].removeprefix("| "): row for row in rows[2:]}
    assert all(f"`{rule}`" in by_id[line.id] for line in lines().values() for rule in line.rules)
    assert by_id["X-03"].endswith(
        "| neighbouring: It is a separate ban of another act, which this rulebook does not hold. |"
    )
    assert table([replace(lines()["X-03"], reason=None)]).endswith("| **missing** |\n")


def test_the_summary_adds_up() -> None:
    rows = [row.split(" | ") for row in summary(tuple(lines().values())).splitlines()[2:]]
    counts = [[int(cell.removesuffix(" |")) for cell in row[1:]] for row in rows]
    assert [row[0] for row in counts] == [len(expected_of(file)) for file in EXPECTED]
    assert all(row[0] == sum(row[1:]) for row in counts)


def test_cohorts_are_the_lines_of_supplementary_provisions() -> None:
    found = {line.id for line in cohorts(tuple(lines().values()))}
    assert {f"C-{number:02}" for number in range(1, 17)} <= found
    assert {"BW-12", "BX-07", "BX-08", "BP-02"} <= found
    assert not found & {"V-10", "B-02"}


def test_what_is_unclear_holds_each_line_that_is_marked_so() -> None:
    found = {line.id for line in unclear(tuple(lines().values()))}
    assert {"E-22", "W-04", "Q-11", "BR-15"} <= found
    assert "B-02" not in found


def test_every_provision_has_a_row_that_counts_its_rules() -> None:
    for rulebook in rulebooks():
        rows = provisions(rulebook).splitlines()[2:]
        assert len(rows) == len(rulebook.provisions)
        assert all(f"(`{name}`)" in row for name, row in zip(sorted(rulebook.provisions), rows, strict=True))
        assert sum(int(cell) for row in rows for cell in row.split(" | ")[4:8]) == len(rulebook.rules)
