"""Nothing of a visitor stays on the server: one is used to the full, then searched for what was typed."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from service.register.register import Register
from service.store import engine
from service.web.samples import CASE, HOUSEHOLD

ROOT = Path(__file__).parents[1]
MARK = "zqx81"
WORD = f"심어둔{MARK}말"
AMOUNT = "73819264551"
DAYS = {
    "retired_on": (2023, 7, 19),
    "start_on": (2024, 11, 27),
    "asked_on": (2024, 11, 27),
    "arose_on": (2024, 10, 23),
    "from_on": (2020, 2, 29),
}
OTHER_DAY = (2022, 8, 17)
MOST_PAGES = 80
MOST_SECONDS = 60
SERVED = f"""
import logging, sys
from service.cli import app
from service.web.api import Service
from service.web.visit import SelfTest

respond, check = SelfTest.respond, Service.check

def careless(self, posted, language):
    if posted.do == "break":
        raise RuntimeError(repr(posted))
    if "leak" in sys.argv:
        logging.getLogger("careless").warning("%s", posted)
    return respond(self, posted, language)

def breaking(self, text, law):
    if "break{MARK}" in text:
        raise RuntimeError(text)
    return check(self, text, law)

SelfTest.respond, Service.check = careless, breaking
app(["serve", "--port", sys.argv[1], "--lang", "en"])
"""


def spellings() -> Iterator[bytes]:
    """How a planted value may be written in a file."""
    yield from (MARK.encode(), quote("심어둔").encode(), AMOUNT.encode(), f"{int(AMOUNT):,}".encode())
    yield from ("심어둔".encode(code) for code in ("utf-8", "cp949", "utf-16-le"))
    yield json.dumps("심어둔").strip('"').encode()
    for year, month, day in {*DAYS.values(), OTHER_DAY}:
        shown = f"{year}-{month:02}-{day:02}", f"{year}년 {month}월 {day}일", f"{year}{month:02}{day:02}"
        yield from (one.encode() for one in shown)


def found_below(folder: Path, more: Sequence[bytes] = ()) -> list[tuple[str, bytes]]:
    """The planted values, and `more`, that the files of a folder hold."""
    contents = [(path.name, path.read_bytes()) for path in folder.rglob("*") if path.is_file()]
    return [
        (name, value) for name, content in contents for value in (*spellings(), *more) if value in content
    ]


@dataclass
class Form(HTMLParser):
    """What a page holds: its hidden fields, its fields to fill in, and its buttons."""

    hidden: list[tuple[str, str]] = field(default_factory=list)
    fields: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    links: list[str] = field(default_factory=list)
    select: str = ""

    @classmethod
    def of(cls, page: bytes) -> "Form":
        form = cls()
        HTMLParser.__init__(form)
        form.feed(page.decode())
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name = said.get("name", "")
        match tag, said.get("type", ""):
            case "input", "hidden":
                self.hidden.append((name, said.get("value", "")))
            case "input" | "textarea", kind if name:
                self.fields.setdefault(name, []).append((kind, said.get("value", "")))
            case "select", _:
                self.select = name
            case "option", _ if said.get("value"):
                self.fields.setdefault(self.select, []).append(("radio", said["value"]))
            case "button", _:
                self.buttons[said.get("formaction", "") or said.get("value", "")] = said.get("value", "")
            case "a", _:
                self.links.append(said.get("href", ""))

    @property
    def page(self) -> str:
        return dict(self.hidden).get("page", "")

    def filled(self) -> dict[str, str]:
        return {name: planted(name, offered) for name, offered in self.fields.items()}


def planted(name: str, offered: list[tuple[str, str]]) -> str:
    kinds = {kind for kind, _ in offered}
    if kinds & {"radio", "checkbox"}:
        return offered[0][1]
    parts = name.split(".")
    if parts[-1] in ("year", "month", "day"):
        return str(DAYS.get(parts[1], OTHER_DAY)[("year", "month", "day").index(parts[-1])])
    if parts[-1] in ("at_least", "at_most"):
        return ""
    if parts[1] in ("grade", "diplomat_post_grade"):
        return "4"
    return AMOUNT if re.search("capital|sales|value|amount|won|price|fee", parts[1]) else f"{WORD} {parts[1]}"


class Visitor:
    """Asks a server as a browser does."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.typed: set[str] = set()

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def post(self, path: str, fields: list[tuple[str, str]]) -> tuple[int, bytes]:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), kind)

    def post_file(self, path: str, content: bytes) -> tuple[int, bytes]:
        head = f'--{MARK}\r\ncontent-disposition: form-data; name="file"; filename="{WORD}.yaml"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{MARK}--\r\n".encode()
        return self.ask("POST", path, body, {"content-type": f"multipart/form-data; boundary={MARK}"})

    def send(self, path: str, value: object) -> tuple[int, bytes]:
        body = json.dumps(value, ensure_ascii=False).encode()
        return self.ask("POST", path, body, {"content-type": "application/json"})

    def press(self, path: str, form: Form, do: str, filled: Mapping[str, str] = {}) -> Form:
        self.typed |= {name for name, value in filled.items() if value}
        status, page = self.post(path, [*form.hidden, *filled.items(), ("do", do)])
        assert status in (200, 422), page
        return Form.of(page)

    def answer_everything(self, path: str) -> Form:
        """Give a planted answer to every question, up to the result."""
        form = Form.of(self.ask("GET", path)[1])
        for _ in range(MOST_PAGES):
            here = form.page
            if here == "check":
                return self.press(path, form, "result")
            form = self.answer(path, form)
            if form.page == here and here:
                form = self.press(path, form, next(do for do in LAST_RESORTS if do in form.buttons))
        raise AssertionError("the interview does not end")

    def answer(self, path: str, form: Form) -> Form:
        filled = form.filled()
        if "add" in form.buttons:
            form = self.press(path, form, "add", {**filled, "input.complete": ""})
            filled = {"input.complete": "true"}
        form = self.press(path, form, "next", filled)
        return self.press(path, form, "confirm") if "confirm" in form.buttons else form


LAST_RESORTS = ("skip", "unknown", "unsure", "next", "check")


@contextmanager
def serving(place: Path, *more: str) -> Iterator[int]:
    """`psea serve` as a process of its own, with all that it may write to below a folder."""
    for name in ("home", "tmp", "cwd", "log"):
        (place / name).mkdir()
    store = engine(f"sqlite:///{place / 'psea.db'}")
    Register.from_store(store).synthesise(2024, known_from=date(2024, 1, 1))
    store.dispose()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        "PSEA_DATABASE_URL": f"sqlite:///{place / 'psea.db'}",
    }
    with (place / "log" / "out").open("wb") as out, (place / "log" / "err").open("wb") as err:
        command = [sys.executable, "-c", SERVED, str(port), *more]
        process = subprocess.Popen(command, cwd=place / "cwd", env=environment, stdout=out, stderr=err)
        try:
            wait_for(port, process)
            yield port
        finally:
            process.terminate()
            process.wait(20)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended"
        try:
            if Visitor(port).ask("GET", "/healthz")[0] == 200:
                return
        except OSError:
            process.poll()
    raise AssertionError("the server does not answer")


def use_the_api(visitor: Visitor) -> None:
    employer = {"name": WORD, "kind": "company"}
    case = {**CASE, "employer": employer, "postings": [{"unit": WORD}], "note": WORD}
    assert visitor.send("/api/v1/check", case)[0] == 200
    assert visitor.send("/api/v1/check?law=trust", {**HOUSEHOLD, "title": WORD})[0] == 200
    assert visitor.send("/api/v1/interview", {"case": case, "unknown": []})[0] == 200
    for path in ("employers?on=2024-11-27&", "ranks?"):
        assert visitor.ask("GET", f"/api/v1/{path}q={quote(WORD)}")[0] == 200
    for body in ({**case, WORD: WORD}, {**case, "official": {"grade": WORD}}, [WORD]):
        assert visitor.send("/api/v1/check", body)[0] == 422
    assert visitor.send("/api/v1/check", {**case, "note": f"break{MARK}"})[0] == 500


def ask_badly(visitor: Visitor, path: str) -> None:
    pairs = [("employer.name", WORD), ("input.name", WORD), ("page", "employer.name")]
    assert visitor.post(path, [*pairs, ("do", "break")])[0] == 500
    days = [("official.retired_on", WORD), ("holder.asked_on", WORD)]
    assert visitor.post(path, [*days, ("page", WORD), ("do", WORD)])[0] == 422
    assert visitor.post(path, pairs * 1_000)[0] == 413
    assert visitor.post(path, [("a", WORD * 20_000)])[0] == 413
    assert visitor.ask("POST", path, WORD.encode(), {"content-type": "text/plain"})[0] == 415
    assert visitor.ask("GET", f"/employers?q={quote(WORD)}&on=2024-11-27")[0] == 200
    assert visitor.ask("GET", f"/rules?on={quote(WORD)}")[0] == 400
    assert visitor.ask("GET", f"/{quote(WORD)}")[0] == 404
    with socket.create_connection(("127.0.0.1", visitor.port)) as raw:
        raw.sendall(f"{WORD} / HTTP/9\r\n{WORD}\r\n\r\n".encode())
        raw.recv(1_000)


def take_away(visitor: Visitor, path: str, result: Form) -> int:
    """Every file that the result offers; what can be opened again is opened."""
    files = [address for address in result.buttons if address.startswith(f"{path}/")]
    for address in files:
        status, content = visitor.post(address, result.hidden)
        assert status == 200, address
        if ".yaml" in address:
            assert visitor.post_file(f"{path}/open", content)[0] == 200
    for link in shared(result):
        assert visitor.post(f"{path}/open", [("text", link)])[0] == 200
    return len(files)


def shared(result: Form) -> list[str]:
    """The addresses with packed answers that a result offers."""
    return [link for link in result.links if "#a=" in link]


def test_nothing_that_was_typed_stays(tmp_path: Path) -> None:
    packed: list[bytes] = []
    with serving(tmp_path) as port:
        visitor = Visitor(port)
        for path, least in (("/self-test", 5), ("/trust-test", 3)):
            result = visitor.answer_everything(path)
            assert result.page == "result"
            values = [value for _, value in result.hidden]
            assert any(MARK in value for value in values) or path == "/trust-test"
            assert take_away(visitor, path, result) >= least
            packed += [link.partition("#a=")[2][:40].encode() for link in shared(result)]
            ask_badly(visitor, path)
        use_the_api(visitor)
    assert len(packed) == 2
    assert len(visitor.typed) > 50
    logged = (tmp_path / "log" / "err").read_text()
    assert "RuntimeError while answering /self-test" in logged
    assert "RuntimeError while answering /api/v1/check" in logged
    assert found_below(tmp_path, packed) == []
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert written == {"psea.db", "log/out", "log/err"}


def test_a_server_that_logs_what_was_typed_is_found_out(tmp_path: Path) -> None:
    with serving(tmp_path, "leak") as port:
        pairs = [("employer.name", WORD), ("page", "employer.name"), ("do", "stay")]
        assert Visitor(port).post("/self-test", pairs)[0] == 200
    assert ("err", MARK.encode()) in found_below(tmp_path)


@pytest.mark.parametrize("spelling", list(spellings()))
def test_every_spelling_is_searched_for(tmp_path: Path, spelling: bytes) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"\x00" + spelling + b"\xff")
    assert ("file", spelling) in found_below(tmp_path)


def test_other_values_are_searched_for_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"packed answers")
    assert found_below(tmp_path, [b"answers", b"others"]) == [("file", b"answers")]
