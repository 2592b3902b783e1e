"""Writes the files of a month: all of them or none, each whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from engine.errors import Place, refuse


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files by name and give their paths. Raises InputError where they cannot be written.

    All are written beside their places first; only then each takes its place.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".") as beside:
            for name, content in files.items():
                _write(Path(beside) / name, content)
            for name in files:
                (Path(beside) / name).replace(folder / name)
    except OSError as error:
        raise refuse(
            f"The month cannot be written ({error.strerror})", "Choose another folder", Place(str(folder))
        ) from None
    return [folder / name for name in files]


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
