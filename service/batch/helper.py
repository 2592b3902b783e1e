"""A second process that answers cases beside this one.

Nothing rests on it: what it does not answer is answered here. It ends with its pipe, so also where this
process is killed.
"""

import gc
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Self

from engine.facts import CaseModel
from service.batch.answers import Found

SHARE = 4
Answer = Callable[[CaseModel], Found]
Numbered = tuple[int, CaseModel]


class Helper:
    """Answers as this process does, of which it is a fork: to be made before there are threads and locks."""

    def __init__(self, answer: Answer) -> None:
        context = get_context("fork")
        self.answer = answer
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=self._serve, args=(there,), daemon=True)
        self._process.start()
        there.close()
        self._handed: dict[int, CaseModel] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.join()

    def shared(self, cases: Sequence[CaseModel]) -> Iterator[tuple[int, Found]]:
        """The place of each case and what it comes to, as they are answered here and there."""
        left = deque(enumerate(cases))
        while left or self._handed:
            if not self._handed and len(left) >= SHARE:
                self._hand_over(left)
            if left:
                number, case = left.popleft()
                yield number, self.answer(case)
            yield from self._handed_back(left)

    def _hand_over(self, left: deque[Numbered]) -> None:
        """Send a share of what is left. The other side waits for it: neither can hold up the other."""
        some = [left.pop() for _ in range(len(left) // SHARE)]
        try:
            self._pipe.send(some)
            self._handed.update(some)
        except OSError:
            left.extend(some)

    def _handed_back(self, left: deque[Numbered]) -> Iterator[tuple[int, Found]]:
        """What has been answered there; what will not be is left to be answered here."""
        try:
            while self._handed and (not left or self._pipe.poll()):
                number, found = self._pipe.recv()
                del self._handed[number]
                yield number, found
        except (EOFError, OSError):
            self._pipe.close()
            left.extend(self._handed.items())
            self._handed.clear()

    def _serve(self, pipe: Connection) -> None:
        """Answer what comes; where that fails, it will be told where it is answered again."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        self._pipe.close()
        gc.freeze()
        with suppress(Exception):
            while True:
                for number, case in pipe.recv():
                    pipe.send((number, self.answer(case)))
