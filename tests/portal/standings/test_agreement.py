"""A figure is the same wherever somebody meets it: page, files, mails and command line; and it is its lines.

Every partner of both programs is asked for, the languages taking turns; of each program and language one PDF is made.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from html import unescape
from pathlib import Path

import pypdf
import pytest
from django.urls import reverse
from typer.testing import CliRunner

import palier
from palier.backends.names import names
from palier.cli.app import app
from palier.cli.explaining import as_values, explained, standing_of
from palier.engine.words import Language, Words
from palier.portal.journal.models import Message, Occurrence
from palier.portal.people.models import User
from palier.portal.runs.performance import queue_reports
from palier.portal.runs.reminders import AHEAD, SHOWN, remind
from palier.portal.standings.brought import brought
from palier.portal.standings.models import Run
from palier.report.content import tracked_metrics
from palier.report.words import Speech
from portal.conftest import NOW, ON, ON_ONE_DATABASE, client_of
from portal.standings.conftest import PROGRAMS
from portal.standings.test_documents import flat, rows_of
from portal.test_explanations import Rows, figure_of, member, read

pytestmark = ON_ONE_DATABASE

LANGUAGES: tuple[Language, ...] = ("en", "fr")


@dataclass(frozen=True, slots=True)
class Told:
    """A partner of a program, the language in which it is told, and its figures as the run holds them."""

    run: Run
    partner_id: str
    words: Words
    figures: dict[str, Fraction | None]

    def said(self, metric: str) -> str:
        """A figure as people read it."""
        return self.words.figure(metric, self.figures[metric])

    @property
    def headlines(self) -> list[str]:
        """The figures that people are shown first."""
        metrics = self.words.rulebook.program.metrics
        return [metric for metric in self.figures if metrics[metric].headline]


def everybody(run: Run) -> list[Told]:
    """Every partner of a run."""
    rulebook = palier.read_program(run.program)
    figures: dict[str, dict[str, Fraction | None]] = defaultdict(dict)
    for each in run.figures.order_by("pk"):
        figures[each.partner_id][each.metric] = each.value
    return [
        Told(run, partner_id, Words(rulebook, LANGUAGES[place % 2]), figures[partner_id])
        for place, partner_id in enumerate(sorted(run.standings.values_list("partner_id", flat=True)))
    ]


def vendors() -> dict[Language, User]:
    """Somebody of the vendor for each language."""
    first = member("vendor", "", "en")
    second = User.objects.create_user("second.vendor@example.com", name="second", language="fr")
    first.memberships.get().organisation.memberships.create(user=second, role="auditor")
    return {"en": first, "fr": second}


@pytest.mark.parametrize("program", PROGRAMS)
def test_page_and_file_and_command_line_say_the_same(runs: dict[str, Run], program: str) -> None:
    run, readers = runs[program], {each: client_of(user) for each, user in vendors().items()}
    partners = everybody(run)
    assert len(partners) > 5
    with palier.open_run(Path(run.folder)) as source:
        for told in partners:
            user, who = readers[told.words.language], told.partner_id
            page = read(user, reverse("standings:partner", args=[who]) + f"?program={program}")
            opens = re.findall(r'/figures/([a-z0-9_]+)\?[^"]*"[^>]*>([^<]+)</a></dd>', page)
            assert {metric: unescape(said) for metric, said in opens} == {
                each: told.said(each) for each in told.headlines
            }
            rows = rows_of(user, reverse("standings:partner_home_csv", args=[who]) + f"?program={program}")
            file = {row["id"]: (row["value"], row["value_exact"]) for row in rows if row["kind"] == "figure"}
            exact = {metric: "" if value is None else str(value) for metric, value in told.figures.items()}
            assert file == {metric: (told.said(metric), exact[metric]) for metric in told.figures}
            typed = as_values(
                told.words.rulebook, standing_of(source, who), explained(source, told.words, who, None), ()
            )
            assert {each["metric"]: each["shown"] for each in typed["figures"]} == {
                metric: told.said(metric) for metric in told.figures
            }
            assert all(each["adds_up"] for each in typed["figures"])


def test_every_figure_of_the_technology_program_is_its_lines_in_the_file(runs: dict[str, Run]) -> None:
    """Those of the solutions program are in `test_explanations`."""
    run, reader = runs["technology"], client_of(vendors()["en"])
    for told in everybody(run):
        for metric in told.headlines:
            address = reverse("standings:lines_csv", args=[told.partner_id, metric]) + "?program=technology"
            lines: Rows = list(csv.DictReader(io.StringIO(read(reader, address).removeprefix("\ufeff"))))
            if told.figures[metric] is not None:
                kind = told.words.rulebook.program.metrics[metric].kind
                assert figure_of(kind, lines) == told.figures[metric], (told.partner_id, metric)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_command_line_prints_what_the_page_says(runs: dict[str, Run], program: str, language: Language) -> None:
    run = runs[program]
    told = next(each for each in everybody(run) if each.words.language == language and len(each.figures) > 3)
    asked = ["explain", program, "--run", run.folder, "--partner", told.partner_id, "--lang", language]
    printed = CliRunner().invoke(app, asked, env={"COLUMNS": "200"})
    assert printed.exit_code == 0, printed.output
    for metric in told.headlines:
        name = told.words.name("metrics", metric)
        assert flat(told.words.labelled(name, told.said(metric))) in flat(printed.stdout)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_pdf_says_what_the_run_holds(runs: dict[str, Run], in_both: str, program: str, language: Language) -> None:
    told = next(each for each in everybody(runs[program]) if each.partner_id == in_both)
    words = Words(told.words.rulebook, language)
    response = client_of(member("partner", in_both, language)).get(reverse("standings:home_pdf"), {"program": program})
    assert response["Content-Type"] == "application/pdf"
    text = flat("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.content)).pages))
    for metric in told.headlines:
        assert flat(words.figure(metric, told.figures[metric])) in text, metric


def people_of(runs: dict[str, Run]) -> dict[str, Told]:
    """Somebody of every partner that takes part in a program, with what is told, by program and address."""
    found: dict[str, Told] = {}
    users: dict[str, User] = {}
    for program, run in runs.items():
        for told in everybody(run):
            user = users.get(told.partner_id) or member("partner", told.partner_id, told.words.language)
            users[told.partner_id] = user
            found[f"{program} {user.email}"] = Told(
                run, told.partner_id, Words(told.words.rulebook, LANGUAGES[user.language == "fr"]), told.figures
            )
    return found


def mails(runs: dict[str, Run], duty: object, kind: str, at: datetime) -> list[Message]:
    assert callable(duty)
    found: list[Message] = []
    for program in runs:
        duty(
            Occurrence(key=f"{kind}:{program}", kind=kind, subject=program, planned_at=at, due_at=at), at, lambda: None
        )
        new = Message.objects.exclude(pk__in=[each.pk for each in found]).order_by("pk")
        for message in new:
            message.subject = program
            found.append(message)
    return found


def test_the_monthly_report_says_the_figures_of_the_run(runs: dict[str, Run]) -> None:
    people = people_of(runs)
    sent = mails(runs, queue_reports, "monthly_report", datetime(2026, 12, 1, 6, tzinfo=UTC))
    assert {f"{each.subject} {each.to}" for each in sent} == set(people)
    for message in sent:
        told = people[f"{message.subject} {message.to}"]
        speech = Speech(told.words, addressed=True)
        text, html = flat(message.text), flat(re.sub(r"<[^>]+>", "", message.html))
        for metric in tracked_metrics(told.words.rulebook.program, ON):
            if metric in told.figures:
                said = flat(told.words.labelled(speech.metric(metric), speech.counted(metric, told.figures[metric])))
                assert said in text, (told.partner_id, metric)
                assert said in html, (told.partner_id, metric)


def test_the_warning_of_credit_that_ends_says_the_lines_that_end(runs: dict[str, Run]) -> None:
    people = people_of(runs)
    sent = mails(runs, remind, "reminders", datetime.combine(ON, NOW.time(), tzinfo=UTC))
    warned = {f"{each.subject} {each.to}": each for each in sent if each.kind == "lapse"}
    assert len(warned) > 5
    for key, told in people.items():
        metrics = brought(told.words.rulebook.program, ON).metrics
        with palier.open_run(Path(told.run.folder)) as source:
            ends = [
                line
                for line in source.lines(partner_id=told.partner_id)
                if line.metric in metrics and line.counts_until is not None and ON < line.counts_until <= ON + AHEAD
                if "months_used" not in line.factors  # a month that leaves a mean is no end of it (B268)
            ]
        assert (key in warned) == bool(ends)
        if not ends:
            continue
        speech, message = Speech(told.words), warned[key]
        text, html = flat(message.text), flat(re.sub(r"<[^>]+>", "", message.html))
        apart = told.run.program == "technology"  # its figures are told one by one, where something ends
        for metric in metrics if not apart else {line.metric for line in ends}:
            total = sum((line.amount for line in ends if line.metric == metric), Fraction(0))
            assert flat(speech.figure(metric, total)) in html
        sums: dict[tuple[date, str, str], Fraction] = defaultdict(Fraction)
        for line in ends:
            assert line.counts_until is not None
            sums[line.counts_until, line.customer_id or "", line.metric] += line.amount
        shown = sorted({(on, customer) for on, customer, _ in sums})[:SHOWN]
        known = names(told.run.facts, partners=[], customers=[customer for _, customer in shown])
        for on, customer in shown:
            amounts = [
                speech.figure(each, sums[on, customer, each]) for each in metrics if (on, customer, each) in sums
            ]
            colon = " : " if told.words.language == "fr" else ": "
            row = f"- {told.words.day(on)}, {known.get(customer, customer)}" + "".join(colon + each for each in amounts)
            assert flat(row) in text
