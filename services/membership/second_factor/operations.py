"""Second factors 双重验证: enrolled, confirmed and removed, by whom they belong to; taken away by an administrator
where a device is lost (M11, X8)."""

import secrets
import uuid
from dataclasses import dataclass
from functools import partial

from services.membership.accounts.credentials import new_recovery_code
from services.membership.accounts.models import Account
from services.membership.accounts.rules import Secret, check_open, check_settled, whose_account
from services.membership.second_factor import rules
from services.membership.second_factor.models import RecoveryCode, SecondFactor
from services.membership.second_factor.proving import confirmed_factor, digest, held_factor, proven, shown
from services.membership.second_factor.schemas import (
    CodeIn,
    EnrolmentIn,
    EnrolmentOut,
    FactorOut,
    ProofIn,
    RecoveryCodesOut,
)
from services.membership.sessions.ending import Because, end_sessions
from services.membership.sessions.guessing import forgive, hold_credentials, let_in
from services.membership.sessions.own import running_session
from services.membership.sessions.rules import wrong_password
from shared.api.operations import operation
from shared.clock import wall_now
from shared.documents.qr import qr_svg
from shared.errors import Problem, TooMany
from shared.identity.duties import Act
from shared.identity.principals import SIGNED_IN
from shared.store.tx import Tx


@dataclass(frozen=True)
class Enrolment:
    """What is shown to whoever enrols."""

    secret: str
    uri: str
    qr_svg: str


@dataclass(frozen=True)
class Paper:
    """What is to be written down."""

    recovery_codes: list[str]


@dataclass(frozen=True)
class NoFactor:
    """What is told where there is no factor."""

    confirmed: bool = False
    confirmed_at: None = None
    recovery_codes_left: int = 0


class SecondFactors:
    """What one has, beside what one knows."""

    @operation(
        "GET /accounts/me/second-factor",
        permission=SIGNED_IN,
        response=FactorOut,
        label=("我的双重验证", "My second factor"),
        kind="detail",
    )
    def get_my_second_factor(self, tx: Tx) -> SecondFactor | NoFactor:
        """Whether signing in takes a code, and how many recovery codes are left (M11)."""
        return confirmed_factor(tx, _own(tx)) or NoFactor()

    @operation(
        "POST /accounts/me/second-factor",
        permission=SIGNED_IN,
        request=EnrolmentIn,
        response=EnrolmentOut,
        label=("设置双重验证", "Enrol a second factor"),
        kind="action",
        rate="sign-in",
        errors=(TooMany,),
        secret=True,
    )
    def enrol_second_factor(self, tx: Tx, password: str) -> Enrolment | Problem:
        """Gives the key for a device that shows codes (RFC 6238: SHA-1, six digits, 30 s). It counts once it is
        confirmed; until then another key takes its place. A wrong password is counted as at the front door (M11)."""
        account = _own(tx)
        if let_in(tx, account.username, password) is None:
            return wrong_password()
        factor = held_factor(tx, account)
        rules.check_not_enrolled(factor is not None and factor.confirmed)
        if factor is None:
            factor = tx.add(SecondFactor(account_id=account.id))
        key = secrets.token_bytes(rules.KEY_LENGTH)
        factor.sealed_key, factor.enrolled_at = tx.vault.seal(rules.shown_key(key)), wall_now()
        uri = rules.enrolment_uri(key, account.username)
        return Enrolment(rules.shown_key(key), uri, qr_svg(uri))

    @operation(
        "POST /accounts/me/second-factor/confirmation",
        permission=SIGNED_IN,
        request=CodeIn,
        response=RecoveryCodesOut,
        label=("确认双重验证", "Confirm the second factor"),
        kind="action",
        rate="sign-in",
        secret=True,
    )
    def confirm_second_factor(self, tx: Tx, code: str) -> Paper:
        """Takes the factor into use with a first code; the answer holds ten recovery codes, good for one sign-in each.
        Who had to enrol gets a token with their rights at the next refresh (M11)."""
        account = _own(tx)
        hold_credentials(tx, account.username)
        factor = held_factor(tx, account)
        rules.check_pending(factor is not None and not factor.confirmed)
        assert factor is not None
        given = rules.normalise(code)
        if not rules.timed(given) or not shown(tx, factor, given):
            raise rules.wrong_code()
        factor.confirmed_at = wall_now()
        codes = [new_recovery_code() for _ in range(rules.RECOVERY_CODES)]
        for each in codes:
            tx.add(RecoveryCode(factor_id=factor.id, digest=digest(tx, factor, rules.normalise(each))))
        return Paper(codes)

    @operation(
        "POST /accounts/me/second-factor/removal",
        permission=SIGNED_IN,
        request=ProofIn,
        label=("移除双重验证", "Remove the second factor"),
        kind="action",
        rate="sign-in",
        errors=(TooMany,),
        secret=True,
    )
    def remove_my_second_factor(self, tx: Tx, password: str, code: str) -> Problem | None:
        """Removes one's own factor, on password and code; wrong ones are counted as at the front door (M11)."""
        account = _own(tx)
        rules.check_enrolled(confirmed_factor(tx, account) is not None)
        if let_in(tx, account.username, password, partial(proven, tx, code)) is None:
            return rules.wrong_proof()
        _remove(tx, account)
        return None

    @operation(
        "POST /accounts/{id}/second-factor/removal",
        permission="membership.account.second_factor",
        label=("重置账号的双重验证", "Take the second factor off an account"),
        kind="action",
        apart=Act.HANDLES,
    )
    def reset_second_factor(self, tx: Tx, id: uuid.UUID) -> None:
        """Takes the factor off somebody's account who lost the device, and ends their sessions; nobody takes off their
        own that way (M11, X8)."""
        account = tx.get(Account, id)
        tx.keep_apart(whose_account(account.id, account.person_id))
        check_open(account.closed)
        hold_credentials(tx, account.username)
        _remove(tx, account)
        forgive(tx, account.username)
        end_sessions(tx, account.id, Because.SECOND_FACTOR_RESET)


def _own(tx: Tx) -> Account:
    """The caller's account; not before the one-time secret has been exchanged."""
    account = tx.get(Account, running_session(tx).account_id)
    check_settled(Secret(account.secret))
    return account


def _remove(tx: Tx, account: Account) -> None:
    factor = confirmed_factor(tx, account)
    rules.check_enrolled(factor is not None)
    assert factor is not None
    factor.removed_at, factor.removed_by, factor.sealed_key = wall_now(), tx.principal.name, None
