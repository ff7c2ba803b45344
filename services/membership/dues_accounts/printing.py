"""The account of a year's dues 会费专账 on paper (M3)."""

from datetime import datetime
from pathlib import Path

from services.membership.data import signature
from services.membership.dues_accounts.rules import DuesAccount, Line
from services.membership.units.schemas import TIERS
from shared.documents.pdf import Value, render
from shared.money import format_yuan
from shared.offload import off_hub
from shared.standards.calendar import BUSINESS_ZONE, business_date
from shared.text import chinese_day

TEMPLATE = Path(__file__).with_name("account.typ")


def pdf_of(account: DuesAccount, now: datetime) -> bytes:
    """The account as PDF, as it stands at ``now``."""
    inputs: dict[str, Value] = {
        "year": account.year,
        "as_of": chinese_day(business_date(now)),
        "signed": signature().zh,
        "lines": [_cells(TIERS[line.tier].zh if line.tier else "", line) for line in account.tiers],
        "total": _cells("合计", account.total),
    }
    made_at, author = now.astimezone(BUSINESS_ZONE), signature().zh
    return off_hub(render, TEMPLATE, inputs, title=f"{account.year}年度会费专账", made_at=made_at, author=author)


def _cells(label: str, line: Line) -> list[Value]:
    amounts = (line.invoiced, line.reduced, line.received, line.credit, line.drawn, line.owes)
    sums = [format_yuan(fen) for fen in amounts]
    return [label, str(line.units), *sums, str(line.owing)]
