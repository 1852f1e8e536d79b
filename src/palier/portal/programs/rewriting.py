"""A program's files with other values in them: only what is edited is written anew, all else stays to the letter."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from palier.rulebook.document import Plain
from palier.rulebook.edits import Edits, child
from palier.rulebook.read import PARTS, Rulebook, read_program

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = re.compile(r"[\w.+/-]+( [\w.+/-]+)*")
"""Text that needs no quotes inside braces."""


class NotRewrittenError(Exception):
    """Raised when the files as written would not say what the edits say."""

    def __init__(self, program: str) -> None:
        super().__init__(f"the edited files of {program} do not read as the edited program: edit the files by hand")


def write_version(base: Path, edits: Edits, switches: Mapping[str, str], *, under: Path) -> Rulebook:
    """Write the files of a program with edits and readings in place, in a folder named by what they say.

    Args:
        base: the folder of the version that is edited.
        edits: dotted path to the value instead.
        switches: erratum to the reading taken.
        under: the folder of all versions.

    Raises:
        InputProblemsError: the edited program cannot be read.
        NotRewrittenError: the files would say something else than the edits.
    """
    wanted = read_program(base, edits=edits, switches=switches)
    with tempfile.TemporaryDirectory(prefix="palier-version-") as scratch:
        folder = Path(scratch) / wanted.program.program
        shutil.copytree(base, folder)
        for erratum, reading in switches.items():
            taken = wanted.errata[erratum].switch[reading]
            for path, value in taken.set.items():
                _rewrite(folder, path, value)
            for file, instead in taken.files.items():
                shutil.copyfile(folder / instead, folder / file)
        for path, value in edits.items():
            _rewrite(folder, path, value)
        written = read_program(folder)
        if written.program != wanted.program or _texts(written) != _texts(wanted):
            raise NotRewrittenError(wanted.program.program)
        return _kept(written, under=under)


def keep_version(folder: Path, *, under: Path) -> Rulebook:
    """Copy a program's files to the folder named by their digest; what is there already stays.

    Raises:
        InputProblemsError: the program cannot be read.
    """
    return _kept(read_program(folder), under=under)


def _kept(rulebook: Rulebook, *, under: Path) -> Rulebook:
    target = under / rulebook.digest / rulebook.program.program
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="partial-", dir=under) as scratch:
            partial = Path(scratch) / target.name
            shutil.copytree(rulebook.folder, partial)
            try:
                partial.replace(target)
            except OSError:
                if not target.exists():  # else another process kept the same files meanwhile
                    raise
    return replace(rulebook, folder=target)


def _texts(rulebook: Rulebook) -> tuple[dict[str, str], dict[str, str]]:
    return (
        {name: each.text for name, each in rulebook.metrics.items()},
        {name: each.text for name, each in rulebook.views.items()},
    )


def _rewrite(folder: Path, path: str, value: Plain) -> None:
    segments = path.split(".")
    file = folder / "program.yaml"
    if segments[0] in PARTS:
        file, segments = folder / f"{segments[0]}.yaml", segments[1:]
    text = file.read_text(encoding="utf-8")
    file.write_text(_replaced(text, segments, value), encoding="utf-8")


def _replaced(text: str, segments: list[str], value: Plain) -> str:
    node = yaml.compose(text, Loader=_Loader)
    assert node is not None  # noqa: S101  # the program was read
    for place, segment in enumerate(segments):
        found = _below(node, segment)
        if found is None:  # a new date, or a new key, of the last mapping
            added = {**_plain(node), segment: value} if place == len(segments) - 1 else None
            return text if added is None else _spliced(text, node, added)
        node = found
    return _spliced(text, node, value)


def _spliced(text: str, node: Node, value: Plain) -> str:
    start, end = node.start_mark.index, _end(node)
    space = " " if start > 0 and text[start - 1] == ":" else ""
    return f"{text[:start]}{space}{flow(value)}{text[end:]}"


def _end(node: Node) -> int:
    """Where a node's own text ends: a block's mark lies beyond the comments and blank lines after it."""
    if not getattr(node, "flow_style", True):
        children = [each for pair in node.value for each in pair] if isinstance(node, MappingNode) else node.value
        if children:
            return _end(children[-1])
    end: int = node.end_mark.index
    return end


def _below(node: Node, segment: str) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if key.value == segment), None)
    if isinstance(node, SequenceNode):
        position, _ = child(_named(node), segment)
        return None if position is None else node.value[int(position)]
    return None


def _named(node: SequenceNode) -> list[Plain]:
    """The items of a list with nothing but the names by which paths call them."""
    return [
        {key.value: value.value for key, value in item.value if key.value in {"tier", "gate"}}
        if isinstance(item, MappingNode)
        else None
        for item in node.value
    ]


def _plain(node: Node) -> dict[str, Plain]:
    """What a mapping holds, each value as its own text says it."""
    return {key.value: _Verbatim(_source(value)) for key, value in node.value}


class _Verbatim(str):
    """Text that is YAML already."""

    __slots__ = ()


def _source(node: Node) -> str:
    """A node's text on one line."""
    if isinstance(node, MappingNode):
        return "{" + ", ".join(f"{_source(key)}: {_source(value)}" for key, value in node.value) + "}"
    if isinstance(node, SequenceNode):
        return "[" + ", ".join(_source(each) for each in node.value) + "]"
    if isinstance(node, ScalarNode) and not node.style and _PLAIN.fullmatch(node.value):
        return str(node.value)
    return quoted(str(node.value))


def flow(value: Plain) -> str:
    """A value as YAML on one line."""
    match value:
        case _Verbatim():
            found = str(value)
        case dict():
            found = "{" + ", ".join(f"{_key(key)}: {flow(each)}" for key, each in value.items()) + "}"
        case list():
            found = "[" + ", ".join(flow(each) for each in value) + "]"
        case None:
            found = "null"
        case bool():
            found = "true" if value else "false"
        case Decimal():
            found = f"{value:f}"
        case int() | date():
            found = str(value)
        case _:
            found = quoted(value)
    return found


def _key(key: object) -> str:
    said = str(key)
    return said if said.replace("_", "").replace("-", "").isalnum() else quoted(said)


def quoted(text: str) -> str:
    """A text between double quotes, as YAML reads it back."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
