"""The journal: nothing is edited, taken out, moved or cut off without being noticed."""

from __future__ import annotations

import pytest
from django.db import transaction

from palier.portal.journal import actions
from palier.portal.journal.actions import NotInTransactionError, broken_places, record
from palier.portal.journal.models import Entry, Head
from portal.conftest import NOW


def write(count: int) -> None:
    for number in range(count):
        with transaction.atomic():
            record(actor="x", verb="try", subject_kind="thing", subject_id=str(number), at=NOW, after={"n": number})


@pytest.mark.django_db
def test_a_chain_that_nobody_touched_holds() -> None:
    assert broken_places() == []
    write(5)
    assert [entry.place for entry in Entry.objects.all()] == [1, 2, 3, 4, 5]
    assert broken_places() == []


@pytest.mark.django_db
def test_an_edit_is_noticed_at_its_place() -> None:
    write(5)
    Entry.objects.filter(place=3).update(after={"n": 99})
    assert [place for place, _ in broken_places()] == [3]


@pytest.mark.django_db
def test_an_edit_sealed_anew_is_noticed_after_it() -> None:
    from palier.portal.journal.actions import seal_of  # noqa: PLC0415

    write(5)
    entry = Entry.objects.get(place=3)
    entry.after = {"n": 99}
    entry.seal = seal_of(entry)
    entry.save()
    assert [place for place, _ in broken_places()] == [4]


@pytest.mark.django_db
def test_a_missing_entry_and_a_cut_end_are_noticed() -> None:
    write(5)
    Entry.objects.filter(place=2).delete()
    assert 2 in [place for place, _ in broken_places()]
    Entry.objects.filter(place=5).delete()
    assert (5, "the end of the chain was cut off") in broken_places()


@pytest.mark.django_db
def test_what_is_written_during_a_verification_is_no_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    write(3)
    sealed, waiting = actions.seal_of, [1]

    def meanwhile(entry: Entry) -> str:
        if entry.place == 3 and waiting:
            write(waiting.pop())
        return sealed(entry)

    monkeypatch.setattr(actions, "seal_of", meanwhile)
    assert broken_places() == []
    assert Head.objects.get().place == 4
    assert broken_places() == []


@pytest.mark.django_db
@pytest.mark.parametrize("back_to", [0, 2])
def test_a_head_that_was_set_back_or_removed_is_noticed(back_to: int) -> None:
    write(4)
    kept = Entry.objects.filter(place=back_to).first()
    if kept is None:
        Head.objects.all().delete()
    else:
        Head.objects.update(place=kept.place, seal=kept.seal)
    assert broken_places() == [(5, "the end of the chain was cut off")]


@pytest.mark.django_db
def test_two_entries_exchanged_are_noticed() -> None:
    write(4)
    second, third = Entry.objects.get(place=2), Entry.objects.get(place=3)
    Entry.objects.filter(pk=second.pk).update(place=99)
    Entry.objects.filter(pk=third.pk).update(place=2)
    Entry.objects.filter(pk=second.pk).update(place=3)
    assert {2, 3} <= {place for place, _ in broken_places()}
    assert Head.objects.get().place == 4


@pytest.mark.django_db(transaction=True)
def test_an_entry_apart_from_its_change_is_refused() -> None:
    with pytest.raises(NotInTransactionError):
        record(actor="x", verb="try", subject_kind="thing", subject_id="1", at=NOW)
