"""Answers kept in parts, so that a run that was killed goes on where it was.

`OUT.parts` holds a manifest of what the answers depend on and a file a part. A part is written aside and then
named, so it is there whole or not at all; under another manifest nothing of it is used.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from weakref import finalize

from engine.errors import Place, refuse

MANIFEST = "manifest.json"
_CHUNK = 1 << 20


class Parts:
    """The parts of one run; `before` says whether others were found: "", "resumed" or "restarted".

    They are held against other runs till they are removed or closed.
    """

    def __init__(self, out: Path, manifest: Mapping[str, object]) -> None:
        self.folder = out.with_name(out.name + ".parts")
        self.folder.mkdir(parents=True, exist_ok=True)
        self.close = finalize(self, os.close, self._alone())
        self.before = self._opened(json.dumps(manifest, sort_keys=True, ensure_ascii=False))

    def _opened(self, manifest: str) -> str:
        written = self.folder / MANIFEST
        before = ""
        if written.exists():
            if written.read_text(encoding="utf-8", errors="replace") == manifest:
                return "resumed" if self.numbers() else ""
            before = "restarted"
        self._clear()
        put(written, lambda path: path.write_text(manifest, encoding="utf-8"))
        return before

    def _alone(self) -> int:
        """Hold the folder. Raises InputError where another run holds it."""
        held = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            raise refuse(
                "Another run is writing to this place", "Wait for it, or choose another --out", self._place
            ) from None
        return held

    @property
    def _place(self) -> Place:
        return Place(str(self.folder))

    def path(self, number: int, suffix: str = ".part") -> Path:
        return self.folder / f"{number:06}{suffix}"

    def aside(self, name: str) -> Path:
        """A place for a file that no later run needs."""
        return self.folder / f"{name}.aside"

    def has(self, number: int) -> bool:
        return self.path(number).exists()

    def put(self, number: int, write: Callable[[Path], object], suffix: str = ".part") -> None:
        """Write a part, whole or not at all; what goes with it, under another suffix, is written before."""
        put(self.path(number, suffix), write)

    def numbers(self) -> list[int]:
        return [int(path.stem) for path in sorted(self.folder.glob("*.part"))]

    def remove(self) -> None:
        """Remove the parts, and let go of their folder."""
        self._clear()
        self.folder.rmdir()
        self.close()

    def _clear(self) -> None:
        """Empty the folder, the manifest first. Raises InputError where files of others are there."""
        (self.folder / MANIFEST).unlink(missing_ok=True)
        for path in list(self.folder.iterdir()):
            if not set(path.suffixes) & {".part", ".faults", ".new", ".aside"}:
                raise refuse(
                    "This folder holds other files than parts of a batch",
                    "Move it away, or choose another --out",
                    self._place,
                )
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def put(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file aside, see it on the disk, and give it its name."""
    aside = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        aside.unlink()
    write(aside)
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def write_lines(path: Path, values: Iterable[object]) -> None:
    """A line of JSON a value."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(json.dumps(value, ensure_ascii=False) + "\n" for value in values)


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
