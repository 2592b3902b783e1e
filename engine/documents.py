"""YAML as plain data that remembers where each entry stands; bounded, and without aliases or tags."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from engine.errors import InputError, Place, Problem, refuse

MAX_BYTES = 1_000_000
MAX_NODES = 50_000
MAX_DEPTH = 30
Key = tuple[str | int, ...]
_PLAIN = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


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
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=loader):
            _refuse_reference(event, name)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise refuse("This is nested too deeply", "Write it flat", _marked(name, event.start_mark))
        nodes = list(yaml.compose_all(text, Loader=loader))
    except yaml.MarkedYAMLError as error:
        raise refuse(
            f"This is not valid YAML: {error.problem}",
            "Check indentation, colons and quotes",
            _marked(name, error.problem_mark),
        ) from None
    except yaml.YAMLError as error:
        raise refuse(f"This is not valid YAML: {error}", "Save it as plain UTF-8 text", Place(name)) from None
    if not nodes:
        raise refuse("This file is empty", "Write the facts into it", Place(name))
    return [_Builder(name).document(node) for node in nodes]


def _refuse_reference(event: yaml.Event, name: str) -> None:
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise refuse(
            "Anchors and aliases are not read",
            "Write the value out where it belongs",
            _marked(name, event.start_mark),
        )


def _marked(name: str, mark: Any) -> Place:
    return Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)


class _Builder:
    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Key, tuple[int, int]] = {}
        self.problems: list[Problem] = []
        self.constructor = yaml.constructor.SafeConstructor()

    def document(self, node: yaml.Node) -> Document:
        data = self.build(node, ())
        if self.problems:
            raise InputError(self.problems)
        return Document(data, self.name, self.lines)

    def build(self, node: yaml.Node, key: Key) -> Any:
        self.lines.setdefault(key, (node.start_mark.line + 1, node.start_mark.column + 1))
        if len(self.lines) > MAX_NODES:
            raise refuse("This file has too many entries", "Split it", self.place(key))
        if not isinstance(node, yaml.ScalarNode) and node.tag not in _PLAIN:
            self.problem(f"The tag {node.tag!r} is not read", "Write plain values", key)
        if isinstance(node, yaml.MappingNode):
            return dict(self.pairs(node, key))
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*key, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return self.scalar(node, key)

    def pairs(self, node: yaml.MappingNode, key: Key) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for name_node, value_node in node.value:
            name = str(name_node.value)
            entry = (*key, name)
            self.lines[entry] = (name_node.start_mark.line + 1, name_node.start_mark.column + 1)
            if name in seen:
                self.problem(f"The key {name!r} stands twice", "Keep one of them", entry)
            seen.add(name)
            yield name, self.build(value_node, entry)

    def scalar(self, node: yaml.ScalarNode, key: Key) -> Any:
        tag = node.tag.removeprefix("tag:yaml.org,2002:")
        if tag in {"str", "timestamp"}:
            return node.value
        if tag not in {"int", "float", "bool", "null"}:
            self.problem(f"The tag {node.tag!r} is not read", "Write plain values", key)
            return None
        try:
            return self.constructor.construct_object(node)
        except (ValueError, yaml.YAMLError):
            self.problem(f"{node.value!r} is not a number", "Write digits", key)
            return None

    def place(self, key: Key) -> Place:
        line, column = self.lines[key]
        return Place(self.name, line, column, ".".join(map(str, key)))

    def problem(self, message: str, remedy: str, key: Key) -> None:
        self.problems.append(Problem(message, remedy, self.place(key)))
