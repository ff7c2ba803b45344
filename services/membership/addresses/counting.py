"""Failures counted by the place they come from (M11). Who asks from nowhere, as on the bus, is not counted."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.membership.addresses import rules
from services.membership.addresses.models import FailedAddress
from shared.clock import wall_now
from shared.store.tx import Tx


def left_here(tx: Tx) -> timedelta:
    """How much longer one has to wait where the caller is, as far as is known just now."""
    if tx.origin.address is None:
        return timedelta()
    columns = FailedAddress.failures, FailedAddress.counted_since, FailedAddress.last_failed_at
    found = tx.session.execute(select(*columns).where(FailedAddress.address_index == _index(tx))).one_or_none()
    return rules.wait(*found, wall_now()) if found else timedelta()


def hold_here(tx: Tx) -> timedelta:
    """The same for sure: nobody else is counted here until the end of the transaction.

    To be asked once a password has been compared, which takes long, and before anything is said about it: so many may
    be compared at once, and no more are answered than may be.
    """
    if tx.origin.address is None:
        return timedelta()
    tx.hold(f"address {_index(tx)}")
    return left_here(tx)


def count_here(tx: Tx) -> None:
    """Count a failure where the caller is, which is held."""
    if tx.origin.address is None:
        return
    index, now = _index(tx), wall_now()
    kept = select(FailedAddress.failures, FailedAddress.counted_since).where(FailedAddress.address_index == index)
    failures, since = tx.session.execute(kept).one_or_none() or (0, now)
    counted = rules.failures_now(failures, since, now)
    values = {"failures": counted + 1, "counted_since": since if counted else now, "last_failed_at": now}
    counting = insert(FailedAddress).values(address_index=index, **values)
    tx.session.execute(counting.on_conflict_do_update(index_elements=[FailedAddress.address_index], set_=values))
    # There are more addresses than anybody can count, so what no longer counts goes.
    forgotten = (
        select(FailedAddress.address_index)
        .where(FailedAddress.counted_since < now - rules.COUNTED_FOR)
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    tx.session.execute(delete(FailedAddress).where(FailedAddress.address_index.in_(forgotten)))


def _index(tx: Tx) -> str:
    return tx.vault.blind(f"signing in from {rules.place(str(tx.origin.address))}")
