"""What the journal knows of a person ends with the person's key, and the chain still holds."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import transaction

from palier.portal.journal.actions import broken_places, record
from palier.portal.journal.models import Entry
from palier.portal.journal.persons import PersonErasedError, destroy_key, revealed
from palier.portal.journal.verifying import Anchor, verify
from portal.conftest import NOW

pytestmark = pytest.mark.django_db
TOLD = {"name": "Inès Moreau", "email": "ines@example.com"}


def tell(person: str = "p1") -> Entry:
    with transaction.atomic():
        return record(
            actor="x", verb="try", subject_kind="person", subject_id=person, at=NOW, person=person, personal=TOLD
        )


def test_personal_values_are_read_by_key_only() -> None:
    entry = tell()
    assert "Inès" not in entry.personal
    assert revealed([entry]) == {entry.place: TOLD}


def test_the_chain_holds_when_the_key_is_destroyed() -> None:
    entry = tell()
    other = tell("p2")
    assert destroy_key("p1", at=NOW)
    assert not destroy_key("p1", at=NOW)
    assert revealed([entry, other]) == {entry.place: None, other.place: TOLD}
    assert broken_places() == []


def test_nothing_personal_is_written_of_who_was_erased() -> None:
    destroy_key("p1", at=NOW)
    with pytest.raises(PersonErasedError):
        tell()


def test_an_edit_of_concealed_values_is_noticed() -> None:
    entry = tell()
    Entry.objects.filter(pk=entry.pk).update(personal=tell("p2").personal)
    assert [place for place, _ in broken_places()] == [entry.place]


def test_an_anchor_notices_a_chain_that_was_rewritten_whole() -> None:
    tell()
    anchor = verify().anchor
    tell()
    assert verify([anchor]).problems == []
    Entry.objects.all().delete()
    call_command("flush", verbosity=0, interactive=False)
    tell("p9")
    assert verify().problems == []
    assert verify([anchor]).problems == [{"place": 1, "found": "the chain up to here was rewritten since the anchor"}]


def test_an_anchor_is_read_as_it_is_printed() -> None:
    tell()
    anchor = verify().anchor
    assert Anchor.read(str(anchor)) == anchor


@pytest.mark.parametrize("code", [0, 3])
def test_the_command_says_it_by_its_exit_code(code: int, capsys: pytest.CaptureFixture[str]) -> None:
    tell()
    if code:
        Entry.objects.update(reason="edited")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_journal")
    assert ended.value.code == code
    said = capsys.readouterr()
    assert ("it was edited" in said.err) if code else (str(verify().anchor) in said.out)
