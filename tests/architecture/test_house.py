"""The house stays easy to see: rooms in their order, short modules, no hidden clock, documents that are true."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "palier"
MODULES = sorted(SOURCE.rglob("*.py"))
WRITTEN = [path for path in MODULES if path.parent.name != "migrations"]
"""Modules that people write: Django writes migrations."""
LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
CLOCKS = re.compile(
    r"\b(date\.today|datetime\.now|datetime\.utcnow|time\.time|timezone\.(now|localdate|localtime)|CURRENT_DATE|NOW\(\))"
)
EDGE = re.compile(
    r"portal/(management/commands/|.*(adapter|middleware|signals|single_sign_on|tasks|views|working)[\w/]*\.py)"
)
"""Where the portal meets the world: there the clock is asked, everything below takes the moment as an argument."""


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            yield node


def code_lines(node: ast.FunctionDef) -> int:
    """The lines of a function's body, its signature and docstring left out."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_room_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_MODULE
    assert [node.name for node in functions(path) if code_lines(node) > LONGEST_FUNCTION] == []


def test_imports_go_down_only() -> None:
    linted = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert linted.returncode == 0, linted.stdout


def test_no_room_asks_the_clock() -> None:
    assert [str(path) for path in MODULES if CLOCKS.search(path.read_text()) and not EDGE.search(str(path))] == []
    sql = [*ROOT.glob("programs/*/*/*.sql")]
    assert sql
    assert [path.name for path in sql if CLOCKS.search(path.read_text())] == []


def test_programs_hold_no_python() -> None:
    assert [*ROOT.glob("programs/**/*.py")] == []


def test_no_room_has_a_name_that_says_nothing() -> None:
    empty = {"core", "common", "utils", "helpers", "services", "base", "misc", "util", "helper", "manager"}
    assert {path.stem for path in MODULES} & empty == set()
    assert {path.parent.name for path in MODULES} & empty == set()


@pytest.mark.parametrize("document", ["README.md", "docs/tutorial.md", "docs/try-a-rule-change.md"])
def test_every_command_in_a_document_exists(document: str) -> None:
    commands = [line[2:] for line in console_lines(ROOT / document) if line.startswith("$ palier")]
    assert commands
    from palier.cli.app import app  # noqa: PLC0415

    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    known |= {group.name for group in app.registered_groups if group.name}
    assert {shlex.split(command)[1] for command in commands} <= known


def test_every_link_in_the_documents_leads_somewhere() -> None:
    documents = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("programs/**/*.md")]
    broken = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", document.read_text())
        if not (document.parent / target).exists()
    ]
    assert broken == []


def console_lines(path: Path) -> list[str]:
    """The lines of a document's console blocks."""
    blocks = re.findall(r"```(?:console|sh|shell)\n(.*?)```", path.read_text(), flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]
