"""One's own account 本人账号: seen, and given another password (M11)."""

from uuid import UUID

from services.membership.accounts import rules as account_rules
from services.membership.accounts.credentials import hash_password
from services.membership.accounts.models import Account
from services.membership.accounts.schemas import AccountOut
from services.membership.data import common_passwords
from services.membership.links.burning import burn_links
from services.membership.rights.today import shown
from services.membership.sessions import rules
from services.membership.sessions.ending import Because, end_sessions
from services.membership.sessions.guessing import let_in
from services.membership.sessions.models import Session
from services.membership.sessions.schemas import AccessOut, PasswordIn
from services.membership.sessions.tokens import Access, access
from shared.api.operations import operation
from shared.errors import Problem, TooMany
from shared.identity.principals import SIGNED_IN
from shared.store.tx import Tx


class OwnAccount:
    """What everybody may do for themselves."""

    @operation(
        "GET /accounts/me",
        permission=SIGNED_IN,
        response=AccountOut,
        label=("我的账号", "My account"),
        kind="detail",
    )
    def get_my_account(self, tx: Tx) -> Account:
        """One's own account; not before the one-time secret has been exchanged (M11)."""
        account = tx.get(Account, running_session(tx).account_id)
        account_rules.check_settled(account_rules.Secret(account.secret))
        return shown(tx, account)

    @operation(
        "PUT /accounts/me/password",
        permission=SIGNED_IN,
        request=PasswordIn,
        response=AccessOut,
        label=("修改密码", "Change the password"),
        kind="action",
        if_match=False,
        rate="sign-in",
        errors=(TooMany,),
        secret=True,
    )
    def change_my_password(self, tx: Tx, old_password: str, new_password: str) -> Access | Problem:
        """Replaces one's password or one-time secret. Other sessions end; this one goes on, under the token that
        is the answer and with the refresh token it has (M11)."""
        session = running_session(tx)
        username = tx.get(Account, session.account_id).username
        if let_in(tx, username, old_password) is None:
            return rules.wrong_password("old_password")
        account = tx.lock(Account, session.account_id)
        password = account_rules.replacement(
            new_password, given=old_password, username=username, common=common_passwords()
        )
        account.password_hash, account.secret = hash_password(password), account_rules.Secret.OWN
        account.secret_expires_at, account.changed_at = None, tx.now
        burn_links(tx, account.id)
        end_sessions(tx, account.id, Because.PASSWORD_CHANGED, but=session.id)
        return access(tx, session, account)


def running_session(tx: Tx) -> Session:
    """The session the caller's token belongs to, if it still runs and the account is open; else 401. A machine's token
    is a 403: nobody's account is in its hands."""
    rules.check_person_acts(tx.principal.scopes is not None)
    session = tx.find(Session, id=UUID(tx.principal.session))
    if session is None or session.ended_at is not None or tx.get(Account, session.account_id).closed:
        raise rules.session_over()
    return session
