"""Generated partners with tiers given by the vendor, conditions that hold or not, and uses at the edges of periods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from engine.histories import generate
from engine.histories_technology import generate_technology
from engine.histories_world import Rows

DAYS: dict[str, tuple[date, ...]] = {
    "solutions": (date(2024, 3, 4), date(2024, 3, 5), date(2024, 3, 31), date(2024, 4, 1)),
    "technology": (date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 1)),
}
"""Days on and beside which a benefit, a season or a period begins or ends."""
OPENED = {"solutions": date(2024, 2, 20), "technology": date(2026, 6, 20)}
ATTESTED = {
    "solutions": ("onboarded", "confidentiality_training"),
    "technology": ("co_sell_contact", "account_mapping", "reliable_experience", "accelerator_conditions"),
}


def generate_benefits(program: str, *, count: int, tiers: Sequence[str], quotas: Sequence[str], seed: int = 1) -> Rows:
    """So many histories of a program with a tier, conditions, suspensions and uses drawn for each partner."""
    made = generate if program == "solutions" else generate_technology
    rows = made(seed, count=count, on=DAYS[program][0])
    for table in ("tier_decisions", "credentials", "attestations", "benefit_uses"):
        rows.setdefault(table, [])
    for partner in {str(row["partner_id"]): None for row in rows["partners"]}:
        rng = Random(f"benefits/{seed}/{partner}")  # noqa: S311 - histories, not secrets
        decided = {"decision_id": f"b-{partner}", "partner_id": partner, "program": program, "kind": "opening"}
        rows["tier_decisions"].append({**decided, "tier": rng.choice(tiers), "effective_on": OPENED[program]})
        _conditions(rng, rows, program, partner)
        for number in range(rng.choice((0, 2, 6, 12))):
            use = {"use_id": f"b-{partner}-{number}", "partner_id": partner, "benefit": rng.choice(quotas)}
            rows["benefit_uses"].append(
                {**use, "used_on": _day(rng, program), "quantity": rng.choice((None, 0, 1, 2, 14, 15))}
            )
    return rows


def _conditions(rng: Random, rows: Rows, program: str, partner: str) -> None:
    codes = ("crm_implementation", "data_migration", "onboarding") if program == "solutions" else ()
    for code in codes:
        if rng.random() < 0.35:
            held = {"credential_id": f"b-{partner}-{code}", "partner_id": partner, "kind": "accreditation"}
            days = {"earned_on": _day(rng, program), "expires_on": rng.choice((None, None, _day(rng, program)))}
            rows["credentials"].append({**held, "code": code, **days})
    for code in (*ATTESTED[program], "compliant"):
        if rng.random() < (0.1 if code == "compliant" else 0.6):
            said = {"attestation_id": f"b-{partner}-{code}", "partner_id": partner, "code": code}
            value = "no" if code == "compliant" else rng.choice((None, "yes", "yes", "no"))
            days = {"effective_from": _day(rng, program), "effective_until": rng.choice((None, _day(rng, program)))}
            rows["attestations"].append({**said, "value": value, **days})


def _day(rng: Random, program: str) -> date:
    """A day asked about, one beside it, or one in an earlier period."""
    return rng.choice(DAYS[program]) + timedelta(days=rng.choice((-190, -92, -32, -1, 0, 0, 1)))
