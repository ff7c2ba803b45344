"""All of somebody's sessions: seen and ended, by themselves and by administrators (M11)."""

import uuid

from sqlalchemy import exists, or_, select

from services.membership.accounts.models import Account
from services.membership.accounts.rules import Secret, check_settled
from services.membership.sessions.ending import Because, end_session, end_sessions
from services.membership.sessions.guessing import hold_credentials
from services.membership.sessions.models import RefreshToken, Session
from services.membership.sessions.own import running_session
from services.membership.sessions.schemas import SessionLine, SignOutIn
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.clock import wall_now
from shared.errors import NotFound
from shared.identity.principals import SIGNED_IN
from shared.store.tx import Tx


class Everywhere:
    """Where somebody is signed in."""

    @operation(
        "GET /sessions",
        permission=SIGNED_IN,
        response=SessionLine,
        label=("我的登录", "My sessions"),
        kind="list",
    )
    def list_my_sessions(self, tx: Tx, page: PageRequest) -> Page:
        """One's own sessions that can go on, the latest first; of where they come from only the kind of network is
        known. Machines are listed with their API tokens (M11)."""
        mine = running_session(tx)
        check_settled(Secret(tx.get(Account, mine.account_id).secret))
        goes_on = exists().where(
            RefreshToken.session_id == Session.id, RefreshToken.used_at.is_(None), RefreshToken.expires_at > wall_now()
        )
        query = select(Session).where(
            Session.account_id == mine.account_id,
            Session.api_token_id.is_(None),
            Session.ended_at.is_(None),
            or_(goes_on, Session.id == mine.id),
        )
        sorts = {"started": Session.started_at, "used": Session.last_used_at}
        found = tx.page(query, page, key=Session.id, sorts=sorts, default="-started")
        mine.current = True
        return found

    @operation(
        "DELETE /sessions/{id}",
        permission=SIGNED_IN,
        label=("退出一处登录", "Sign out somewhere"),
        kind="action",
        if_match=False,
    )
    def end_my_session(self, tx: Tx, id: uuid.UUID) -> None:
        """Ends one of one's own sessions, also the current one; one that has ended stays so (M11)."""
        mine = running_session(tx)
        if tx.find(Session, id=id, account_id=mine.account_id) is None:
            raise NotFound(f"没有这个{Session.label.zh}", f"There is no such {Session.label.en}")
        session = tx.lock(Session, id)
        if session.ended_at is None:
            end_session(tx, session, Because.SIGNED_OUT_ELSEWHERE)

    @operation(
        "DELETE /sessions",
        permission=SIGNED_IN,
        request=SignOutIn,
        label=("退出全部登录", "Sign out everywhere"),
        kind="action",
        if_match=False,
    )
    def end_my_sessions(self, tx: Tx, keep_current: bool) -> None:
        """Ends all of one's own sessions, the current one too unless ``keep_current`` says otherwise (M11)."""
        mine = running_session(tx)
        hold_credentials(tx, tx.get(Account, mine.account_id).username)
        but = mine.id if keep_current else None
        end_sessions(tx, mine.account_id, Because.SIGNED_OUT_ELSEWHERE, but=but)

    @operation(
        "POST /accounts/{id}/sign-out",
        permission="membership.account.sign_out",
        label=("强制退出账号", "Sign an account out"),
        kind="action",
    )
    def sign_out_account(self, tx: Tx, id: uuid.UUID) -> None:
        """Ends every session of an account; whoever has its password can sign in again, and its API tokens hold until
        they are revoked (M11)."""
        account = tx.get(Account, id)
        hold_credentials(tx, account.username)
        end_sessions(tx, account.id, Because.SIGNED_OUT_BY_ADMINISTRATOR)
