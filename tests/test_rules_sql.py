"""Rules as SQL with what a reader of it must know."""

import json

import pytest
import sqlglot
from typer.testing import CliRunner

from engine.sql_text import CASES
from rules.law import Law, employment, laws, trust
from service.cli import app
from service.rules_sql import RulesSql

RUNNER = CliRunner()
UNCLEAR = "employment.own-business"


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("law", laws(), ids=lambda law: law.rulebook.name)
def test_every_rule_is_explained_and_still_sql(law: Law, language: str) -> None:
    writer = RulesSql(law.rulebook)
    for rule in law.rulebook.rules:
        text = writer.text(rule, language)
        comments = [line for line in text.splitlines() if line.startswith("--")]
        assert comments[0].startswith(f"-- {rule.id} · ")
        assert comments[1].startswith(f"-- → {rule.shape['then']}: ")
        assert f"-- {CASES}: " in text
        assert not [line for line in comments if line.endswith((":", ": "))]
        assert len(sqlglot.parse(text, read="duckdb")) == 1


def test_a_rule_is_explained_in_the_language_asked_for() -> None:
    rulebook = employment().rulebook
    korean, english = (RulesSql(rulebook).text(rulebook.by_key["window.open"], one) for one in ("ko", "en"))
    assert "-- official_retired_on: 퇴직" in korean
    assert "-- official_retired_on: Retirement date" in english
    assert "2 (Retirement date 27 April 2001 to 30 March 2015); 3 (" in english
    assert korean[korean.index("SELECT") :] == english[english.index("SELECT") :]


def test_conclusions_are_explained_as_rules_write_them() -> None:
    rulebook = employment().rulebook
    writer = RulesSql(rulebook)
    text = "\n".join(writer.text(rule, "en") for rule in rulebook.rules)
    assert "-- is_listed_work: listed_work(work=work): " in text
    assert "-- is_ground_0: ground(item='1'): approval ground: security" in text
    assert "-- relation_directs: directed department, a row for each" in text


def test_what_is_particular_of_a_rule_is_said() -> None:
    rules, writer = employment().rulebook.by_key, RulesSql(employment().rulebook)
    assert "(U): the rule never fires certainly" in writer.text(rules[UNCLEAR], "en")
    assert "(U): the rule never fires certainly" not in writer.text(rules["window.open"], "en")
    stocks = RulesSql(trust().rulebook)
    summed = stocks.text(trust().rulebook.by_key["household.total"], "en")
    assert "The rows are added up: value is the sum" in summed
    several = stocks.text(trust().rulebook.by_key["acquired.during-trust"], "en")
    assert "a row of one of the SELECTs" in several


def test_the_command_prints_sql_that_can_be_passed_on() -> None:
    versions = [rule for rule in employment().rulebook.rules if rule.id == "fields.d31-1-11"]
    result = RUNNER.invoke(app, ["rules", "show", "fields.d31-1-11", "--sql", "--lang", "en"])
    assert result.exit_code == 0
    assert len(versions) > 1
    assert len([one for one in sqlglot.parse(result.stdout, read="duckdb") if one]) == len(versions)


def test_the_command_gives_the_text_as_json_too() -> None:
    result = RUNNER.invoke(app, ["rules", "show", "window.open", "--sql", "--json", "--lang", "ko"])
    (told,) = json.loads(result.stdout)
    rulebook = employment().rulebook
    assert told["sql"] == RulesSql(rulebook).text(rulebook.by_key["window.open"], "ko")
    assert told["rule"] == "window.open"


def test_an_unknown_rule_is_met_with_near_ones() -> None:
    result = RUNNER.invoke(app, ["rules", "show", "window.opne", "--sql", "--lang", "en"])
    assert result.exit_code == 2
    assert "window.open" in result.stderr
