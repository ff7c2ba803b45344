"""Exact numbers: rounded once, at the end (M13, X2)."""

from decimal import Decimal
from fractions import Fraction


def rounded(number: Fraction, places: int) -> Decimal:
    """``number`` with so many decimal places, half away from zero, whatever its size."""
    scaled = abs(number) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    sign = "-" if number < 0 and whole else ""
    return Decimal(f"{sign}{whole}e-{places}")
