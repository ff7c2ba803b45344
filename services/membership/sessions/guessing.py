"""Passwords compared, and guessing made slow: failures are counted by name and by address and make one wait (M11)."""

from collections.abc import Callable

from sqlalchemy import delete, select

from services.membership.accounts.credentials import matches
from services.membership.accounts.models import Account
from services.membership.addresses.counting import count_here, hold_here, left_here
from services.membership.sessions import rules
from services.membership.sessions.models import FailedSignIns
from shared.clock import wall_now
from shared.store.tx import Tx


def hold_credentials(tx: Tx, username: str) -> None:
    """Let nobody else sign in under, or change, what this name signs in with until the end of the transaction.

    So guesses under one name come one after the other, however many are sent at once.
    """
    tx.hold(f"credentials {_index(tx, username)}")


def let_in(tx: Tx, username: str, password: str, proof: Callable[[Account], bool] | None = None) -> Account | None:
    """The open account of this name if the password is its own and ``proof``, where there is one, holds as well; None,
    and one failure more, if not.

    The caller must *return* its refusal, so that the count stays. Raises TooMany while one has to wait, under this name
    or at this address; that is not counted. ``proof`` is asked only of an account that the password opens. It may
    raise: then there was neither a failure nor an end to failures.
    """
    hold_credentials(tx, username)
    now = wall_now()
    failed = tx.find(FailedSignIns, name_index=_index(tx, username))
    left = left_here(tx)
    if failed:
        left = max(left, rules.wait(failed.failures, failed.last_failed_at, now))
    if left:
        raise rules.locked(left)
    account = tx.find(Account, username=username)
    right = matches(account.password_hash if account else None, password)
    left = hold_here(tx)
    if left:
        raise rules.locked(left)
    if account is None or not right or not account.opens(now) or (proof is not None and not proof(account)):
        _count(tx, username, failed)
        count_here(tx)
        return None
    forgive(tx, username)
    return account


def forgive(tx: Tx, username: str) -> None:
    """Forget the failures under this name."""
    tx.session.execute(delete(FailedSignIns).where(FailedSignIns.name_index == _index(tx, username)))


def _count(tx: Tx, username: str, failed: FailedSignIns | None) -> None:
    now = wall_now()
    if failed is None:
        tx.add(FailedSignIns(name_index=_index(tx, username), failures=1, last_failed_at=now))
    else:
        failed.failures = rules.failures_now(failed.failures, failed.last_failed_at, now) + 1
        failed.last_failed_at = now
    # Anybody can make up names, so what no longer counts goes; rows that somebody holds can go next time.
    forgotten = (
        select(FailedSignIns.name_index)
        .where(FailedSignIns.last_failed_at < now - rules.FORGOTTEN_AFTER)
        .limit(100)
        .with_for_update(skip_locked=True)
    )
    tx.session.execute(delete(FailedSignIns).where(FailedSignIns.name_index.in_(forgotten)))


def _index(tx: Tx, username: str) -> str:
    return tx.vault.blind(f"signing in as {username}")
