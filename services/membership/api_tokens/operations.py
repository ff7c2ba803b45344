"""API tokens 接口令牌: made and revoked by whose machine it is, or revoked by an administrator (M11)."""

import secrets
import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from services.membership.accounts.models import Account
from services.membership.accounts.rules import Secret, check_settled
from services.membership.api_tokens import rules
from services.membership.api_tokens.models import ApiToken
from services.membership.api_tokens.schemas import ApiTokenIn, ApiTokenMadeOut, ApiTokenOut
from services.membership.data import longest_api_token
from services.membership.second_factor.proving import check_factor
from services.membership.sessions.ending import Because, end_session
from services.membership.sessions.guessing import let_in
from services.membership.sessions.models import Session
from services.membership.sessions.own import running_session
from services.membership.sessions.rules import wrong_password
from services.membership.sessions.tokens import digest
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.clock import wall_now
from shared.errors import NotFound, Problem, TooMany
from shared.identity.principals import SIGNED_IN
from shared.standards.calendar import business_date
from shared.store.tx import Tx


class ApiTokens:
    """What machines ask with."""

    @operation(
        "POST /accounts/me/api-tokens",
        permission=SIGNED_IN,
        request=ApiTokenIn,
        response=ApiTokenMadeOut,
        label=("创建接口令牌", "Make an API token"),
        kind="create",
        rate="sign-in",
        errors=(TooMany,),
        secret=True,
    )
    def make_api_token(
        self, tx: Tx, password: str, name: str, scopes: Collection[str], expires_on: date
    ) -> ApiToken | Problem:
        """Makes a token for a machine: it may do what one may do oneself and the scopes name, through its last day of
        the real calendar, at most as long as data/sign_in.json says. A wrong password is counted as at the front door
        (M11)."""
        account = _own(tx)
        if let_in(tx, account.username, password) is None:
            return wrong_password()
        check_factor(tx, account)
        wanted, now = rules.scopes(scopes), wall_now()
        rules.check_last_day(expires_on, business_date(now), longest_api_token())
        token = rules.PREFIX + secrets.token_urlsafe(32)
        made = ApiToken(
            account_id=account.id, name=name, digest=digest(token), scopes=wanted, expires_on=expires_on, made_at=now
        )
        made.token = token
        tx.add(made)
        tx.flush()
        return made

    @operation(
        "GET /accounts/me/api-tokens",
        permission=SIGNED_IN,
        response=ApiTokenOut,
        label=("我的接口令牌", "My API tokens"),
        kind="list",
    )
    def list_my_api_tokens(self, tx: Tx, page: PageRequest) -> Page:
        """One's own tokens, the latest first, also those that hold no more (M11)."""
        return _listed(tx, page, _own(tx).id)

    @operation(
        "DELETE /accounts/me/api-tokens/{id}",
        permission=SIGNED_IN,
        label=("撤销接口令牌", "Revoke an API token"),
        kind="action",
        if_match=False,
    )
    def revoke_my_api_token(self, tx: Tx, id: uuid.UUID) -> None:
        """Ends one of one's own tokens for good, and what its machine is about to do (M11)."""
        _revoke(tx, _own(tx).id, id)

    @operation(
        "GET /accounts/{id}/api-tokens",
        permission="membership.account.read",
        response=ApiTokenOut,
        label=("账号的接口令牌", "API tokens of an account"),
        kind="list",
    )
    def list_api_tokens(self, tx: Tx, page: PageRequest, id: uuid.UUID) -> Page:
        """The tokens of an account, the latest first (M11)."""
        return _listed(tx, page, tx.get(Account, id).id)

    @operation(
        "DELETE /accounts/{id}/api-tokens/{token_id}",
        permission="membership.account.api_tokens",
        label=("撤销账号的接口令牌", "Revoke an API token of an account"),
        kind="action",
        if_match=False,
    )
    def revoke_api_token(self, tx: Tx, id: uuid.UUID, token_id: uuid.UUID) -> None:
        """Ends a token of anybody's for good (M11)."""
        _revoke(tx, id, token_id)


def _own(tx: Tx) -> Account:
    """The caller's account; not before the one-time secret has been exchanged."""
    account = tx.get(Account, running_session(tx).account_id)
    check_settled(Secret(account.secret))
    return account


def _listed(tx: Tx, page: PageRequest, account_id: uuid.UUID) -> Page:
    query = select(ApiToken).where(ApiToken.account_id == account_id)
    return tx.page(query, page, key=ApiToken.id, sorts={"made": ApiToken.made_at}, default="-made")


def _revoke(tx: Tx, account_id: uuid.UUID, id: uuid.UUID) -> None:
    if tx.find(ApiToken, id=id, account_id=account_id) is None:
        raise NotFound(f"没有这个{ApiToken.label.zh}", f"There is no such {ApiToken.label.en}")
    token = tx.lock(ApiToken, id)
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = wall_now(), tx.principal.name
    for session in tx.all(select(Session).where(Session.api_token_id == id, Session.ended_at.is_(None))):
        end_session(tx, session, Because.API_TOKEN_REVOKED)
