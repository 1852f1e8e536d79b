"""A goal on the page is the command line's: from the run's stored figures and gates, for every partner and tier."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse

import palier
from palier.backends.goal import goal
from palier.engine.words import Words
from palier.portal.standings.aiming import currencies, goal_for
from palier.portal.standings.models import Run
from palier.portal.standings.queries import with_rulebook
from portal.conftest import ON, client_of
from portal.standings.conftest import PROGRAMS, Made
from portal.test_explanations import member, read


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_goal_of_stored_figures_is_the_goal_of_the_run(made: Made, runs: dict[str, Run], program: str) -> None:
    found = with_rulebook(runs[program])
    ladder = [tier.tier for tier in found.rulebook.program.tiers if tier.in_force(ON)]
    seen = 0
    with palier.open_run(made.run(program)) as source:
        for partner_id in found.run.standings.values_list("partner_id", flat=True)[::4]:
            for tier in ladder[-2:]:
                wanted = goal(found.rulebook, source, partner_id=partner_id, tier=tier)
                assert goal_for(found, partner_id, tier) == wanted
                seen += len(wanted.missing)
    assert seen > 0


def test_the_page_shows_the_tier_that_is_wished_for(runs: dict[str, Run]) -> None:
    found = with_rulebook(runs["solutions"])
    words = Words(found.rulebook, "en")
    standing = found.run.standings.filter(next_tier="gold")[0]
    user = member("partner", standing.partner_id)
    page = read(user, f"{reverse('standings:home')}?goal=diamond")
    assert f"The smallest ways to {words.tier('diamond')}" in page
    assert f"The smallest ways to {words.tier('gold')}" in read(user, reverse("standings:home"))
    wanted = goal_for(found, standing.partner_id, "diamond")
    assert wanted is not None
    assert wanted.missing
    section = unescape(page[page.index('id="goal"') : page.index("</section>", page.index('id="goal"'))])
    paid = currencies(found, standing.partner_id)
    for missing in wanted.missing:
        assert words.name("gates", missing.gate) in section
        for way in missing.ways:
            assert words.money(way.minor[paid[0]], paid[0]) in section


def test_a_tier_below_or_unknown_is_no_goal(runs: dict[str, Run]) -> None:
    standing = runs["solutions"].standings.filter(tier="gold")[0]
    client = client_of(member("partner", standing.partner_id))
    for tier in ("partner", "nothing"):
        assert client.get(reverse("standings:home"), {"goal": tier}).status_code == 404
