"""The yearly account of dues 会费专账: read, printed, and sent to the members (M3)."""

import uuid
from collections import Counter
from typing import Any

from sqlalchemy import func, select

from services.membership.contacts.letters import letter_to
from services.membership.dues.models import Invoice
from services.membership.dues_accounts import rules
from services.membership.dues_accounts.printing import pdf_of
from services.membership.dues_accounts.schemas import SUMS, DuesAccountOut, UnitAccountOut, YearIn
from services.membership.notices.rules import Kind, Outcome
from services.membership.notices.sending import send_once
from services.membership.units.models import Unit
from services.membership.units.rules import is_member
from shared.api.jobs import JobOut, RunningJob, job
from shared.api.operations import Download, operation
from shared.mail.letters import Attachment, Letter
from shared.money import format_yuan
from shared.store.tables import Job
from shared.store.tx import Tx

PDF = "application/pdf"


class DuesAccounts:
    """What the members are told of their dues each year."""

    @operation(
        "GET /dues-accounts/{year}",
        permission="membership.dues_account.read",
        request=YearIn,
        response=DuesAccountOut,
        label=("会费专账", "Account of a year's dues"),
        kind="figure",
    )
    def get_dues_account(self, tx: Tx, year: int) -> dict[str, Any]:
        """What was invoiced for a year, reduced, received and is open, by tier; as it stands today (M3)."""
        account = _account(tx, year)
        return {"year": account.year, "tiers": account.tiers, "total": account.total, "as_of": tx.today}

    @operation(
        "GET /dues-accounts/{year}/pdf",
        permission="membership.dues_account.read",
        request=YearIn,
        label=("打印会费专账", "Print the account of a year's dues"),
        kind="download",
        media_type=PDF,
    )
    def print_dues_account(self, tx: Tx, year: int) -> Download:
        """The account of a year's dues as PDF, as it stands today (M3)."""
        return Download(_filename(year), pdf_of(_account(tx, year), tx.now))

    @operation(
        "GET /units/{id}/dues-accounts/{year}",
        permission="membership.unit_account.read",
        request=YearIn,
        response=UnitAccountOut,
        label=("单位年度会费", "A unit's dues of a year"),
        kind="figure",
    )
    def get_unit_dues_account(self, tx: Tx, id: uuid.UUID, year: int) -> dict[str, Any]:
        """What one unit was invoiced for a year, what of it was reduced, and what it has paid (M3)."""
        unit = tx.get(Unit, id)
        total = rules.dues_account(year, _invoiced(tx, year, unit.id)).total
        return {"unit_id": unit.id, "year": year, "as_of": tx.today, **{name: getattr(total, name) for name in SUMS}}

    @operation(
        "POST /dues-accounts/{year}/sending",
        permission="membership.dues_account.send",
        request=YearIn,
        response=JobOut,
        label=("向会员报告会费专账", "Report a year's dues to the members"),
        kind="action",
        status=202,
    )
    def send_dues_account(self, tx: Tx, year: int) -> Job:
        """Starts a job that sends the account of a year, and what is the unit's own of it, to each member unit that has
        an address, once; run again it reaches those that have one since (M3). Refused (M3): a year that has not ended,
        one without invoices."""
        rules.check_sendable(year, tx.today.year, len(_invoiced(tx, year)))
        return tx.start_job("send-dues-account", year=year)

    @job("send-dues-account", label=("报告会费专账", "Report a year's dues"))
    def send_the_account(self, job: RunningJob, year: int) -> None:
        """Sends it, a unit a transaction."""
        with job.begin() as tx:
            pdf = Attachment(_filename(year), pdf_of(_account(tx, year), tx.now), PDF)
            units = tx.all(select(Unit).order_by(Unit.id))
            ids = [unit.id for unit in units if is_member(unit.left_on, tx.today)]
        outcomes: Counter[str | None] = Counter()
        for done, id in enumerate(ids):
            job.progress(done, len(ids))
            with job.begin() as tx:
                outcomes[_send(tx, tx.get(Unit, id), year, pdf)] += 1
        with job.begin() as tx:
            job.finish(tx, {"mailed": outcomes[Outcome.MAILED], "no_address": outcomes[Outcome.NO_ADDRESS]})


def _send(tx: Tx, unit: Unit, year: int, pdf: Attachment) -> str | None:
    def letter() -> Letter:
        own = rules.dues_account(year, _invoiced(tx, year, unit.id)).total
        due = f"应缴{format_yuan(own.invoiced)}元" + (f"，核减{format_yuan(own.reduced)}元" if own.reduced else "")
        sums = f"{due}，已缴{format_yuan(own.paid)}元，尚欠{format_yuan(own.owes)}元"
        said = f"现将{year}年度会费专账报告如附件。贵单位该年度{sums}。如有疑问，请与我们核对。"
        return letter_to(unit.name, f"{year}年度会费专账报告", said, tx.today, pdf)

    sent = send_once(tx, unit.id, Kind.ACCOUNT, str(year), letter)
    return sent.outcome if sent else None


def _account(tx: Tx, year: int) -> rules.DuesAccount:
    return rules.dues_account(year, _invoiced(tx, year))


def _invoiced(tx: Tx, year: int, unit_id: uuid.UUID | None = None) -> list[rules.Invoiced]:
    # Of invoices from before credit was kept it is not known what of them it settled: that counts as received.
    drawn = func.coalesce(Invoice.drawn, 0)
    figures = (Invoice.amount, Invoice.owes, Invoice.reduced, drawn, Invoice.credit)
    query = select(Invoice.unit_id, Invoice.tier, *figures).where(Invoice.year == year)
    if unit_id is not None:
        query = query.where(Invoice.unit_id == unit_id)
    return [rules.Invoiced(*row) for row in tx.session.execute(query)]


def _filename(year: int) -> str:
    return f"会费专账-{year}.pdf"
