from pathlib import Path
from typing import Any

import pytest
import rfc8785
import yaml
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError, Problem
from engine.loader import canonical_json, load
from tests import licence
from tests.licence import MANIFEST, LicenceCase, write

LAW = """\
provision: only
cite: Art 1
parameters:
  least:
    - {asked_on: 2000-01-01.., value: 18, cite: Law 1, confidence: V}
rules:
  - rule: old
    confidence: V
    when: {p: person, r: request}
    where:
      - r.asked_on >= p.born_on + years(least)
      - p.grade > 3
    then: it()
  - rule: answer.yes
    confidence: V
    where: [it()]
    then: outcome(kind='yes')
  - rule: answer.no
    confidence: V
    unless: [it()]
    then: outcome(kind='no')
"""


def problems(folder: Path, law: str = LAW, **manifest: Any) -> list[Problem]:
    write(folder, "rulebook", MANIFEST | manifest)
    write(folder, "only", law)
    with pytest.raises(InputError) as error:
        load(folder, LicenceCase)
    return list(error.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "remedy"),
    [
        ("p.grade > 3", "p.grad > 3", "only.yaml:12, rules.0.where.1", "no field 'grad'", "'grade'"),
        ("p.grade > 3", "p.grade > 'x'", "only.yaml:12, rules.0.where.1", "not a whole number", "digits"),
        ("p: person", "p: persn", "only.yaml:9, rules.0.when.p", "no facts 'persn'", "'person'"),
        ("where: [it()]", "where: [itt()]", "only.yaml:16, rules.1.where.0", "No rule derives 'itt'", "'it'"),
        (
            "unless: [it()]",
            "unless: [its()]",
            "only.yaml:20, rules.2.unless.0",
            "No rule derives 'its'",
            "'it'",
        ),
        ("    where:\n", "    wher:\n", "only.yaml:10, rules.0.wher", "'wher' is not known", "'where'"),
        ("cite: Art 1\n", "", "only.yaml:1, cite", "'cite' is missing", "Write `cite:`"),
        ("confidence: V}", "confidnce: V}", "only.yaml:5, parameters.least.0", "exactly one date", "Correct"),
        ("value: 18", "value: x", "only.yaml:5, parameters.least.0", "not a whole number", "Correct"),
        ("value: 18, cite: Law 1", "value: 18", "only.yaml:5, parameters.least.0", "needs `cite`", "Correct"),
        (
            "2000-01-01..",
            "2000-02-30..",
            "only.yaml:5, parameters.least.0",
            "the calendar does not have",
            "Correct",
        ),
        ("asked_on: 2000", "asked: 2000", "only.yaml:5, parameters.least.0", "exactly one date", "Correct"),
        (
            "    confidence: V\n    when",
            "    confidence: X\n    when",
            "only.yaml:8, rules.0.confidence",
            "'V', 'P'",
            "docs/rule-language.md",
        ),
        (
            "    confidence: V\n    when",
            "    when",
            "only.yaml:7, rules.0.confidence",
            "is missing",
            "Write `confidence:`",
        ),
        ("then: it()", "then: it(", "only.yaml:13, rules.0.then", "not an expression", "comparison"),
        (
            "then: it()",
            "then: person()",
            "only.yaml:13, rules.0.then",
            "'person' is a fact type",
            "another name",
        ),
        (
            "    when: {p",
            "    in_force: {askd_on: 2001-01-01..}\n    when: {p",
            "only.yaml:9, rules.0.in_force",
            "'askd_on' is not a date that picks",
            "'asked_on'",
        ),
        (
            "    when: {p",
            "    in_force: {asked_on: 2001-02-29..}\n    when: {p",
            "only.yaml:9, rules.0.in_force.asked_on",
            "the calendar does not have",
            "Correct",
        ),
        (
            "    when: {p",
            "    in_force: {asked_on: 2002-01-01..2001-01-01}\n    when: {p",
            "only.yaml:9, rules.0.in_force.asked_on",
            "ends before it begins",
            "Correct",
        ),
        (
            "    when: {p",
            "    in_force: {asked_on: 2002}\n    when: {p",
            "only.yaml:9, rules.0.in_force.asked_on",
            "not a period",
            "Correct",
        ),
        ("rule: old", "rule: Old", "only.yaml:7, rules.0.rule", "pattern", "docs/rule-language.md"),
        (
            "  - rule: answer.no\n",
            "  - rule: answer.no\n    rule: answer.no\n",
            "only.yaml:19, rules.2.rule",
            "'rule' stands twice",
            "Keep one",
        ),
        (
            "where: [it()]",
            "where: it()",
            "only.yaml:16, rules.1.where",
            "valid tuple",
            "docs/rule-language.md",
        ),
    ],
)
def test_bad_rules_have_place_and_remedy(
    tmp_path: Path, old: str, new: str, place: str, message: str, remedy: str
) -> None:
    assert old in LAW
    found = problems(tmp_path, LAW.replace(old, new, 1))[0]
    assert str(found.place) == f"{tmp_path}/{place}"
    assert message in found.message
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"dates": {"asked_on": "request.askd_on"}}, "dates.asked_on", "no field 'askd_on'"),
        ({"dates": {"asked_on": "requst.asked_on"}}, "dates.asked_on", "no fact type 'requst'"),
        ({"dates": {"asked_on": "request.kind"}}, "dates.asked_on", "cannot serve here"),
        ({"dates": {"asked_on": "offence.done_on"}}, "supported.asked_on", "several times"),
        ({"supported": {"askd_on": "2000-01-01.."}}, "supported.askd_on", "not a date that picks"),
        ({"orders": [["person.born_on", "request.asked"]]}, "orders.0.1", "no field 'asked'"),
        ({"orders": [["offence.done_on", "request.asked_on"]]}, "orders.0.0", "cannot serve here"),
        ({"orders": [["request.asked_on", "person.grade"]]}, "orders.0.1", "cannot serve here"),
        ({"orders": [["request.asked_on"]]}, "orders.0.1", "is missing"),
        ({"sources": "none.yaml"}, "sources", "There is no file"),
        ({"levers": ["person.grade"]}, "levers.0", "cannot serve here"),
        ({"moves": "request.paid"}, "moves", "cannot serve here"),
        ({"outcomes": ["no", "yes", "maybe"]}, "outcomes", "do not agree with the labels"),
        ({"goal": "it"}, "outcomes", "do not agree with the labels"),
        ({"stray": 1}, "stray", "'stray' is not known"),
        ({"supported": {}}, "supported", "at least 1"),
    ],
)
def test_a_bad_manifest(tmp_path: Path, change: dict[str, Any], path: str, message: str) -> None:
    found = problems(tmp_path, **change)[0]
    assert (found.place.file, found.place.path) == (f"{tmp_path}/rulebook.yaml", path)
    assert found.place.line > 0
    assert message in found.message


def test_every_problem_is_told_once(tmp_path: Path) -> None:
    law = (
        LAW.replace("p.grade", "p.grad")
        .replace("where: [it()]", "where: [itt()]")
        .replace("then: it()", "then: it(p)")
    )
    found = problems(tmp_path, law)
    assert len(found) == len(set(map(str, found)))
    assert {problem.place.line for problem in found} >= {12, 13, 16}


def test_two_files_of_one_provision(tmp_path: Path) -> None:
    write(tmp_path, "second", {"provision": "only", "cite": "Art 2"})
    (found,) = problems(tmp_path)
    assert "'only' stands in" in found.message
    assert str(found.place) == f"{tmp_path}/second.yaml:2, provision"


def test_a_parameter_defined_twice(tmp_path: Path) -> None:
    write(tmp_path, "second", {"provision": "second", "cite": "Art 2", "parameters": {"least": []}})
    (found,) = problems(tmp_path)
    assert "'least' is defined twice" in found.message


def copied(folder: Path, change: Any = None) -> Path:
    for path in licence.FOLDER.glob("*.yaml"):
        content = yaml.safe_load(path.read_text())
        write(folder, path.stem, change(path.stem, content) if change else content)
    return folder


@pytest.mark.parametrize("turn", ["keys", "rules", "files"])
def test_the_digest_does_not_depend_on_order(tmp_path: Path, turn: str) -> None:
    def change(_: str, content: dict[str, Any]) -> dict[str, Any]:
        if turn == "keys":
            return dict(reversed(content.items()))
        return content | {"rules": content["rules"][::-1]} if "rules" in content else content

    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    copied(after, change)
    if turn == "files":
        (after / "age.yaml").rename(after / "zz.yaml")
    assert load(after, LicenceCase).digest == load(copied(before), LicenceCase).digest


def test_the_digest_depends_on_every_word_of_the_law(tmp_path: Path) -> None:
    digests = set()
    for number, (old, new) in enumerate(
        [
            ("", ""),
            ("> 1000", "> 1001"),
            ("value: 5", "value: 6"),
            ("Law 1", "Law 9"),
            ("confidence: I", "confidence: P"),
            ("Art 3", "Art 9"),
            ("2000-01-01..", "2000-01-02.."),
            ("rule: pardon\n", "rule: mercy\n"),
        ]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        for path in licence.FOLDER.glob("*.yaml"):
            text = path.read_text()
            write(folder, path.stem, text.replace(old, new) if path.stem == "offences" and old else text)
        digests.add(load(folder, LicenceCase).digest)
    assert len(digests) == 8


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=0xD7FF)), inner),
)


@given(PLAIN)
def test_what_the_digest_is_taken_of_is_canonical(data: Any) -> None:
    assert canonical_json(data) == rfc8785.dumps(data)


LISTED = {"asked_on": "request.asked_on", "done_on": "offence.done_on"}
PICKED = "    in_force: {done_on: 2001-01-01..}\n    when: {p: person, r: request"


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "remedy"),
    [
        (
            "    when: {p: person, r: request",
            PICKED,
            "only.yaml:9, rules.0.in_force",
            "done_on is a date of offence, which this rule does not bind",
            "Bind it in `when`, such as o: offence",
        ),
        (
            "    when: {p: person, r: request",
            PICKED + ", a: offence, b: offence",
            "only.yaml:9, rules.0.in_force",
            "done_on could be the date of a or b",
            "Bind offence once",
        ),
        (
            "{asked_on: 2000-01-01..",
            "{done_on: 2000-01-01..",
            "only.yaml:5, parameters.least.0",
            "A value is picked by a date of a fact that a case has once",
            "Correct this value",
        ),
    ],
)
def test_a_date_of_a_listed_fact_picks_a_rule_that_binds_one(
    tmp_path: Path, old: str, new: str, place: str, message: str, remedy: str
) -> None:
    assert old in LAW
    (found,) = problems(tmp_path, LAW.replace(old, new, 1), dates=LISTED)
    assert str(found.place) == f"{tmp_path}/{place}"
    assert message in found.message
    assert remedy in found.remedy


def test_rulebooks_share_the_lines_of_the_fact_base(tmp_path: Path) -> None:
    law = LAW.replace("  - rule: old\n", "  - rule: old\n    facts: [A-1]\n").replace(
        "cite: Law 1, ", "cite: Law 1, facts: [A-2], "
    )
    folder = tmp_path / "law"
    folder.mkdir()
    write(folder, "rulebook", MANIFEST | {"sources": "../lines.yaml"})
    write(folder, "only", law)
    lines = {"A-1": {"confidence": "V"}, "A-2": {"confidence": "V"}}
    digests = []
    for line, confidence in (("A-1", "V"), ("B-1", "V"), ("A-1", "I"), ("A-2", "I")):
        more = {line: {"confidence": confidence}}
        write(tmp_path, "lines", lines | more)
        rulebook = load(folder, LicenceCase)
        assert rulebook.sources == lines | more
        digests.append(rulebook.digest)
    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


def test_a_shared_file_of_sources_is_no_provision(tmp_path: Path) -> None:
    write(tmp_path, "rulebook", MANIFEST | {"sources": "lines.yaml"})
    write(tmp_path, "lines", {"A-1": {"confidence": "V"}})
    write(tmp_path, "only", LAW)
    assert set(load(tmp_path, LicenceCase).sources) == {"A-1"}
    write(tmp_path, "sources", {"A-1": {"confidence": "V"}})
    with pytest.raises(InputError, match=r"sources\.yaml:\d+, provision: 'provision' is missing"):
        load(tmp_path, LicenceCase)
