"""A machine's way in: an API token for a short access token, again and again (M11)."""

from services.membership.accounts.models import Account
from services.membership.api_tokens import rules
from services.membership.api_tokens.models import ApiToken
from services.membership.api_tokens.schemas import ApiTokenUseIn
from services.membership.sessions.guessing import hold_credentials
from services.membership.sessions.models import Session
from services.membership.sessions.schemas import AccessOut
from services.membership.sessions.tokens import Access, access, digest
from shared.api.operations import operation
from shared.clock import wall_now
from shared.errors import Unauthenticated
from shared.identity.principals import PUBLIC
from shared.standards.calendar import business_date
from shared.store.tx import Tx


class Machines:
    """The side door."""

    @operation(
        "POST /sessions/api-token",
        permission=PUBLIC,
        request=ApiTokenUseIn,
        response=AccessOut,
        label=("接口令牌登录", "Sign a machine in"),
        kind="action",
        rate="sign-in",
        errors=(Unauthenticated,),
        secret=True,
    )
    def use_api_token(self, tx: Tx, api_token: str) -> Access:
        """Exchanges an API token for an access token with the rights of today, within the token's scopes; ask again
        when that has expired. Whatever does not hold is told alike, also where its owner could do nothing (M11)."""
        known = tx.find(ApiToken, digest=digest(api_token))
        if known is None:
            raise rules.invalid()
        # Whoever closes the account, signs it out or revokes the token does so before or after, never meanwhile.
        hold_credentials(tx, tx.get(Account, known.account_id).username)
        account, token, now = tx.lock(Account, known.account_id), tx.lock(ApiToken, known.id), wall_now()
        if not rules.holds(token.expires_on, token.revoked_at is not None, account.closed, business_date(now)):
            raise rules.invalid()
        token.last_used_at = now
        # One session for as long as nobody signs it out, so that what ends sessions ends this one as well.
        session = tx.find(Session, api_token_id=token.id, ended_at=None)
        if session is None:
            session = tx.add(Session(account_id=account.id, api_token_id=token.id, started_at=now))
        session.last_used_at = now
        tx.flush()
        allowed = access(tx, session, account, scopes=token.scopes)
        if allowed.must_change_password or allowed.must_enrol_second_factor:
            raise rules.invalid()
        return allowed
