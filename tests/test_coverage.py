from pathlib import Path

from rules.coverage import markdown
from rules.law import employment

LAW = Path(__file__).parent.parent / "docs" / "law.md"


def test_the_documented_law_is_the_law_as_loaded() -> None:
    assert markdown(employment().rulebook) in LAW.read_text()


def test_every_provision_has_a_row_that_counts_its_rules() -> None:
    rulebook = employment().rulebook
    table = markdown(rulebook)
    assert all(f"(`{name}`)" in table for name in rulebook.provisions)
    row = next(line for line in table.splitlines() if "`restriction-window`" in line)
    assert "| 1 | all | 0 | 0 | 1 | 0 |" in row
