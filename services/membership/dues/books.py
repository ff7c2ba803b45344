"""What must fit together about dues: invoices by their standards and as finance has been paid them, and how units stand
(M3, M4)."""

from collections import Counter
from uuid import UUID

from sqlalchemy import select

from services.membership.dues import rules
from services.membership.dues.events import InvoiceIssued, UnitStandingChanged
from services.membership.dues.models import Invoice
from services.membership.dues.schemas import CreditUsed, InvoicePaid, InvoiceSettled
from services.membership.reductions.schemas import ReceivableReduced
from services.membership.standards.models import DuesStandard
from services.membership.units.models import Unit
from shared.books.declared import Fault, Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once
from shared.text import Text


def invoices_follow_standards(look: Look) -> Faults:
    """Each invoice is what its standard sets for its tier and months, and of nobody the assembly let off (M3)."""
    standards = {each.id: each.as_ruled() for each in look.session.scalars(select(DuesStandard))}
    for invoice in look.session.scalars(select(Invoice)):
        standard = standards[invoice.standard_id]
        should = invoice.months.share(standard.amounts.get(invoice.tier, 0))
        if invoice.amount != should:
            what = Text(
                f"会费 {invoice.amount} 分，按标准应为 {should} 分",
                f"Is {invoice.amount} fen, by its standard {should}",
            )
            yield Fault(f"dues_invoices {invoice.id}", what)
        if standard.waives(invoice.unit_id, invoice.tier, invoice.year):
            yield Fault(
                f"dues_invoices {invoice.id}", Text("决议减免的仍开具通知", "Invoiced though the assembly waived it")
            )


def invoices_were_told_once(look: Look) -> Faults:
    """Each invoice was told once, as it is (M3)."""
    names = ("unit_id", "year", "tier", "amount", "issued_on", "due_on", "standard_id")
    wanted = {each.id: tuple(getattr(each, name) for name in names) for each in look.session.scalars(select(Invoice))}
    yield from told_once(look, InvoiceIssued, wanted, *names)


def invoices_are_open_as_finance_said(look: Look) -> Faults:
    """Of each invoice so much is open as finance said last, and the slip is finance's (M4, F12)."""
    invoices = look.session.scalars(select(Invoice)).all()
    wanted: dict[UUID, tuple[int, str | None]] = {each.id: (each.amount, None) for each in invoices}
    said = [
        *look.heard("finance", "receivable.payment-received.v1", InvoicePaid),
        *look.heard("finance", "receivable.credit-used.v1", CreditUsed),
        *look.heard("finance", "receivable.reduced.v1", ReceivableReduced),
        *look.heard("finance", "receivable.settled.v1", InvoiceSettled),
    ]
    for event in sorted(said, key=lambda event: event.position):
        id, slip = event.data["invoice_id"], event.data.get("slip")
        wanted[id] = (0, slip) if slip else (event.data["owes"], wanted.get(id, (0, None))[1])
    states = {True: rules.InvoiceState.OPEN.value, False: rules.InvoiceState.SETTLED.value}
    yield from matched(
        "dues_invoices",
        {id: (owes, slip, states[owes > 0]) for id, (owes, slip) in wanted.items()},
        ((each.id, (each.owes, each.slip, each.state)) for each in invoices),
    )


def invoices_are_reduced_and_overpaid_as_finance_said(look: Look) -> Faults:
    """Each invoice is so much less, and so much of it is credit used and credit made, as finance said in all (M3)."""
    invoices = look.session.scalars(select(Invoice)).all()
    sums: dict[UUID, Counter[str]] = {each.id: Counter() for each in invoices}
    for paid in look.heard("finance", "receivable.payment-received.v1", InvoicePaid):
        sums[paid.data["invoice_id"]]["credit"] += paid.data["credit"]
    for drawn in look.heard("finance", "receivable.credit-used.v1", CreditUsed):
        sums[drawn.data["invoice_id"]]["drawn"] += drawn.data["amount"]
    for reduced in look.heard("finance", "receivable.reduced.v1", ReceivableReduced):
        sums[reduced.data["invoice_id"]]["reduced"] += reduced.data["amount"]
        sums[reduced.data["invoice_id"]]["credit"] += reduced.data["released"]
    drawn_of = {each.id: sums[each.id]["drawn"] if each.drawn is None else each.drawn for each in invoices}
    yield from matched(
        "dues_invoices",
        {id: (of["reduced"], of["drawn"], of["credit"]) for id, of in sums.items()},
        ((each.id, (each.reduced, drawn_of[each.id], each.credit)) for each in invoices),
    )


def standings_are_as_told(look: Look) -> Faults:
    """A unit stands as was told last, and each time it was told what was told before; it begins well (M4)."""
    units = look.session.execute(select(Unit.id, Unit.standing)).all()
    wanted: dict[UUID, object] = dict.fromkeys((row.id for row in units), rules.Standing.GOOD.value)
    for each in look.told(UnitStandingChanged):
        unit = each.data["id"]
        yield from matched(f"chassis.outbox {each.id}", {unit: wanted.get(unit)}, [(unit, each.data["before"])])
        wanted[unit] = each.data["standing"]
    yield from matched("standing of units", wanted, ((row.id, row.standing) for row in units))


CHECKS = (
    invoices_follow_standards,
    invoices_were_told_once,
    invoices_are_open_as_finance_said,
    invoices_are_reduced_and_overpaid_as_finance_said,
    standings_are_as_told,
)
