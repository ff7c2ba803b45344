"""What must fit together about reductions of invoices (M3, X7)."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select

from services.membership.dues.models import Invoice
from services.membership.leaving.events import UnitLeft
from services.membership.leaving.models import UnitLeaving
from services.membership.leaving.schemas import UnitHasLeft
from services.membership.leaving.spans import members
from services.membership.reductions.events import InvoiceReduced
from services.membership.reductions.models import InvoiceReduction
from services.membership.reductions.rules import Billed, reduction
from services.membership.standards.models import DuesStandard
from services.membership.standards.months import Leaving, Months
from services.membership.units.models import Unit
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.books.matching import matched
from shared.text import Text


def invoices_are_reduced_to_their_months(look: Look) -> Faults:
    """Each invoice is owed through the month that its last reduction left, and each reduction is the standard's dues of
    the months that it took off (M3, X2)."""
    standards = {each.id: each.as_ruled() for each in look.session.scalars(select(DuesStandard))}
    by_invoice: defaultdict[UUID, list[InvoiceReduction]] = defaultdict(list)
    for each in look.session.scalars(select(InvoiceReduction).order_by(InvoiceReduction.id)):
        by_invoice[each.invoice_id].append(each)
    wanted: dict[UUID, object] = {}
    for invoice in look.session.scalars(select(Invoice)):
        standard, through = standards[invoice.standard_id], invoice.last_month
        for each in by_invoice[invoice.id]:
            taken = Months(each.last_month + 1, through).share(standard.amounts.get(invoice.tier, 0))
            # Without months for leaving it is all or nothing: the year in which the unit was none.
            fair = standard.leaving is Leaving.BY_MONTH or each.last_month < invoice.first_month
            wanted[each.id] = (invoice.unit_id, invoice.year, invoice.first_month, taken if fair else 0)
            through = each.last_month
        if invoice.owed_through != through:
            what = Text(f"应计费至{through}月", f"Should be owed through month {through}")
            yield Fault(f"dues_invoices {invoice.id}", what)
    found = (
        (each.id, (each.unit_id, each.year, each.first_month, each.amount))
        for several in by_invoice.values()
        for each in several
    )
    yield from matched("invoice_reductions", wanted, found)


def reductions_were_told_once(look: Look) -> Faults:
    """Each reduction was told once, as it is (M3)."""
    wanted: dict[UUID, object] = {
        each.id: (each.invoice_id, each.unit_id, each.leaving_id, each.amount, each.last_month, each.reduced_on)
        for each in look.session.scalars(select(InvoiceReduction))
    }
    names = ("id", "unit_id", "leaving_id", "amount", "owed_through", "reduced_on")
    told = ((each.data["reduction_id"], tuple(each.data[name] for name in names)) for each in look.told(InvoiceReduced))
    yield from matched(f"chassis.outbox {InvoiceReduced.type()}", wanted, told)


def nobody_owes_beyond_a_membership(look: Look) -> Faults:
    """Of no invoice a month is owed that its unit, which left, owes nothing for by the invoice's standard (M3)."""
    heard = {each.data["leaving_id"] for each in look.heard("membership", UnitLeft.type(), UnitHasLeft)}
    leavings = look.session.scalars(select(UnitLeaving)).all()
    awaited = {each.unit_id for each in leavings if each.id not in heard}
    left = look.session.scalars(select(Unit).where(Unit.id.in_({each.unit_id for each in leavings} - awaited))).all()
    billed = members(left, leavings)
    rows = select(Invoice, DuesStandard).join(DuesStandard, DuesStandard.id == Invoice.standard_id)
    # Invoices from before there were reductions stay as they were where the unit had left by then.
    rows = rows.where(Invoice.unit_id.in_(billed), Invoice.drawn.is_not(None))
    for invoice, kept in look.session.execute(rows):
        standard = kept.as_ruled()
        now = Billed(invoice.year, invoice.months_owed, standard.amounts.get(invoice.tier, 0))
        if reduction(now, standard, billed[invoice.unit_id]) is not None:
            yield Fault(
                f"dues_invoices {invoice.id}", Text("离会后的月份仍计费", "Owed for months after the unit left")
            )


CHECKS = (invoices_are_reduced_to_their_months, reductions_were_told_once, nobody_owes_beyond_a_membership)
