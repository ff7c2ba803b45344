"""One's own mail address 本人邮箱: set with the password, shown masked (M11, X5)."""

from typing import Any

from services.membership.accounts.models import Account
from services.membership.accounts.rules import Secret, check_settled
from services.membership.links.burning import burn_links
from services.membership.mail_addresses.schemas import OwnMailAddressIn, OwnMailAddressOut
from services.membership.sessions import rules
from services.membership.sessions.guessing import let_in
from services.membership.sessions.own import running_session
from shared.api.operations import operation
from shared.errors import Problem, TooMany
from shared.identity.principals import SIGNED_IN
from shared.standards.mail_address import MailAddress
from shared.store.tx import Tx


class OwnMailAddress:
    """Where one's own account gets mail."""

    @operation(
        "GET /accounts/me/mail-address",
        permission=SIGNED_IN,
        response=OwnMailAddressOut,
        label=("我的邮箱", "My mail address"),
        kind="detail",
    )
    def get_my_mail_address(self, tx: Tx) -> dict[str, Any]:
        """The address a link to set the password anew goes to: its first letter and its domain (X5)."""
        return _shown(tx, tx.get(Account, running_session(tx).account_id))

    @operation(
        "PUT /accounts/me/mail-address",
        permission=SIGNED_IN,
        request=OwnMailAddressIn,
        response=OwnMailAddressOut,
        label=("登记我的邮箱", "Set my mail address"),
        kind="action",
        if_match=False,
        rate="sign-in",
        errors=(TooMany,),
        secret=True,
    )
    def set_my_mail_address(self, tx: Tx, mail_address: str | None, password: str) -> dict[str, Any] | Problem:
        """Sets, or with null takes back, the address at which one gets a link to set a lost password anew; it takes the
        password, and burns the links there are (M11). The address is sealed (X5)."""
        address = None if mail_address is None else MailAddress.parse(mail_address)
        session = running_session(tx)
        account = tx.get(Account, session.account_id)
        check_settled(Secret(account.secret))
        if let_in(tx, account.username, password) is None:
            return rules.wrong_password()
        account = tx.lock(Account, session.account_id)
        account.mail_address = None if address is None else tx.vault.seal(address.reveal())
        burn_links(tx, account.id)
        return _shown(tx, account)


def address_of(tx: Tx, account: Account) -> MailAddress | None:
    """The address of an account, if it has one."""
    return MailAddress.parse(tx.vault.unseal(account.mail_address)) if account.mail_address else None


def _shown(tx: Tx, account: Account) -> dict[str, Any]:
    address = address_of(tx, account)
    return {"mail_address": address.masked if address else None}
