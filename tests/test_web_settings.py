"""What the operator sets."""

import pytest
from typer.testing import CliRunner

from engine.errors import InputError
from service.cli import app
from service.web.settings import CONTACT, MOST_CONTACT, RATE, USUAL_RATE, Settings


def test_nothing_needs_to_be_set() -> None:
    assert Settings.read({}) == Settings(USUAL_RATE, "")
    assert Settings.read({RATE: " ", CONTACT: "  "}) == Settings(USUAL_RATE, "")


def test_what_is_set_is_taken() -> None:
    assert Settings.read({RATE: "0", CONTACT: " ethics desk,\n ext. 1 "}) == Settings(
        0, "ethics desk, ext. 1"
    )


@pytest.mark.parametrize("rate", ["-1", "many", "1.5", "٣", "12345678"])
def test_a_limit_that_is_no_number_is_refused(rate: str) -> None:
    with pytest.raises(InputError, match=RATE):
        Settings.read({RATE: rate})


def test_a_contact_is_a_line() -> None:
    with pytest.raises(InputError, match=CONTACT):
        Settings.read({CONTACT: "a" * (MOST_CONTACT + 1)})


def test_the_service_does_not_start_with_a_setting_that_cannot_be_used() -> None:
    result = CliRunner().invoke(app, ["serve", "--lang", "en"], env={RATE: "many"})
    assert result.exit_code == 2
    assert RATE in result.output
