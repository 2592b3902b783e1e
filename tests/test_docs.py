"""The commands that the documents show are run, and the cases that they show are read."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from cases.files import parse_case
from service.cli import app
from service.web.app import create_app

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands() -> Iterator[str]:
    for document in DOCUMENTS:
        for block in re.findall(r"```console\n(.*?)```", document.read_text(), re.DOTALL):
            for line in block.splitlines():
                if found := re.match(r"\$ (?:\.venv/bin/)?(psea [^#]*)", line):
                    yield found[1].strip()


@pytest.mark.parametrize("command", list(dict.fromkeys(commands())))
def test_every_command_shown_works(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("docs", "cases"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PSEA_DATABASE_URL", raising=False)
    runner = CliRunner()
    if "employers search" in command or "employers stats" in command:
        assert runner.invoke(app, ["employers", "synthesise", "--year", "2026"]).exit_code == 0
    result = runner.invoke(app, shlex.split(command)[1:])
    assert result.exit_code == 0, result.output


def test_the_case_shown_is_a_case() -> None:
    shown = re.findall(r"```yaml\n(official:.*?)```", (ROOT / "docs" / "use.md").read_text(), re.DOTALL)
    assert [parse_case(text).facts.official.grade.options for text in shown] == [(6,)]


def requests() -> Iterator[tuple[str, str, str]]:
    """Method, address and body of every request that the documents show."""
    for document in DOCUMENTS:
        for block in re.findall(r"```http\n(.*?)```", document.read_text(), re.DOTALL):
            yield from re.findall(r"^(GET|POST) (\S+)\n((?:[{ ].*\n)*)", block, re.MULTILINE)


def test_every_request_shown_is_answered() -> None:
    shown = list(requests())
    assert {address.partition("?")[0] for _, address, _ in shown} >= {"/api/v1/check", "/api/v1/interview"}
    with TestClient(create_app()) as client:
        for method, address, body in shown:
            answer = client.request(method, address, content=body or None)
            assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_readme_fits_a_screen() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 60
