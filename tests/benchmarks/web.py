"""Two applications served by uvicorn with two workers each, and a client that asks as fast as they answer."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from urllib.parse import urlencode

from fastapi import FastAPI

from rules.law import employment
from service.web.app import create_app

FOLDER = Path(__file__).parents[2]
HOST = "127.0.0.1"
WORKERS = 2
CLIENTS = 4
PATIENCE = 60.0


def empty() -> FastAPI:
    """One route that answers with nothing."""
    app = FastAPI()

    @app.get("/")
    def nothing() -> dict[str, str]:
        return {}

    return app


def self_test() -> object:
    return create_app(employment())


@contextmanager
def served(factory: str) -> Iterator[int]:
    """Serve an application of this module on a free port of the loopback, with two workers."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", f"tests.benchmarks.web:{factory}", "--factory"]
    options = ["--host", HOST, "--port", str(port), "--workers", str(WORKERS), "--log-level", "warning"]
    server = subprocess.Popen([*command, *options], cwd=FOLDER)
    try:
        yield _ready(port)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def _ready(port: int) -> int:
    end = perf_counter() + PATIENCE
    while perf_counter() < end:
        try:
            with socket.create_connection((HOST, port), 1):
                return port
        except OSError:
            sleep(0.1)
    raise TimeoutError("The server did not start")


def request(path: str, fields: list[tuple[str, str]] | None = None) -> bytes:
    """A GET, or a POST of a form."""
    body = urlencode(fields or []).encode()
    method = "GET" if fields is None else "POST"
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode() + body


def asked(port: int, message: bytes, seconds: float) -> list[float]:
    """Ask over and over on some connections for a while; the seconds that each answer took."""
    end = perf_counter() + seconds
    with ThreadPoolExecutor(CLIENTS) as pool:
        asking = [pool.submit(_ask, port, message, end) for _ in range(CLIENTS)]
    return [taken for one in asking for taken in one.result()]


def _ask(port: int, message: bytes, end: float) -> list[float]:
    times: list[float] = []
    with socket.create_connection((HOST, port), PATIENCE) as connection:
        while (begun := perf_counter()) < end:
            connection.sendall(message)
            _answer(connection)
            times.append(perf_counter() - begun)
    return times


def _answer(connection: socket.socket) -> None:
    """Take one answer off a connection. Raises ValueError where it is not that all is well.

    What comes is acknowledged at once: a server that sends in two pieces would else wait for 40 ms.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        data += connection.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise ValueError(head.decode("latin-1"))
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    left = int(length.partition(b":")[2]) - len(body)
    while left > 0:
        left -= len(connection.recv(65_536))
