"""Ending sessions, and with them every token of theirs: none is renewed, and none holds any more (M11)."""

import uuid
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import select

from services.membership.sessions.models import Session
from services.membership.sessions.withdrawing import withdraw
from shared.clock import wall_now
from shared.store.tx import Tx


class Because(StrEnum):
    SIGNED_OUT = "signed_out"
    PASSWORD_CHANGED = "password_changed"
    SECRET_RESET = "secret_reset"
    ACCOUNT_CLOSED = "account_closed"
    TOKEN_REUSED = "token_reused"
    SIGNED_OUT_ELSEWHERE = "signed_out_elsewhere"
    SIGNED_OUT_BY_ADMINISTRATOR = "signed_out_by_administrator"
    SECOND_FACTOR_RESET = "second_factor_reset"
    API_TOKEN_REVOKED = "api_token_revoked"


def end_sessions(tx: Tx, account_id: uuid.UUID, because: Because, *, but: uuid.UUID | None = None) -> None:
    """End every session of an account that still runs, ``but`` one."""
    running = select(Session).where(Session.account_id == account_id, Session.ended_at.is_(None))
    if but is not None:
        running = running.where(Session.id != but)
    sessions = tx.all(running.order_by(Session.id).with_for_update().execution_options(populate_existing=True))
    _end(tx, sessions, because)


def end_session(tx: Tx, session: Session, because: Because) -> None:
    """End one session."""
    _end(tx, [session], because)


def _end(tx: Tx, sessions: Sequence[Session], because: Because) -> None:
    for session in sessions:
        session.ended_at, session.ended_because = wall_now(), because
    tx.flush()
    withdraw(tx, *(session.id for session in sessions))
