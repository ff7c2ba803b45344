"""Sessions 登录: signing in, going on, signing out (M11)."""

import uuid
from functools import partial

from services.membership.accounts.models import Account
from services.membership.accounts.rules import comparable_username
from services.membership.addresses.rules import network
from services.membership.representatives.operations import units_of
from services.membership.second_factor.proving import proven
from services.membership.sessions import rules
from services.membership.sessions.ending import Because, end_session
from services.membership.sessions.guessing import let_in
from services.membership.sessions.models import RefreshToken, Session
from services.membership.sessions.own import running_session
from services.membership.sessions.schemas import RefreshIn, SessionIn, SessionOut
from services.membership.sessions.tokens import Access, access, digest, forget_expired, new_refresh_token
from shared.api.operations import operation
from shared.clock import wall_now
from shared.errors import Problem, TooMany, Unauthenticated
from shared.identity.principals import PUBLIC, SIGNED_IN
from shared.store.tx import Tx


class Sessions:
    """The front door."""

    @operation(
        "POST /sessions",
        permission=PUBLIC,
        request=SessionIn,
        response=SessionOut,
        label=("登录", "Sign in"),
        kind="create",
        rate="sign-in",
        errors=(Unauthenticated, TooMany),
        secret=True,
    )
    def sign_in(
        self, tx: Tx, username: str, password: str, unit_id: uuid.UUID | None, code: str | None
    ) -> Access | Problem:
        """Signs in with a password or a one-time secret, and a code where the account has a second factor
        (second-factor-needed without one). A wrong name, a wrong password and a wrong code are told alike; after five
        failures in a row under a name, or a hundred from one address, one waits, longer each time (M11)."""
        account = let_in(tx, comparable_username(username), password, partial(proven, tx, code))
        if account is None:
            return rules.not_signed_in()
        rules.check_choice(units_of(tx, account.person_id), unit_id)
        now = wall_now()
        session = tx.add(
            Session(
                account_id=account.id,
                unit_id=unit_id,
                network=network(tx.origin.address),
                started_at=now,
                last_used_at=now,
            )
        )
        tx.flush()
        forget_expired(tx)
        return access(tx, session, account, new_refresh_token(tx, session))

    @operation(
        "POST /sessions/refresh",
        permission=PUBLIC,
        request=RefreshIn,
        response=SessionOut,
        label=("续期登录", "Go on with a session"),
        kind="action",
        rate="public",
        errors=(Unauthenticated,),
        secret=True,
    )
    def refresh_session(self, tx: Tx, refresh_token: str) -> Access | Problem:
        """Exchanges a refresh token for the next one and an access token with the rights of today. A token that
        was exchanged before is in two hands: the session ends for both (M11)."""
        known = tx.find(RefreshToken, digest=digest(refresh_token))
        if known is None:
            raise rules.session_over()
        session, token = tx.lock(Session, known.session_id), tx.lock(RefreshToken, known.id)
        account, now = tx.get(Account, session.account_id), wall_now()
        if session.ended_at is not None or account.closed or token.expires_at <= now:
            raise rules.session_over()
        if token.used_at is not None:
            end_session(tx, session, Because.TOKEN_REUSED)
            return rules.session_over()
        token.used_at = session.last_used_at = now
        return access(tx, session, account, new_refresh_token(tx, session))

    @operation(
        "DELETE /sessions/current",
        permission=SIGNED_IN,
        label=("退出登录", "Sign out"),
        kind="action",
        if_match=False,
    )
    def sign_out(self, tx: Tx) -> None:
        """Ends the session; neither its refresh token nor its access token holds any more, in any service (M11)."""
        end_session(tx, running_session(tx), Because.SIGNED_OUT)
