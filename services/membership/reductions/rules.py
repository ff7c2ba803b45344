"""By how much an invoice is reduced 核减 when the unit leaves (M3, X2, X7). Amounts are fen.

An invoice of a later year is owed for nothing once the unit has left before that. Where the standard has units pay by
month when they leave, one of that year is owed for the months through the last of the membership that it was made for.
Months are only ever taken off: a unit that comes back is invoiced again for the months since, see
:meth:`services.membership.dues.rules.Member.months_to_bill`. To add them to the old invoice again would open what a
slip says is settled, and its last day to pay may have passed long ago; a new invoice has a last day of its own, and
what was paid too much on the first is set against it as any credit is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.membership.dues.rules import Member
from services.membership.standards.months import Months
from services.membership.standards.rules import Standard


class Billed(NamedTuple):
    """An invoice: its year, the months of it that are owed now, and the dues of the whole year by its tier."""

    year: int
    months: Months
    whole: int


class Reduction(NamedTuple):
    """An invoice that is owed for fewer ``months`` from now on, and the ``amount`` that it is less."""

    months: Months
    amount: int


def reduction(billed: Billed, standard: Standard, member: Member) -> Reduction | None:
    """What ``member`` owes less of an invoice than before, None where nothing; ``standard`` is the invoice's (X4).

    The amounts of the months that are left, and of those that are not, add up to that of the invoice, to the fen (X2).
    """
    spans = member.months_in(billed.year, standard.joining, standard.leaving)
    last = _last_owed(billed.months, spans)
    amount = Months(last + 1, billed.months.last).share(billed.whole)
    return Reduction(Months(billed.months.first, last), amount) if amount else None


def _last_owed(months: Months, spans: Sequence[Months]) -> int:
    """The last of ``months`` that is owed, where the unit owes for ``spans``: those of the span that the months begin
    in. The month before the first where they begin in none."""
    for span in spans:
        if span.first <= months.first <= span.last:
            return min(months.last, span.last)
    return months.first - 1
