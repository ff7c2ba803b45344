"""Links 链接: given by an administrator, redeemed by whom they are for (M11, X8)."""

import uuid

from services.membership.accounts.credentials import hash_password
from services.membership.accounts.models import Account
from services.membership.accounts.rules import Secret, check_open, new_password, whose_account
from services.membership.data import common_passwords
from services.membership.links import rules
from services.membership.links.burning import burn_links
from services.membership.links.making import make_link
from services.membership.links.models import AccountLink
from services.membership.links.schemas import LinkIn, LinkOut, RedemptionIn, RedemptionOut
from services.membership.sessions.ending import Because, end_sessions
from services.membership.sessions.guessing import forgive, hold_credentials
from services.membership.sessions.tokens import digest
from shared.api.operations import operation
from shared.clock import wall_now
from shared.identity.duties import Act
from shared.identity.principals import PUBLIC
from shared.store.tx import Tx


class Links:
    """How a password comes about that nobody else has seen."""

    @operation(
        "POST /accounts/{id}/links",
        permission="membership.account.link",
        request=LinkIn,
        response=LinkOut,
        label=("生成账号链接", "Give a link to an account"),
        kind="action",
        status=201,
        secret=True,
        apart=Act.HANDLES,
    )
    def give_link(self, tx: Tx, id: uuid.UUID, purpose: str) -> AccountLink:
        """Gives a link by which its holder sets the account's password, once, until it expires (data/sign_in.json);
        one given before holds no more. What signs in now does so until then (M11, X8)."""
        account = tx.get(Account, id)
        hold_credentials(tx, account.username)
        account = tx.lock(Account, id)
        tx.keep_apart(whose_account(account.id, account.person_id))
        check_open(account.closed)
        rules.check_purpose(rules.Purpose(purpose), account.secret == Secret.OWN)
        return make_link(tx, account, rules.Purpose(purpose), tx.principal.name)

    @operation(
        "POST /links/redemption",
        permission=PUBLIC,
        request=RedemptionIn,
        response=RedemptionOut,
        label=("用链接设定密码", "Set a password by a link"),
        kind="action",
        rate="sign-in",
        secret=True,
    )
    def redeem_link(self, tx: Tx, token: str, new_password: str) -> Account:
        """Sets a password by a link and ends every session; a second factor stays as it is. Links that nobody gave,
        that were used or have expired are told alike (M11)."""
        known = tx.find(AccountLink, digest=digest(token))
        if known is None:
            raise rules.invalid()
        hold_credentials(tx, tx.get(Account, known.account_id).username)
        account, link, now = tx.lock(Account, known.account_id), tx.lock(AccountLink, known.id), wall_now()
        if not rules.holds(link.expires_at, link.spent, account.closed, now):
            raise rules.invalid()
        set_own_password(tx, account, new_password)
        link.redeemed_at = now
        tx.flush()
        burn_links(tx, account.id)
        forgive(tx, account.username)
        end_sessions(tx, account.id, Because.PASSWORD_CHANGED)
        return account


def set_own_password(tx: Tx, account: Account, text: str) -> None:
    """Give ``account`` a password of its own in place of whatever it signed in with."""
    password = new_password(text, username=account.username, common=common_passwords())
    account.password_hash, account.secret = hash_password(password), Secret.OWN
    account.secret_expires_at, account.changed_at = None, tx.now
