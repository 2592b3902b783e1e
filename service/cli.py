"""`psea`: the one program. Exit 0 done, 1 a check found something, 2 bad input."""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.batch.commands import batch
from service.cases import app as cases
from service.console import LawOfOption, RulebookOption, chosen_for, of_day, reporting
from service.language import JsonOption, LanguageOption, say
from service.publication.commands import publish
from service.register.commands import app as employers
from service.replay.commands import replay
from service.rules import app as rules

if TYPE_CHECKING:
    from service.register.register import Register

app = typer.Typer(
    name="psea",
    help="공직자윤리법 취업심사 자가진단 · Self-test and casework for post-public-employment review",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(rules, name="rules")
app.add_typer(employers, name="employers")
app.add_typer(cases, name="cases")
app.command("replay")(replay)
app.command()(publish)
app.command()(batch)


def main() -> None:
    """Run the program; a broken pipe or an interrupt ends it quietly.

    Garbage is looked for seldom: going through all that is loaded takes a tenth of a short run.
    """
    gc.set_threshold(100_000, 20, 20)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


@app.command()
def check(
    case: Annotated[Path, typer.Argument(help="사례 파일(YAML, JSON) · A case file")],
    language: LanguageOption,
    as_json: JsonOption = False,
    rulebook: RulebookOption = None,
    law_of: LawOfOption = "",
) -> None:
    """한 사례를 설명과 함께 진단합니다. · One case, explained."""
    with reporting(language, as_json) as console:
        from cases.files import read_one
        from rules.advice import advise
        from rules.facts import EmploymentCase
        from service.lookup import look_up

        looked = look_up(read_one(case, EmploymentCase).facts, _register(), language)
        law, notes = of_day(chosen_for(EmploymentCase, rulebook), law_of, language)
        advice = advise(law, looked.case, looked.version)
        if as_json:
            typer.echo(advice.model_dump_json(indent=2))
            return
        from service.report import show

        show(advice, language, console, (*notes, *looked.notes))


@app.command()
def recusal(
    case: Annotated[Path, typer.Argument(help="사례 파일(YAML, JSON) · A case file")],
    language: LanguageOption,
    as_json: JsonOption = False,
    rulebook: RulebookOption = None,
    law_of: LawOfOption = "",
) -> None:
    """주식백지신탁과 직무관여 금지를 진단합니다. · Stock, blind trust and recusal, explained."""
    with reporting(language, as_json) as console:
        from cases.files import read_one
        from rules.advice import advise_holder
        from rules.holdings import TrustCase

        facts = read_one(case, TrustCase).facts
        law, notes = of_day(chosen_for(TrustCase, rulebook), law_of, language)
        advice = advise_holder(law, facts)
        if as_json:
            typer.echo(advice.model_dump_json(indent=2))
            return
        from service.report import show

        show(advice, language, console, notes)


@app.command()
def serve(
    language: LanguageOption,
    port: Annotated[int, typer.Option(min=1, max=65535, help="포트 · Port")] = 8000,
) -> None:
    """자가진단 웹 서비스를 엽니다. · The web service."""
    with reporting(language):
        import os

        import uvicorn

        from rules.law import employment, laws, refuse_unverified
        from service.web.app import create_app
        from service.web.settings import Settings

        settings = Settings.read(os.environ)
        for law in laws():
            refuse_unverified(law)
        served = create_app(employment(), _register(), settings)
        typer.echo(say(language, "serving", port=port))
        uvicorn.run(served, host="127.0.0.1", port=port, log_level="warning", server_header=False)


def _register() -> "Register | None":
    """The register of the store, where one has been made."""
    from service.store import existing

    store = existing()
    if store is None:
        return None
    from service.register.register import Register

    return Register.from_store(store)


if __name__ == "__main__":
    main()
