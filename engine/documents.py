"""YAML as plain data that remembers where each entry stands; bounded, and without aliases or tags."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from engine.errors import InputError, Place, Problem, refuse

MAX_BYTES = 1_000_000
MAX_NODES = 50_000
MAX_DEPTH = 30
Key = tuple[str | int, ...]
_PLAIN = {None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_RESOLVER: Any = yaml.resolver.Resolver()


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data (dicts, lists, scalars) and the place of every entry by its path."""

    data: Any
    file: str
    lines: dict[Key, tuple[int, int]] = field(repr=False)

    def place(self, key: Key) -> Place:
        """The place of the entry at `key`, or of its nearest parent that stands in the file."""
        path = ".".join(map(str, key))
        while key and key not in self.lines:
            key = key[:-1]
        line, column = self.lines.get(key, (0, 0))
        return Place(self.file, line, column, path)


def read(path: Path, limit: int = MAX_BYTES) -> Document:
    """Read one YAML document. Raises InputError with file and line for anything but plain, bounded YAML."""
    documents = read_all(path, limit)
    if len(documents) != 1:
        raise refuse("This file holds several documents", "Keep one document in a file", Place(str(path)))
    return documents[0]


def read_all(path: Path, limit: int = MAX_BYTES) -> list[Document]:
    """Read every YAML document of a file, in order."""
    name = str(path)
    try:
        size = path.stat().st_size
        if size > limit:
            raise refuse(
                f"This file has {size:,} bytes, more than the {limit:,} that are read",
                "Put one case in a file, and give many cases as a table",
                Place(name),
            )
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            f"This file is not UTF-8 text (byte {error.start})", "Save it as UTF-8", Place(name)
        ) from None
    except OSError as error:
        raise refuse(f"This file cannot be read ({error.strerror})", "Check the path", Place(name)) from None
    return parse(text, name)


def decoded(content: bytes) -> str | None:
    """Text in UTF-8 or CP949, the encodings of Korean tables; none where it is neither."""
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def parse(text: str, name: str = "text") -> list[Document]:
    """Parse YAML text; `name` stands for the file in errors."""
    try:
        builders = list(_builders(text, name))
    except yaml.MarkedYAMLError as error:
        raise refuse(
            f"This is not valid YAML: {error.problem}",
            "Check indentation, colons and quotes",
            _marked(name, error.problem_mark),
        ) from None
    except yaml.YAMLError as error:
        raise refuse(f"This is not valid YAML: {error}", "Save it as plain UTF-8 text", Place(name)) from None
    if not builders:
        raise refuse("This file is empty", "Write the facts into it", Place(name))
    return [builder.document() for builder in builders]


def _builders(text: str, name: str) -> Iterator["_Builder"]:
    """What was built of each document. Syntax comes first: problems of the data are told once all is read."""
    events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            yield _Builder(name, events)


def _refuse_reference(event: Any, name: str) -> None:
    if event.anchor:
        raise refuse(
            "Anchors and aliases are not read",
            "Write the value out where it belongs",
            _marked(name, event.start_mark),
        )


def _spot(event: Any) -> tuple[int, int]:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _marked(name: str, mark: Any) -> Place:
    return Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)


class _Builder:
    """Builds one document out of its events."""

    def __init__(self, name: str, events: Iterator[Any]) -> None:
        self.name = name
        self.events = events
        self.lines: dict[Key, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self.constructor = yaml.constructor.SafeConstructor()
        self.data = self.build(next(events), ())

    def document(self) -> Document:
        if self.problems:
            raise InputError(self.problems)
        return Document(self.data, self.name, self.lines)

    def build(self, event: Any, key: Key) -> Any:
        _refuse_reference(event, self.name)
        self.lines.setdefault(key, _spot(event))
        if len(self.lines) > MAX_NODES:
            raise refuse("This file has too many entries", "Split it", self.place(key))
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, key)
        if len(key) >= MAX_DEPTH:
            raise refuse("This is nested too deeply", "Write it flat", _marked(self.name, event.start_mark))
        if event.tag not in _PLAIN:
            self.refuse_tag(event.tag, key)
        if isinstance(event, yaml.MappingStartEvent):
            return dict(self.pairs(key))
        return list(self.items(key))

    def items(self, key: Key) -> Iterator[Any]:
        for index in count():
            event = next(self.events)
            if isinstance(event, yaml.SequenceEndEvent):
                return
            yield self.build(event, (*key, index))

    def pairs(self, key: Key) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            name = self.key(event, key)
            entry = (*key, name)
            self.lines[entry] = _spot(event)
            if name in seen:
                self.problem(f"The key {name!r} stands twice", "Keep one of them", entry)
            seen.add(name)
            yield name, self.build(next(self.events), entry)

    def key(self, event: Any, within: Key) -> str:
        _refuse_reference(event, self.name)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        entry = (*within, "?")
        self.build(event, entry)
        self.problem(
            "This is not valid YAML: a list or mapping stands as a key",
            "Check indentation, colons and quotes",
            entry,
        )
        return "?"

    def scalar(self, event: Any, key: Key) -> Any:
        tag = event.tag
        if tag in {None, "!"}:
            tag = _RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)
        kind = tag.removeprefix("tag:yaml.org,2002:")
        if kind in {"str", "timestamp"}:
            return event.value
        if kind not in {"int", "float", "bool", "null"}:
            self.refuse_tag(tag, key)
            return None
        try:
            return self.constructor.construct_object(yaml.ScalarNode(tag, event.value))
        except LookupError:
            self.refuse_tag(tag, key)
            return None
        except (ValueError, yaml.YAMLError):
            self.problem(f"{event.value!r} is not a number", "Write digits", key)
            return None

    def place(self, key: Key) -> Place:
        line, column = self.lines[key]
        return Place(self.name, line, column, ".".join(map(str, key)))

    def refuse_tag(self, tag: str, key: Key) -> None:
        self.problem(f"The tag {tag!r} is not read", "Write plain values", key)

    def problem(self, message: str, remedy: str, key: Key) -> None:
        self.problems.append(Problem(message, remedy, self.place(key)))
