"""What every request and response goes through: bounded bodies and rates, safe headers, logs without what was
typed."""

import logging
import math
import time
import traceback
from collections.abc import Callable, Iterable
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.web.rate import Rate

MAX_BODY = 256 * 1024
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
NO_STORE = {"cache-control": "no-store"}
_log = logging.getLogger(__name__)

Refusal = Callable[[Scope, int], Response]


class Traffic:
    """The outermost application. `rate` is how often one client may ask (none: as often as it likes);
    `refusal` responds to a body too large (413), too many requests (429) and a failure (500)."""

    def __init__(self, app: ASGIApp, refusal: Refusal, rate: Rate | None = None) -> None:
        self.app = app
        self.refusal = refusal
        self.rate = rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        if wait := self.wait(scope):
            refused = self.refusal(scope, 429)
            refused.headers["retry-after"] = str(math.ceil(wait))
            await refused(scope, receive, answer.send)
            return
        body = await _body(scope, receive)
        if body is None:
            await self.refusal(scope, 413)(scope, receive, answer.send)
            return
        begun = time.monotonic()
        try:
            await self.app(scope, _replay(body, receive), answer.send)
        except Exception as error:
            _log.error("%s while answering %s at %s", type(error).__name__, scope["path"], _places(error))
            if answer.started:
                return
            await self.refusal(scope, 500)(scope, receive, answer.send)
        finally:
            if self.rate and scope.get("client"):
                self.rate.charge(scope["client"][0], time.monotonic() - begun)

    def wait(self, scope: Scope) -> float:
        """Seconds until a request may be answered: of all but files, and where the address is known."""
        if self.rate is None or not scope.get("client") or scope["path"].startswith("/static/"):
            return 0.0
        return self.rate.wait(scope["client"][0])


class _Answer:
    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            MutableHeaders(scope=message).update(HEADERS)
        await self._send(message)


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body, or none where it is larger than allowed."""
    declared = dict(scope["headers"]).get(b"content-length", b"0")
    if not declared.isdigit() or int(declared) > MAX_BODY:
        return None
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        if sum(map(len, parts)) > MAX_BODY:
            return None
        more = message.get("more_body", False)
    return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    waiting = [body]

    async def replayed() -> Message:
        if waiting:
            return {"type": "http.request", "body": waiting.pop(), "more_body": False}
        return await receive()

    return replayed


def _places(error: Exception) -> str:
    """Where an error came from, without its message: that may hold what a visitor typed."""
    frames: Iterable[traceback.FrameSummary] = traceback.extract_tb(error.__traceback__)[-6:]
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(list(frames)))


class _PathsOnly(logging.Filter):
    """Takes the query off the paths that uvicorn logs: a search names an employer there."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_path(one) for one in record.args)
        return True


def _path(argument: Any) -> Any:
    return argument.partition("?")[0] if isinstance(argument, str) else argument


_PATHS_ONLY = _PathsOnly()


def log_paths_only() -> None:
    logging.getLogger("uvicorn.access").addFilter(_PATHS_ONLY)
