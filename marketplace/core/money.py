"""Money in whole pence, unit prices in ten-thousandths of a pound, and fair splitting.

No float comes near money. A quantity or a unit price is a `Decimal` with at most four places; an
amount of money is always a whole number of pence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import lcm

BASIS_POINTS = 10_000
FOUR_PLACES = Decimal("0.0001")


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of sterling in whole pence; may be negative.

    Adds, subtracts and multiplies by a whole number. Raises TypeError for anything that is not a
    whole number of pence.
    """

    pence: int

    def __post_init__(self) -> None:
        if type(self.pence) is not int:
            raise TypeError(f"Money is a whole number of pence, not {type(self.pence).__name__}")

    @classmethod
    def from_pounds(cls, pounds: Decimal) -> Money:
        """Pounds to pence, rounding half up (away from zero) at the penny."""
        return cls(int((pounds * 100).quantize(Decimal(1), ROUND_HALF_UP)))

    @classmethod
    def total(cls, amounts: Iterable[Money]) -> Money:
        """The sum of amounts; zero for none."""
        return cls(sum(amount.pence for amount in amounts))

    @property
    def pounds(self) -> Decimal:
        """Pounds with exactly two places, for documents and exports."""
        return Decimal(self.pence).scaleb(-2)

    def __add__(self, other: Money) -> Money:
        return Money(self.pence + other.pence)

    def __sub__(self, other: Money) -> Money:
        return Money(self.pence - other.pence)

    def __neg__(self) -> Money:
        return Money(-self.pence)

    def __mul__(self, times: int) -> Money:
        if type(times) is not int:
            raise TypeError("Money is multiplied by whole numbers only; see line_amount and vat_on")
        return Money(self.pence * times)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.pence != 0

    def __str__(self) -> str:
        sign = "-" if self.pence < 0 else ""
        return f"{sign}£{abs(self.pence) // 100:,}.{abs(self.pence) % 100:02d}"

    def split(self, weights: Sequence[int | Fraction | Decimal]) -> list[Money]:
        """Share this amount in proportion to weights; the shares sum to it exactly.

        Largest remainder (Hamilton). Where remainders tie, the leftover pennies start at a place
        that depends on the amount, so that they do not always fall on the same school.
        Raises ValueError when there are no weights, one is negative, or all are zero.
        """
        parts = _whole_numbers(weights)
        whole = sum(parts)
        if not whole or any(part < 0 for part in parts):
            raise ValueError("A split needs weights that are not negative and not all zero.")
        if self.pence < 0:
            return [-share for share in (-self).split(parts)]
        shares = [self.pence * part // whole for part in parts]
        remainders = [self.pence * part % whole for part in parts]
        start = self.pence // len(parts) % len(parts)
        by_remainder = sorted(
            range(len(parts)),
            key=lambda place: (-remainders[place], (place - start) % len(parts)),
        )
        for place in by_remainder[: self.pence - sum(shares)]:
            shares[place] += 1
        return [Money(share) for share in shares]


ZERO = Money(0)


def _whole_numbers(weights: Sequence[int | Fraction | Decimal]) -> list[int]:
    """Weights in the same proportion as whole numbers, so that a split computes with those alone."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    common = lcm(*(below for _, below in ratios))
    return [above * (common // below) for above, below in ratios]


def line_amount(unit_price: Decimal, quantity: Decimal) -> Money:
    """Price in pounds times quantity, rounded half up to the penny once, at the line."""
    return Money.from_pounds(unit_price * quantity)


def vat_on(net: Money, rate_basis_points: int) -> Money:
    """VAT on the total of one VAT category, half up at the penny (EN 16931 BR-CO-17)."""
    return Money.from_pounds(net.pounds * rate_basis_points / BASIS_POINTS)
