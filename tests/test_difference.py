from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.difference import ALWAYS, Conclusion, can_follow, compare, formula, holds, in_force, law_of
from engine.errors import InputError
from engine.execution import Conclusions, labels
from engine.facts import CaseModel
from engine.loader import load
from engine.periods import Period
from engine.program import compile_program
from engine.rete import Rete
from engine.rulebook import Rulebook
from tests import generated
from tests.licence import FOLDER, LicenceCase, known_case, licensing, written

OLD, NEW = date(2009, 12, 31), date(2010, 1, 1)
AGE = {
    "age": [
        {"asked_on": "..2009-12-31", "value": 21, "cite": "Law 1", "confidence": "V"},
        {"asked_on": "2010-01-01..", "value": 18, "cite": "Law 2", "confidence": "V"},
    ]
}
READS_AGE = {"rule": "it", "when": {"p": "person"}, "where": ["p.grade >= age"], "then": "it()"}


def run(rulebook: Rulebook, case: CaseModel) -> Conclusions:
    return Rete(compile_program(rulebook)).run(case)


def outcome(rulebook: Rulebook, case: CaseModel) -> dict[str, bool]:
    return labels(run(rulebook, case), rulebook)


def versions(**old: Any) -> list[dict[str, Any]]:
    one = {"rule": "it", "in_force": {"asked_on": "..2009-12-31"}, "when": {"p": "person"}, "then": "it()"}
    return [
        one | {"where": ["p.grade <= 4"]} | old,
        one | {"where": ["p.grade <= 5"], "in_force": {"asked_on": "2010-01-01.."}},
    ]


# the law of a day


def test_versions_of_the_day_lose_their_dates_and_others_go() -> None:
    law = law_of(licensing(), date(2015, 5, 31))
    assert "adult.by-decree" not in law.by_key
    later = law_of(licensing(), date(2015, 6, 1)).by_key["adult.by-decree"]
    assert (later.selector, later.period) == ("", ALWAYS)
    assert in_force(later) == ("asked_on", Period(date(2015, 6, 1), None))
    assert law.supported == ("asked_on", ALWAYS)


def test_facts_stay_and_another_law_answers() -> None:
    """An applicant of 2020 aged 19 is of age under the law of 2010, and is not under that of 2009."""
    young = known_case(person={"born_on": "2001-01-01"})
    assert outcome(licensing(), young) == {"granted": True}
    assert outcome(law_of(licensing(), NEW), young) == {"granted": True}
    assert outcome(law_of(licensing(), OLD), young) == {"too_young": True}


def test_what_no_version_of_the_day_derives_never_holds() -> None:
    rulebook = written({"rule": "it", "in_force": {"asked_on": "2010-01-01.."}, "then": "it()"})
    asked = known_case(request={"asked_on": "2020-03-01"})
    assert outcome(law_of(rulebook, OLD), asked) == {"no": True}
    assert outcome(law_of(rulebook, NEW), known_case(request={"asked_on": "2005-01-01"})) == {"yes": True}


def test_one_date_alone_may_pick_the_day() -> None:
    rulebook = written(
        {"rule": "asked", "in_force": {"asked_on": "2010-01-01.."}, "then": "it()"},
        {"rule": "born", "in_force": {"born_on": "2010-01-01.."}, "then": "it()"},
    )
    law = law_of(rulebook, NEW, "born_on")
    assert law.by_key["born"].selector == ""
    assert str(law.by_key["asked"].period) == "2010-01-01.."
    assert law.supported == rulebook.supported
    assert "born" not in law_of(rulebook, OLD, "born_on").by_key


def test_the_digest_says_which_law_of_which_day() -> None:
    rulebook = licensing()
    digests = [
        rulebook.digest,
        law_of(rulebook, NEW).digest,
        law_of(rulebook, OLD).digest,
        law_of(rulebook, NEW, "asked_on").digest,
    ]
    assert len(set(digests)) == 4
    assert law_of(rulebook, NEW).digest == digests[1]


def test_a_day_outside_the_rulebook_is_refused() -> None:
    with pytest.raises(InputError, match="The law of 1999-12-31 is not in the rulebook 'licensing'"):
        law_of(licensing(), date(1999, 12, 31))
    assert not holds(licensing(), date(1999, 12, 31))
    assert holds(licensing(), date(1999, 12, 31), "born_on")
    assert not holds(licensing(), NEW, "nowhere")


def test_an_unknown_date_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'asked_on'"):
        law_of(licensing(), NEW, "asked")


def test_a_parameter_keeps_the_value_of_the_day() -> None:
    law = law_of(written(READS_AGE, parameters=AGE), OLD)
    assert [(value.number, value.period) for value in law.parameters["age"].values] == [(21, ALWAYS)]


def test_a_parameter_without_a_value_is_refused_where_a_rule_reads_it() -> None:
    late = {"age": [AGE["age"][1]]}
    with pytest.raises(InputError, match="it reads age, which has no value on 2009-12-31"):
        law_of(written(READS_AGE, parameters=late), OLD)
    dated = READS_AGE | {"in_force": {"asked_on": "2010-01-01.."}}
    assert law_of(written(dated, parameters=late), OLD).parameters == {}


@settings(max_examples=25)
@given(generated.documents(), generated.cases(share=0), st.sampled_from(generated.DAYS[1:4]))
def test_the_law_of_a_case_s_own_day_answers_as_the_rulebook_does(
    files: dict[str, dict[str, Any]], case: CaseModel, day: str
) -> None:
    rulebook = generated.loaded(files)
    data = case.model_dump(mode="json")
    own = type(case).model_validate(data | {"root": data["root"] | {"day": day}})
    plain, under = (run(law, own) for law in (rulebook, law_of(rulebook, date.fromisoformat(day), "on")))
    assert plain.summary() == under.summary()
    assert plain.rules_fired() == under.rules_fired()


# two laws beside each other


def test_a_law_does_not_differ_from_itself() -> None:
    assert compare(licensing(), licensing()).nothing
    assert compare(law_of(licensing(), NEW), law_of(licensing(), date(2010, 1, 2))).nothing


def test_a_version_that_follows_another_changes_line_by_line() -> None:
    rulebook = written(*versions(cite="Art 7"))
    difference = compare(law_of(rulebook, OLD), law_of(rulebook, NEW))
    ((change,),) = (part.rules for part in difference.provisions)
    assert (change.kind, change.aspects) == ("changes", ("formula", "cite"))
    assert [line.text for line in change.removed] == ["p.grade <= 4"]
    assert [line.text for line in change.added] == ["p.grade <= 5"]
    assert difference.changed_rules == {"it"}


def test_rules_begin_and_end_and_conclusions_with_them() -> None:
    rulebook = written({"rule": "it", "in_force": {"asked_on": "2010-01-01.."}, "then": "it()"})
    before, after = law_of(rulebook, OLD), law_of(rulebook, NEW)
    begins, ends = compare(before, after), compare(after, before)
    assert [change.kind for part in begins.provisions for change in part.rules] == ["begins"]
    assert [change.kind for part in ends.provisions for change in part.rules] == ["ends"]
    assert begins.gained == (Conclusion("it"), Conclusion("outcome", "yes"))
    assert ends.lost == begins.gained
    assert str(begins.gained[1]) == "outcome.yes"


def test_values_of_parameters_change() -> None:
    rulebook = written(READS_AGE, parameters=AGE)
    difference = compare(law_of(rulebook, OLD), law_of(rulebook, NEW))
    (part,) = difference.provisions
    (change,) = part.parameters
    assert change.old is not None
    assert change.new is not None
    assert (change.name, change.old.number, change.new.number) == ("age", 21, 18)
    assert difference.changed_rules == {"it"}


def test_spacing_quotes_and_order_make_no_difference() -> None:
    one = {"rule": "it", "when": {"r": "request", "p": "person"}, "then": "it()"}
    where = ["r.kind == 'odd'", "p.grade<=4"]
    other = one | {"when": {"p": "person", "r": "request"}, "where": ['r.kind=="odd"', "p.grade  <= 4"][::-1]}
    assert compare(written(one | {"where": where}), written(other)).nothing
    assert [line.key for line in formula(written(other).by_key["it"])] == [
        "when",
        "when",
        "where",
        "where",
        "then",
    ]


def test_a_rule_that_only_moves_in_time_says_so() -> None:
    one = {"rule": "it", "then": "it()"}
    old = written(one | {"in_force": {"asked_on": "2010-01-01.."}})
    new = written(one | {"in_force": {"asked_on": "2010-01-01..2019-12-31"}})
    ((change,),) = (part.rules for part in compare(old, new).provisions)
    assert change.aspects == ("in_force",)
    assert change.works_otherwise


def test_citations_and_sources_alone_leave_a_rule_working_as_it_did() -> None:
    one = {"rule": "it", "then": "it()"}
    difference = compare(written(one), written(one | {"cite": "Art 9", "facts": ["B-01"]}))
    ((change,),) = (part.rules for part in difference.provisions)
    assert change.aspects == ("cite", "facts")
    assert difference.changed_rules == frozenset()


def test_a_rule_whose_words_alone_changed_says_so(tmp_path: Path) -> None:
    copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "words" / "en.yaml").write_text("outcomes: {}\nrules: {adult.by-age: {holds: Of age.}}\n")
    difference = compare(licensing(), load(tmp_path, LicenceCase))
    ((change,),) = (part.rules for part in difference.provisions)
    assert (change.rule.id, change.kind) == ("adult.by-age", "words")
    assert difference.besides == ()
    assert difference.changed_rules == frozenset()


def test_other_parts_of_a_rulebook_are_named() -> None:
    one = {"rule": "it", "then": "it()"}
    assert compare(written(one), written(one, moves="person.born_on")).besides == ("moves",)
    assert compare(written(one), written(one, supported={"asked_on": "2001-01-01.."})).besides == (
        "supported",
    )


def test_a_conclusion_needs_premises_that_can_follow() -> None:
    """What asks about something that no rule of the day gives cannot follow either."""
    first = {"rule": "first", "in_force": {"asked_on": "2010-01-01.."}, "then": "first(kind='x')"}
    second = {"rule": "second", "where": ["first(kind='x')"], "then": "it()"}
    rulebook = written(first, second)
    assert Conclusion("it") in can_follow(rulebook)
    assert Conclusion("first", "x") in can_follow(rulebook)
    assert Conclusion("it") not in can_follow(law_of(rulebook, OLD))
