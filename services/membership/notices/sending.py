"""Sending a unit something once: a collection slip, or whatever else is sent so (M3, M5)."""

import uuid
from collections.abc import Callable
from urllib.parse import quote

from services.membership.contacts.letters import letter_to
from services.membership.contacts.reaching import mail_unit
from services.membership.notices.models import Notice
from services.membership.notices.rules import Kind, Outcome
from services.membership.units.models import Unit
from shared.mail.letters import Letter
from shared.store.tx import Tx


def send_once(tx: Tx, unit_id: uuid.UUID, kind: Kind, about: str, letter: Callable[[], Letter]) -> Notice | None:
    """Send a unit the ``letter`` about a thing, where it was not sent before; None where it was.

    A unit without an address is noted too, and may be sent it once it has one.
    """
    tx.hold(f"notice {kind} {about} {unit_id}")
    notice = tx.find(Notice, unit_id=unit_id, kind=kind, about=about)
    if notice is not None and notice.outcome != Outcome.NO_ADDRESS:
        return None
    posted = mail_unit(tx, unit_id, letter(), kind=kind)
    if notice is None:
        notice = tx.add(Notice(unit_id=unit_id, kind=kind, about=about))
    notice.outcome, notice.recorded_at = Outcome.MAILED if posted else Outcome.NO_ADDRESS, tx.now
    if posted:
        notice.mail_id, notice.sent_to = posted
    return notice


def send_slip(tx: Tx, unit_id: uuid.UUID, slip: str) -> None:
    """Tell a unit, once, of the slip that finance made for it, and where it can be had (M5)."""

    def letter() -> Letter:
        address = f"{tx.public_url}/v1/finance/collection-slips/{quote(slip)}/pdf"
        said = f"贵单位会费已收清，收款单号为{slip}。收款单可由贵单位代表登录后下载：\n    {address}"
        return letter_to(tx.get(Unit, unit_id).name, f"会费收款单{slip}", said, tx.today)

    send_once(tx, unit_id, Kind.SLIP, slip, letter)
