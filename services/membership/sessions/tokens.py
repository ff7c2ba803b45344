"""Tokens: the short one that opens doors and the one that renews it (M11)."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from services.membership.accounts.models import Account
from services.membership.rights.rules import next_change
from services.membership.rights.today import rights_of
from services.membership.second_factor.proving import must_enrol_factor
from services.membership.sessions import rules
from services.membership.sessions.models import RefreshToken, Session
from services.membership.sessions.withdrawing import hold_rights, moment_of_issue
from shared import clock
from shared.clock import wall_now
from shared.identity.principals import ACCESS_LIFETIME, issue_access
from shared.standards.calendar import start_of_business_day
from shared.store.tx import Tx


@dataclass(frozen=True)
class Access:
    """What somebody signed in holds. ``refresh_token`` is None where the one at hand stays good; ``expires_in`` is the
    seconds for which the access token does."""

    access_token: str
    account: UUID
    roles: Sequence[str]
    units: Sequence[UUID]
    must_change_password: bool
    expires_in: int
    must_enrol_second_factor: bool
    refresh_token: str | None = None


def digest(refresh_token: str) -> str:
    """What is kept of a refresh token. It is random, so a plain hash hides it."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()


def access(
    tx: Tx,
    session: Session,
    account: Account,
    refresh_token: str | None = None,
    *,
    scopes: Collection[str] | None = None,
) -> Access:
    """What ``account`` may do today, in a token; a machine's is held to ``scopes``. It ends when the rights in it do.
    One that still has its one-time secret, or lacks the second factor its roles demand, gets a token of nobody: no
    roles, no person, no unit, good for nothing but the exchange or the enrolment.

    Refused as over: a session that ended meanwhile.
    """
    hold_rights(tx, account.id, session.id)
    tx.session.refresh(session)
    if session.ended_at is not None:
        raise rules.session_over()
    steps = rights_of(tx, [account])[account.id]
    today, change = steps[0].rights, next_change(steps)
    must_enrol = must_enrol_factor(tx, account, today.roles)
    settled = not account.must_change_password and not must_enrol
    units = rules.acts_for(today.units, session.unit_id) if settled else frozenset()
    roles = rules.acts_as(today.roles, units) if settled else []
    lifetime = rules.access_lifetime(ACCESS_LIFETIME, clock.now(), start_of_business_day(change) if change else None)
    token = issue_access(
        tx.keyring,
        account=str(account.id),
        person=str(account.person_id) if account.person_id and settled else None,
        session=str(session.id),
        roles=roles,
        units=map(str, units),
        lifetime=lifetime,
        issued_at=moment_of_issue(tx),
        scopes=scopes,
    )
    return Access(
        token,
        account.id,
        roles,
        sorted(units),
        account.must_change_password,
        int(lifetime.total_seconds()),
        must_enrol,
        refresh_token,
    )


def new_refresh_token(tx: Tx, session: Session) -> str:
    """The next refresh token of a session; shown once, kept as a hash."""
    token, now = secrets.token_urlsafe(32), wall_now()
    until = rules.refresh_until(session.started_at, now)
    tx.add(RefreshToken(session_id=session.id, digest=digest(token), issued_at=now, expires_at=until))
    return token


def forget_expired(tx: Tx) -> None:
    """Remove refresh tokens that hold no longer, used or not; those that somebody holds can go next time."""
    expired = (
        select(RefreshToken.id).where(RefreshToken.expires_at < wall_now()).limit(100).with_for_update(skip_locked=True)
    )
    tx.session.execute(delete(RefreshToken).where(RefreshToken.id.in_(expired)))
