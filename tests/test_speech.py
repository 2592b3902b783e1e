from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.facts import Spot
from engine.loader import load
from engine.program import compile_program
from engine.proof import Explainer
from engine.rete import Rete
from engine.speech import Speaker, known_of
from engine.values import UNKNOWN, Domain, Known, between, domain_of, exactly, one_of
from tests import licence
from tests.licence import LicenceCase, Service, known_case, rete, write

INT, WON, DATE, BOOL, SERVICE = (
    Domain("int"),
    Domain("won"),
    Domain("date"),
    Domain("bool"),
    domain_of(Service),
)
UNITS = {
    "grade": "grade {0}",
    "range_from": "{0} or more",
    "range_to": "{0} or less",
    "between": "{0} to {1}",
    "one_of": "{0} or {1}",
    "unknown": "not known",
}
WORDS = {
    "units": UNITS,
    "booleans": {"yes": "yes", "no": "no"},
    "facts": {"offence": {"label": "Offence", "complete": "All offences"}},
    "fields": {"person.grade": {"label": "Grade"}, "offence.fine": {"label": "Fine"}},
    "options": {"person.service": {"army": "the army", "navy": "the navy", "none": "no service"}},
    "rules": {
        "offence.recent": {"holds": "{o.fine} on {o.done_on} within {look_back}"},
        "sum": {"holds": "{total} in all"},
        "heavy": {"holds": "{b.amount} reach {least}", "fails": "{b.amount} stay below {least}"},
    },
}


@pytest.fixture(scope="module", params=["en", "ko"])
def speaker(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Speaker:
    folder: Path = tmp_path_factory.mktemp("law")
    for path in licence.FOLDER.glob("*.yaml"):
        write(folder, path.stem, path.read_text())
    (folder / "words").mkdir()
    for language in ("en", "ko"):
        write(folder / "words", language, WORDS)
    return Speaker(load(folder, LicenceCase), request.param)


@pytest.mark.parametrize(
    ("known", "domain", "key", "english"),
    [
        (exactly(5), INT, "person.grade", "grade 5"),
        (exactly(5), INT, "", "5"),
        (one_of(5, 6, 7), INT, "", "5, 6 or 7"),
        (between(5, 7), INT, "", "5 to 7"),
        (between(5, None), INT, "", "5 or more"),
        (between(None, 5), INT, "", "5 or less"),
        (UNKNOWN, INT, "", "not known"),
        (exactly(True), BOOL, "", "yes"),
        (exactly("army"), SERVICE, "person.service", "the army"),
        (exactly("army"), SERVICE, "other.field", "army"),
    ],
)
def test_values_in_words(speaker: Speaker, known: Known[Any], domain: Domain, key: str, english: str) -> None:
    assert speaker.value(known, domain, key) == english


@pytest.mark.parametrize(
    ("known", "domain", "words"),
    [
        (exactly(date(2020, 2, 9)), DATE, {"en": "9 February 2020", "ko": "2020년 2월 9일"}),
        (between(date(2020, 2, 1), date(2020, 2, 29)), DATE, {"en": "February 2020", "ko": "2020년 2월"}),
        (between(date(2020, 1, 1), date(2020, 12, 31)), DATE, {"en": "2020", "ko": "2020년"}),
        (
            between(date(2020, 1, 1), date(9999, 12, 31)),
            DATE,
            {"en": "1 January 2020 to 31 December 9999", "ko": "2020년 1월 1일 to 9999년 12월 31일"},
        ),
        (exactly(0), WON, {"en": "KRW 0", "ko": "0원"}),
        (exactly(9_999), WON, {"en": "KRW 9,999", "ko": "9999원"}),
        (exactly(10_000), WON, {"en": "KRW 10,000", "ko": "1만원"}),
        (exactly(1_000_000_000), WON, {"en": "KRW 1,000,000,000", "ko": "10억원"}),
        (exactly(123_456_789), WON, {"en": "KRW 123,456,789", "ko": "1억 2,345만 6789원"}),
    ],
)
def test_days_and_money_in_each_language(
    speaker: Speaker, known: Known[Any], domain: Domain, words: dict[str, str]
) -> None:
    assert speaker.value(known, domain) == words[speaker.language]


def test_labels(speaker: Speaker) -> None:
    assert speaker.label(Spot("person", 0, "grade")) == "Grade"
    assert speaker.label(Spot("person", 0, "service")) == "service"
    assert speaker.label(Spot("offences", 1, "fine")) == "Offence 2: Fine"
    assert speaker.label(Spot("offences")) == "All offences"


@pytest.mark.parametrize(
    ("interval", "domain", "wanted"),
    [
        ((5, 5), INT, exactly(5)),
        ((5, 2**53), INT, between(5, None)),
        ((-(2**53), 5), INT, between(None, 5)),
        (INT.bounds, INT, UNKNOWN),
        (DATE.bounds, DATE, UNKNOWN),
        (BOOL.bounds, BOOL, UNKNOWN),
        ((0, 1), SERVICE, one_of("none", "army")),
        (SERVICE.bounds, SERVICE, UNKNOWN),
        ((1, 7), Domain("text"), UNKNOWN),
    ],
)
def test_two_ends_as_a_value(interval: Any, domain: Domain, wanted: Known[Any]) -> None:
    assert known_of(interval, domain) == wanted


def test_a_rule_says_its_values(speaker: Speaker) -> None:
    executor = Rete(compile_program(speaker.rulebook))
    found = executor.run(
        known_case(offences=[{"done_on": "2019-03-01", "fine": 20_000, "place": "Busan"}] * 2)
    )
    explainer = Explainer(found, executor.program)
    step = next(s for s in map(explainer.proof, found.rows) if s.rule.id == "offence.recent")
    values = speaker.premise_values(step.values, step.parameters)
    assert (
        speaker.sentence("offence.recent", "holds", values)
        == {
            "en": "KRW 20,000 on 1 March 2019 within 5",
            "ko": "2만원 on 2019년 3월 1일 within 5",
        }[speaker.language]
    )


def test_a_text_is_said_not_its_number(speaker: Speaker) -> None:
    executor = Rete(compile_program(speaker.rulebook))
    items = [
        {"done_on": "2019-03-01", "fine": 20_000, "place": "Busan"},
        {"done_on": "2001-03-01", "fine": 700, "place": "Busan"},
    ]
    found = executor.run(known_case(offences=items))
    step = next(
        s for s in map(Explainer(found, executor.program).proof, found.rows) if s.rule.id == "offence.chain"
    )
    assert speaker.premise_values(step.values, step.parameters)["a.place"] == "Busan"


@pytest.mark.parametrize(
    ("fines", "said"),
    [
        ([400, 350], {"en": ("KRW 750 in all", "KRW 750 reach 500"),
                      "ko": ("750원 in all", "750원 reach 500")}),
        (
            [{"at_least": 600}, 0],
            {"en": ("KRW 600 or more in all", "KRW 600 or more reach 500"),
             "ko": ("600원 or more in all", "600원 or more reach 500")},
        ),
        ([400, 0], {"en": ("KRW 400 in all", "KRW 400 stay below 500"),
                    "ko": ("400원 in all", "400원 stay below 500")}),
    ],
)  # fmt: skip
def test_a_total_is_said_as_money(speaker: Speaker, fines: list[Any], said: dict[str, Any]) -> None:
    executor = rete(
        {"rule": "sum", "when": {"o": "offence"}, "then": "burden(amount=total(o.fine))"},
        {"rule": "heavy", "when": {"b": "burden"}, "where": ["b.amount >= least"], "then": "it()"},
        parameters={"least": [{"asked_on": "..", "value": 500, "cite": "Law 1", "confidence": "V"}]},
    )
    found = executor.run(
        known_case(offences=[{"fine": f, "done_on": "2019-01-01", "place": "x"} for f in fines])
    )
    explainer = Explainer(found, executor.program)
    whole = {step.rule.id: (step.values, step.parameters) for step in map(explainer.proof, found.rows)}
    failure = explainer.why_not("it", {})
    kind = "holds"
    if "heavy" not in whole:
        assert failure is not None
        whole["heavy"], kind = (failure.values, failure.parameters), "fails"
    total, reader = (speaker.premise_values(*whole[rule]) for rule in ("sum", "heavy"))
    assert (
        speaker.sentence("sum", "holds", total), speaker.sentence("heavy", kind, reader)
    ) == said[speaker.language]  # fmt: skip
