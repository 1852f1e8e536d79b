"""The vendor's home, its list of partners at any size, and its own tiers compared."""

from __future__ import annotations

import csv
import io
from copy import copy
from datetime import date
from fractions import Fraction
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from palier.portal.journal.models import Entry
from palier.portal.partners.models import Application, Attestation, Domain
from palier.portal.people.models import User
from palier.portal.programs.actions.listing import list_partners
from palier.portal.programs.models import ListedPartner, SavedView, Shadowing
from palier.portal.standings.models import Holding, Run
from palier.rulebook.read import read_program
from portal.conftest import NOW, ON, client_of
from portal.counting import MOST_QUERIES, queries_of
from portal.programs.conftest import partner_admin


@pytest.fixture
def manager(run: Run, vendor: dict[str, User]) -> Client:
    list_partners(run)
    return client_of(vendor["manager"])


def listed_in(client: Client, **asked: str) -> list[dict[str, str]]:
    written = client.get(reverse("programs:partners_csv"), asked).content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(written)))


def test_the_list_is_made_once_and_says_what_the_run_says(run: Run) -> None:
    assert list_partners(run) == run.standings.count()
    assert list_partners(run) == ListedPartner.objects.count()
    standings = {each.partner_id: each for each in run.standings.all()}
    for each in run.listed.all():
        standing = standings[each.partner_id]
        assert (each.tier, each.next_tier, each.missing) == (standing.tier, standing.next_tier, len(standing.missing))
        assert each.missing_gates.split() == list(standing.missing)
    for figure in run.figures.all():
        kept = run.listed.get(partner_id=figure.partner_id).figures[figure.metric]
        assert (None if kept is None else Fraction(kept)) == figure.value


def test_who_is_about_to_fall_falls_on_that_day_as_the_lines_say(run: Run) -> None:
    import palier  # noqa: PLC0415

    list_partners(run)
    falling = list(run.listed.exclude(falls_short={}))
    assert falling
    with palier.open_run(Path(run.folder)) as source:
        for each in falling:
            short = each.falls_short
            metrics = {"total_points": ("sold_points", "managed_points")}.get(short["metric"], (short["metric"],))
            lines = [line for one in metrics for line in source.lines(partner_id=each.partner_id, metric=one)]
            left = sum(
                line.amount for line in lines if line.counts_until is None or str(line.counts_until) > short["on"]
            )
            assert left == Fraction(short["left"])
            assert left < Fraction(short["required"])


def test_filters_and_orders_narrow_the_list(manager: Client, run: Run) -> None:
    everybody = listed_in(manager)
    assert len(everybody) == run.standings.count()
    gold = listed_in(manager, tier="gold")
    assert {each["partner_id"] for each in gold} == set(
        run.standings.filter(tier="gold").values_list("partner_id", flat=True)
    )
    one = everybody[0]
    assert one["partner_id"] in {each["partner_id"] for each in listed_in(manager, asked=one["name"][:6].upper())}
    gate = next(each for each in everybody if each["missing_gates"])["missing_gates"].split()[0]
    assert all(gate in each["missing_gates"].split() for each in listed_in(manager, gate=gate))
    totals = [Fraction(each["total_points"]) for each in listed_in(manager, order="total") if each["total_points"]]
    assert totals == sorted(totals, reverse=True)
    assert all(len(each["missing_gates"].split()) == 1 for each in listed_in(manager, state="rise"))


def test_a_breach_is_shown_and_found(run: Run, vendor: dict[str, User]) -> None:
    partner_id = run.standings.earliest("partner_id").partner_id
    Attestation.objects.create(
        attestation_id="A1", partner_id=partner_id, code="compliant", value="no", effective_from=ON
    )
    (found,) = listed_in(client_of(vendor["auditor"]), state="breach")
    assert found["partner_id"] == partner_id


def test_views_are_kept_by_person_and_forgotten(manager: Client, vendor: dict[str, User]) -> None:
    keep = reverse("programs:keep_view")
    manager.post(keep, {"name": "Nearly gold", "state": "rise", "order": "total"})
    manager.post(keep, {"name": "Nearly gold", "state": "rise", "order": "name"})
    (view,) = SavedView.objects.all()
    assert view.asked == {"state": "rise", "order": "name"}
    assert "Nearly gold" in manager.get(reverse("programs:partners")).content.decode()
    other = client_of(vendor["administrator"])
    assert "Nearly gold" not in other.get(reverse("programs:partners")).content.decode()
    other.post(keep, {"forget": str(view.pk)})
    assert SavedView.objects.exists()
    manager.post(keep, {"forget": str(view.pk)})
    assert not SavedView.objects.exists()
    assert client_of(vendor["auditor"]).post(keep, {"name": "x"}).status_code == 403


def test_what_partners_hold_stands_beside_what_their_figures_reach(run: Run, vendor: dict[str, User]) -> None:
    one, two, *_rest = run.standings.order_by("partner_id").values_list("partner_id", flat=True)
    for partner_id, tier, state, since, until in (
        (one, "gold", "active", date(2025, 1, 15), date(2026, 11, 15)),
        (one, "platinum", "active", date(2026, 11, 15), None),
        (two, "", "suspended", date(2025, 1, 15), None),
    ):
        Holding.objects.create(
            run=run, partner_id=partner_id, tier=tier, state=state, effective_from=since, effective_until=until
        )
    list_partners(run)
    row = run.listed.get(partner_id=one)
    assert (row.held, row.held_before, row.state) == ("platinum", "gold", "active")
    manager = client_of(vendor["manager"])
    assert [each["partner_id"] for each in listed_in(manager, held="platinum")] == [one]
    assert [(each["partner_id"], each["state"]) for each in listed_in(manager, held="none")] == [(two, "suspended")]
    assert "suspended" in manager.get(reverse("programs:partners"), {"held": "none"}).content.decode()
    page = manager.get(reverse("programs:home")).content.decode()
    assert "Since the recalibration of 15 November 2026" in page
    assert '<figure id="flows-since"' in page


def test_every_figure_of_a_partner_stands_on_the_list(manager: Client, run: Run) -> None:
    page = manager.get(reverse("programs:partners"), {"order": "name"}).content.decode()
    first = run.listed.order_by("name", "partner_id").first()
    assert first is not None
    for metric in first.figures:
        assert reverse("standings:explain", args=[first.partner_id, metric]) in page, metric


def test_the_home_names_the_highest_of_those_who_are_about_to_fall_or_to_rise(manager: Client, run: Run) -> None:
    both, falling, rising = (list(run.listed.order_by("rank", "pk"))[n : n + 7] for n in (0, 7, 14))
    short = run.listed.exclude(falls_short={}).earliest("pk").falls_short
    run.listed.update(falls=False, falls_short=short, missing=2, next_tier="elite")
    run.listed.filter(pk__in=[each.pk for each in both + falling]).update(falls=True)
    run.listed.filter(pk__in=[each.pk for each in both + rising]).update(missing=1)
    shown = manager.get(reverse("programs:home")).context
    for name, those in (("falling", both + falling), ("rising", both + rising)):
        highest = sorted(those, key=lambda each: (-each.rank, each.total is None, -(each.total or 0), each.name))
        assert [each["partner_id"] for each in shown[name]] == [each.partner_id for each in highest[:5]], name


@pytest.mark.parametrize("language", ["en", "fr"])
def test_errata_are_told_in_the_readers_language(language: str, manager: Client) -> None:
    User.objects.update(language=language)
    page = unescape(manager.get(reverse("programs:program", args=["solutions"])).content.decode())
    rulebook = read_program("solutions")
    assert len(rulebook.errata) > 20
    for name, each in rulebook.errata.items():
        told: dict[tuple[str, ...], str] = {("problem",): each.problem, ("reading",): each.reading}
        told |= {("switch", reading): one.means for reading, one in each.switch.items()}
        if language == "fr":
            told = {keys: rulebook.text("fr", "errata", name, *keys) or "missing" for keys in told}
        assert [keys for keys, words in told.items() if f'<bdi lang="{language}">{words}</bdi>' not in page] == [], name


@pytest.mark.parametrize("name", ["programs:partners", "programs:home"])
def test_ten_thousand_partners_cost_no_more_queries_than_few(name: str, manager: Client, run: Run) -> None:
    few = queries_of(manager, reverse(name))
    one = run.listed.earliest("pk")
    copies = []
    for number in range(10_000):
        twin = copy(one)
        twin.pk, twin.partner_id, twin.name = None, f"X{number:05}", f"Partner {number}"
        twin.wanted = twin.name.lower()
        copies.append(twin)
    ListedPartner.objects.bulk_create(copies, batch_size=500)
    many = queries_of(manager, reverse(name))
    assert many == few
    assert many <= MOST_QUERIES
    assert len(manager.get(reverse(name)).content) < 400_000


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_vendor_comes_in_at_its_home(language: str, manager: Client) -> None:
    User.objects.update(language=language)
    assert manager.get(reverse("home"))["Location"] == reverse("programs:home")
    page = manager.get(reverse("programs:home")).content.decode()
    waits = {
        "en": "The recalibration of 15 November 2026 waits to be published.",
        "fr": "Le recalibrage du 15 novembre 2026 attend d’être publié.",
    }
    assert waits[language] in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "own", "others"),
    [("manager", True, False), ("reviewer", True, True), ("vendor_finance", False, True), ("auditor", False, True)],
)
def test_what_waits_stands_under_who_may_do_it(role: str, own: bool, others: bool, vendor: dict[str, User]) -> None:
    Application.objects.create(application_id="A1", company="New", domain="new.example", received_at=NOW)
    Domain.objects.create(partner_id="P00001", domain="own.example", requested_at=NOW)
    page = client_of(vendor[role]).get(reverse("programs:home")).content.decode()
    assert ("<h2>What waits for you</h2>" in page, "What waits for your colleagues" in page) == (own, others)
    assert page.count("Applications to decide") == page.count("E-mail domains to approve") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["programs:home", "programs:partners", "programs:programs", "programs:partners_csv"])
def test_before_the_first_run_pages_say_what_will_be_there(name: str, vendor: dict[str, User]) -> None:
    assert client_of(vendor["manager"]).get(reverse(name)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "about"),
    [("home", []), ("partners", []), ("shadow", ["solutions"]), ("recalibration", ["solutions", "2026-11-15"])],
)
def test_before_the_first_run_pages_lead_to_it(name: str, about: list[str], vendor: dict[str, User]) -> None:
    page = client_of(vendor["manager"]).get(reverse(f"programs:{name}", args=about)).content.decode()
    assert "Nothing was evaluated yet" in page
    assert f'<a class="button" href="{reverse("runs:runs")}">See how the first run begins</a>' in page


@pytest.mark.django_db
def test_before_the_first_run_partners_read_what_will_be_on_the_page_of_rules() -> None:
    page = client_of(partner_admin("P1")).get(reverse("programs:programs")).content.decode()
    assert "After the first run of a program this page says what its rules ask" in page


def shadow_with(client: Client, text: str) -> int:
    sent = SimpleUploadedFile("tiers.csv", text.encode(), content_type="text/csv")
    return client.post(reverse("programs:shadow", args=["solutions"]), {"tiers": sent}).status_code


def test_ones_own_list_is_compared_and_each_difference_explained(manager: Client, run: Run) -> None:
    rows = [[each.partner_id, each.tier] for each in run.standings.order_by("partner_id")]
    wrong = next(row for row in rows if row[1] == "gold")
    wrong[1] = "diamond"
    text = "partner_id,tier\n" + "".join(f"{partner},{tier}\n" for partner, tier in rows)
    assert shadow_with(manager, text) == 302
    made = Shadowing.objects.get()
    assert (made.told["compared"], made.told["agreed"]) == (len(rows), len(rows) - 1)
    (difference,) = made.told["differences"]
    assert difference["partner_id"] == wrong[0]
    page = manager.get(reverse("programs:shadow", args=["solutions"])).content.decode()
    assert difference["why"]["en"][0] in page
    for metric in difference["metrics"]:
        assert reverse("standings:explain", args=[wrong[0], metric]) in page
    assert manager.get(reverse("programs:shadow_csv", args=["solutions"])).status_code == 200
    assert Entry.objects.filter(verb="shadow").count() == 1


def test_a_list_is_compared_with_what_partners_hold(manager: Client, run: Run) -> None:
    address = reverse("programs:shadow", args=["solutions"])
    rows = list(run.standings.order_by("partner_id").values_list("partner_id", "tier"))
    text = "partner_id,tier\n" + "".join(f"{partner},{tier}\n" for partner, tier in rows)

    def compare() -> int:
        sent = SimpleUploadedFile("tiers.csv", text.encode(), content_type="text/csv")
        return manager.post(address, {"tiers": sent, "against": "held"}).status_code

    assert compare() == 200, "this run was published without its history"
    assert not Shadowing.objects.exists()
    higher = next(partner for partner, tier in rows if tier == "gold")
    for partner, tier in rows:
        for since, until, held in ((date(2026, 1, 15), ON, ""), (ON, None, "platinum" if partner == higher else tier)):
            run.holdings.create(
                partner_id=partner, tier=held, state="active", effective_from=since, effective_until=until
            )
    assert compare() == 302
    told = Shadowing.objects.get().told
    assert (told["against"], told["compared"], told["agreed"]) == ("held", len(rows), len(rows) - 1)
    assert [(each["partner_id"], each["theirs"], each["ours"]) for each in told["differences"]] == [
        (higher, "gold", "platinum")
    ]
    assert "compared with what partners hold" in manager.get(address).content.decode()


def test_a_list_as_spreadsheets_write_it_is_read(manager: Client, run: Run) -> None:
    rows = run.standings.exclude(tier="").order_by("partner_id").values_list("partner_id", "tier")
    text = "\ufeffTier;Partner_ID\r\n" + "".join(f"{tier.upper()};{partner}\r\n" for partner, tier in rows)
    assert shadow_with(manager, text) == 302
    told = Shadowing.objects.get().told
    assert (told["compared"], told["agreed"]) == (len(rows), len(rows))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("partner_id,tier\nP00001,gold\nP00001,platinum\n", "P00001 stands twice, first on line 2"),
        ("partner_id,level\nP00001,gold\n", "needs the column tier"),
        ("partner_id,tier\nP00001," + "x" * 200_000 + "\n", "cannot be read as CSV"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(text: str, said: str, manager: Client) -> None:
    sent = SimpleUploadedFile("tiers.csv", text.encode())
    answer = manager.post(reverse("programs:shadow", args=["solutions"]), {"tiers": sent})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Shadowing.objects.exists()


def test_a_list_with_problems_says_all_of_them_and_keeps_nothing(manager: Client, vendor: dict[str, User]) -> None:
    sent = SimpleUploadedFile("tiers.csv", b"partner_id,tier\nNOBODY,gold\nNOWHERE,copper\n")
    answer = manager.post(reverse("programs:shadow", args=["solutions"]), {"tiers": sent})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "NOBODY is not in the table partners" in page
    assert "copper is not a tier" in page
    assert not Shadowing.objects.exists()
    assert shadow_with(client_of(vendor["auditor"]), "partner_id,tier\n") == 403


def test_who_holds_more_than_its_figures_keep_is_about_to_fall(run: Run) -> None:
    gate = next(
        each for each in run.gates.filter(purpose="keep", metric="total_points", held=False, waived_by="")
        if not run.standings.filter(partner_id=each.partner_id, tier_kept=each.tier).exists()
    )  # fmt: skip
    Holding.objects.create(
        run=run, partner_id=gate.partner_id, tier=gate.tier, state="active", effective_from=date(2026, 1, 1)
    )  # fmt: skip
    run.listed.all().delete()
    list_partners(run)
    listed = run.listed.get(partner_id=gate.partner_id)
    assert (listed.held, listed.falls) == (gate.tier, True)
    assert listed.falls_short["on"] == run.as_of.isoformat()
    assert listed.falls_short["tier"] == gate.tier
    assert Fraction(listed.falls_short["left"]) < Fraction(listed.falls_short["required"])
