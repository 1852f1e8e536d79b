"""What tests make once is what they would have made, and what goes wrong is not kept."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from support import kept


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", tmp_path / "kept")


def test_a_value_is_made_once_for_each_name() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return f"value of {name}"

    for name in ("one", "other", "one"):
        assert kept.kept_value("test", name, make=partial(make, name)) == f"value of {name}"
    assert made == ["one", "other"]


def test_what_a_test_does_to_its_folder_stays_with_it(tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        (folder / "facts").write_text("as made")

    (kept.kept_folder(tmp_path / "first", "test", make=make) / "facts").write_text("touched")
    assert (kept.kept_folder(tmp_path / "second", "test", make=make) / "facts").read_text() == "as made"


def test_what_fails_half_way_is_made_anew(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        kept.kept_folder(tmp_path / "first", "test", make=fail)
    whole = kept.kept_folder(tmp_path / "second", "test", make=lambda folder: (folder / "whole").write_text("whole"))
    assert [path.name for path in whole.iterdir()] == ["whole"]


def test_another_source_is_another_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "programs").mkdir()
    file = tmp_path / "programs" / "program.yaml"
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    found = []
    for text in ("reach: 243", "reach: 244"):
        file.write_text(text)
        found.append(kept.source_digest.__wrapped__())
    assert found[0] != found[1]
