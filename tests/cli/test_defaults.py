"""What a command takes where nothing is given is what it would take from the line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from palier.cli.app import app


def commands(group: Any, *before: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # typer's own classes are private
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, *before, name)
        else:
            yield " ".join([*before, name]), command


@pytest.mark.parametrize(("name", "command"), list(commands(get_command(app))))
def test_every_default_passes_where_a_given_value_must(name: str, command: Any) -> None:  # noqa: ANN401  # as above
    context = command.context_class(command, info_name=name)
    for parameter in command.params:
        default = parameter.get_default(context)
        if default is not None:
            assert parameter.process_value(context, default) == default
