"""YAML text as plain values that remember the file and line each came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from palier.rulebook.problems import Problem

Plain = None | bool | int | Decimal | date | str | list["Plain"] | dict[str, "Plain"]
Trail = tuple[str, ...]
MAX_DEPTH = 40
MAX_NODES = 100_000
MAX_BYTES = 4 * 1024 * 1024
MAX_DIGITS = 40


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # chosen at run time
    """YAML 1.2 core scalars plus ISO dates: `NO` stays a country and 62.5 stays exact."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # PyYAML's own protocol


_SCALARS = (
    ("tag:yaml.org,2002:null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("tag:yaml.org,2002:bool", r"^(?:true|false)$", list("tf")),
    ("tag:yaml.org,2002:int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("tag:yaml.org,2002:float", r"^[-+]?[0-9]+\.[0-9]+$", list("-+0123456789")),
    ("tag:yaml.org,2002:timestamp", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", list("0123456789")),
)
for _tag, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(_tag, re.compile(_pattern), _first)


class _TooLargeError(Exception):
    """Raised inside this module to stop reading a document that aliases blow up."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file (relative to the program's folder) and a 1-based line in it."""

    file: str
    line: int


@dataclass(slots=True)
class Document:
    """The plain value of one YAML file and the place of every key and item in it."""

    file: str
    value: Plain = None
    places: dict[Trail, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nodes: int = 0

    def place(self, trail: Trail) -> Place:
        """The place of `trail`, or of its nearest known ancestor."""
        for length in range(len(trail), -1, -1):
            if (found := self.places.get(trail[:length])) is not None:
                return found
        return Place(self.file, 1)


def read_document(path: Path, *, file: str) -> Document:
    """Read one YAML file; what is not well-formed becomes problems, never an exception.

    Args:
        path: the file to read.
        file: how to name it in problems.
    """
    document = Document(file=file)
    text = _text(document, path)
    if text is None:
        return document
    read = _read_once(text, file)
    return replace(read, problems=list(read.problems))


def read_text(text: str, *, file: str) -> Document:
    """Read YAML given as text, in the same way.

    Args:
        text: the YAML.
        file: what to name in problems as its place.
    """
    return _read(Document(file=file), text)


@lru_cache(maxsize=128)
def _read_once(text: str, file: str) -> Document:
    """A file's text as read: whoever reads a program again, as each page and each reading does, reads what is new."""
    return _read(Document(file=file), text)


def _read(document: Document, text: str) -> Document:
    try:
        too_deep = _too_deep(text)
        node = yaml.compose(text, Loader=_Loader) if too_deep is None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error).splitlines()[0]
        begun = getattr(error, "context_mark", None)
        said += "" if begun is None else f" ({getattr(error, 'context', None)} from line {begun.line + 1})"
        mend = "mend the line or what it ends: a bracket, a quote, an indent, a tab"
        _report(document, 1 if mark is None else mark.line + 1, "bad_yaml", f"not YAML: {said}", mend=mend)
        return document
    if too_deep is not None:
        mend = "close the brackets, or write it flatter"
        _report(document, too_deep, "too_deep", f"nested deeper than {MAX_DEPTH} levels", mend=mend)
    try:
        document.value = None if node is None else _plain(document, node, ())
    except _TooLargeError:
        message = f"more than {MAX_NODES} values once its aliases are followed"
        _report(document, 1, "too_large", message, mend="write fewer values, without aliases of aliases")
    return document


def _text(document: Document, path: Path) -> str | None:
    file = document.file
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"{file} has {size} bytes; a rulebook's file has at most {MAX_BYTES}"
            _report(document, 1, "too_large", message, mend="keep facts out of the rulebook")
            return None
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        written = (f"{path.stem}.yml", f"{path.stem}.YAML", f"{path.stem.title()}.yaml")
        found = next((each.name for each in sorted(path.parent.glob("*")) if each.name in written), None)
        mend = f"create {file}" if found is None else f"rename {found}"
        _report(document, 1, "missing_file", f"{file} is missing", found=found, mend=mend)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].count(b"\n")
        message = f"{file} cannot be read as UTF-8 text: {error.reason}"
        _report(document, before + 1, "unreadable_file", message, mend="save the file as UTF-8")
    except OSError as error:
        _report(document, 1, "unreadable_file", f"{file} cannot be read: {error.strerror}", mend="make it a file")
    return None


def _too_deep(text: str) -> int | None:
    """The line on which nesting passes what can be read; asked before nodes are made, which recurses."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                return 1 if event.start_mark is None else event.start_mark.line + 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _plain(document: Document, node: Node, trail: Trail) -> Plain:
    document.nodes += 1
    if document.nodes > MAX_NODES:
        raise _TooLargeError
    line = node.start_mark.line + 1
    document.places.setdefault(trail, Place(document.file, line))
    if len(trail) > MAX_DEPTH:
        _report(
            document,
            line,
            "too_deep",
            f"nested deeper than {MAX_DEPTH} levels",
            mend="no alias may hold itself",
        )
        return None
    if isinstance(node, MappingNode):
        return _mapping(document, node, trail)
    if isinstance(node, SequenceNode):
        return [_plain(document, child, (*trail, str(index))) for index, child in enumerate(node.value)]
    return _scalar(document, node, trail)


def _mapping(document: Document, node: MappingNode, trail: Trail) -> dict[str, Plain]:
    mapping: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            mend = "write one word, or a date, before the colon"
            _report(
                document, line, "bad_key", "a key must be one word or a date", found="a list or a mapping", mend=mend
            )
            continue
        key = str(key_node.value)
        if key in mapping:
            first = document.places[*trail, key].line
            _report(
                document,
                line,
                "duplicate_key",
                f"{key!r} stands twice in one mapping, first on line {first}",
                found=key,
                mend="keep one of the two",
            )
            continue
        document.places[*trail, key] = Place(document.file, line)
        mapping[key] = _plain(document, value_node, (*trail, key))
    return mapping


def _scalar(document: Document, node: Node, trail: Trail) -> Plain:
    text = str(node.value)
    kind = str(node.tag).rpartition(":")[2]
    read = _READ.get(kind)
    line = node.start_mark.line + 1
    where = ".".join(trail)
    if read is None:
        mend = "write plain text, a number, true, false or a day"
        _report(
            document,
            line,
            "bad_tag",
            f"the tag !{kind.removeprefix('!')} is not allowed",
            found=text,
            mend=mend,
        )
    elif kind in {"int", "float"} and len(text) > MAX_DIGITS:
        message = f"{where}: a number has at most {MAX_DIGITS} digits"
        _report(document, line, "bad_number", message, found=f"{text[:MAX_DIGITS]}...", mend="mend it")
    else:
        try:
            return read(text)
        except ValueError:
            message = f"{where}: {text} is not a day of the calendar"
            _report(document, line, "bad_date", message, found=text, mend="write a day such as 2024-02-29")
    return None


_READ: Mapping[str, Callable[[str], Plain]] = {
    "null": lambda _: None,
    "bool": lambda text: text == "true",
    "int": int,
    "float": Decimal,
    "timestamp": date.fromisoformat,
    "str": str,
}


def _report(
    document: Document,
    line: int,
    code: str,
    message: str,
    *,
    found: str | None = None,
    mend: str | None = None,
) -> None:
    document.problems.append(
        Problem(
            severity="error",
            code=code,
            message=message,
            file=document.file,
            line=line,
            found=found,
            mend=mend,
        )
    )


def walk(value: Plain, trail: Trail = ()) -> Iterator[tuple[Trail, Plain]]:
    """Every value under `value` with its trail, the outermost first."""
    yield trail, value
    if isinstance(value, Mapping):
        for key, child in value.items():
            yield from walk(child, (*trail, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from walk(child, (*trail, str(index)))
