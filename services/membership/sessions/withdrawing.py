"""Access tokens that hold no more, before they end: of an account, or of one session of it (M11).

Whether a token came before its withdrawal or after it is settled by one clock, the database's, and one lock: tokens are
issued beside one another, and neither while rights change nor with rights read before they did.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from services.membership.sessions.models import Withdrawal
from shared.clock import wall_now
from shared.identity.withdrawals import KEPT
from shared.store.tx import Tx


def withdraw(tx: Tx, *whose: uuid.UUID) -> None:
    """Have no access token hold that was issued until now for these accounts or sessions, in whichever service it is
    shown once this is committed. The refresh token of a session that goes on brings the next."""
    if not whose:
        return
    for each in sorted(whose):
        tx.hold(_rights(each))
    for each in sorted(whose):
        row = insert(Withdrawal).values(whose=each, moment=func.clock_timestamp())
        later = func.greatest(Withdrawal.moment, row.excluded.moment)
        tx.session.execute(row.on_conflict_do_update(index_elements=[Withdrawal.whose], set_={"moment": later}))
    _forget(tx)
    tx.wakes.add("withdrawals")


def hold_rights(tx: Tx, account: uuid.UUID, session: uuid.UUID) -> None:
    """Let nothing be withdrawn of this account or session until the end of the transaction. What a token tells is to
    be read after this."""
    for each in sorted((account, session)):
        tx.hold(_rights(each), shared=True)


def moment_of_issue(tx: Tx) -> datetime:
    """The moment of a token that is issued under :func:`hold_rights`."""
    moment: datetime = tx.session.scalars(select(func.clock_timestamp())).one()
    return moment


def withdrawn(tx: Tx) -> Mapping[str, datetime]:
    """Everything that was withdrawn and may still be shown: account or session → moment."""
    rows = tx.all(select(Withdrawal).where(Withdrawal.moment > wall_now() - KEPT))
    return {str(row.whose): row.moment for row in rows}


def _forget(tx: Tx) -> None:
    """Remove what no token can be of any more; rows that somebody holds can go next time."""
    old = select(Withdrawal.whose).where(Withdrawal.moment < wall_now() - KEPT).limit(100)
    tx.session.execute(delete(Withdrawal).where(Withdrawal.whose.in_(old.with_for_update(skip_locked=True))))


def _rights(whose: uuid.UUID) -> str:
    return f"rights {whose}"
