"""What a unit is written about an invoice (M4)."""

from datetime import date

from services.membership.contacts.letters import letter_to
from services.membership.dues.models import Invoice
from services.membership.reminders.rules import Kind
from shared.mail.letters import Letter
from shared.money import format_yuan
from shared.text import chinese_day


def reminder_letter(kind: Kind, invoice: Invoice, unit_name: str, day: date) -> Letter:
    """The letter of a step: that dues were invoiced, that the last day to pay comes, or that it has passed."""
    due, open_ = chinese_day(invoice.due_on), format_yuan(invoice.owes)
    subject, asked = {
        Kind.ISSUED: ("会费缴纳通知", f"请于{due}（含）前缴清。"),
        Kind.BEFORE: ("会费缴纳提醒", f"最后缴费日为{due}，请届时缴清。"),
        Kind.OVERDUE: (
            "会费催缴通知",
            f"最后缴费日为{due}，至今已逾期{(day - invoice.due_on).days}天，请尽快缴清。如已缴付，请告知我们核对。",
        ),
    }[kind]
    amount = format_yuan(invoice.net)
    said = f"贵单位{invoice.year}年度会费为{amount}元，尚未缴付{open_}元。{asked}"
    return letter_to(unit_name, f"{invoice.year}年度{subject}", said, day)
