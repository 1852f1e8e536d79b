"""What a package costs less: the highest offer that holds for its value, exact, and whether a human must confirm it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from palier.engine.grains import exponent
from palier.rulebook.benefits import Discounts

_BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The discount on one package; `exact` is in minor units, `discount_minor` rounds it half up."""

    tier: str
    currency: str
    package_minor: int
    basis_points: int
    exact: Fraction
    needs_confirmation: bool

    @property
    def discount_minor(self) -> int:
        """The discount in minor units, a half rounded up."""
        return int(self.exact + Fraction(1, 2))

    @property
    def to_pay_minor(self) -> int:
        """What is left to pay, in minor units."""
        return self.package_minor - self.discount_minor


def quote(discounts: Discounts, tier: str, package_minor: int, on: date) -> Quote:
    """The discount of a tier on a package (B570).

    It needs confirmation where the source is silent: no offer of a tier that has offers holds for the value,
    or the offer taken is a repair of the source.
    """
    offers = discounts.offers.get(tier, [])
    units = 10 ** exponent(discounts.currency)
    holding = [offer for offer in offers if offer.holds(package_minor, units)]
    rate = max((offer.rate.at(on) for offer in holding), default=0)
    taken = [offer for offer in holding if offer.rate.at(on) == rate]
    return Quote(
        tier=tier,
        currency=discounts.currency,
        package_minor=package_minor,
        basis_points=rate,
        exact=Fraction(package_minor * rate, _BASIS_POINTS),
        needs_confirmation=bool(offers) and all(offer.repaired for offer in taken),
    )
