"""Whether somebody has the second factor of an account, and whether they cannot do without (M11)."""

from collections.abc import Collection

from services.membership.accounts.models import Account
from services.membership.data import signing_roles
from services.membership.rights.today import rights_today
from services.membership.second_factor import rules
from services.membership.second_factor.models import RecoveryCode, SecondFactor
from shared.clock import wall_now
from shared.settings import SIGNERS
from shared.store.tx import Tx


def held_factor(tx: Tx, account: Account) -> SecondFactor | None:
    """The factor of an account, confirmed or not."""
    return tx.find(SecondFactor, account_id=account.id, removed_at=None)


def confirmed_factor(tx: Tx, account: Account) -> SecondFactor | None:
    """The factor that signing in takes."""
    factor = held_factor(tx, account)
    return factor if factor is not None and factor.confirmed else None


def must_enrol_factor(tx: Tx, account: Account, roles: Collection[str]) -> bool:
    """Whether an account that has these ``roles`` is good for nothing but enrolling a factor
    (``XIEHUI_SECOND_FACTOR``)."""
    signers = tx.second_factor == SIGNERS
    enrolled = signers and confirmed_factor(tx, account) is not None
    return rules.must_enrol(roles, signing_roles(), signers=signers, enrolled=enrolled)


def check_factor(tx: Tx, account: Account) -> None:
    """Refuse whatever takes a factor to an account that lacks the one its roles demand."""
    rules.check_not_lacking(must_enrol_factor(tx, account, rights_today(tx, account).roles))


def proven(tx: Tx, code: str | None, account: Account) -> bool:
    """Whether ``code`` is one that the account's factor shows, or one on its paper; so is anything where there is no
    factor. A code that is right is spent. Raises Unauthenticated (second-factor-needed) where there is none.

    The account's credentials are held, so that of two who come with one code only the first is let in.
    """
    factor = confirmed_factor(tx, account)
    if factor is None:
        return True
    given = rules.normalise(code or "")
    if not given:
        raise rules.code_needed()
    return shown(tx, factor, given) if rules.timed(given) else _on_paper(tx, factor, given)


def shown(tx: Tx, factor: SecondFactor, code: str) -> bool:
    """Whether the device shows this normalised code, which is then spent."""
    assert factor.sealed_key is not None
    key = rules.key_of(tx.vault.unseal(factor.sealed_key))
    step = rules.accepted_step(key, code, wall_now(), factor.last_step)
    if step is not None:
        factor.last_step = step
    return step is not None


def _on_paper(tx: Tx, factor: SecondFactor, code: str) -> bool:
    recovery = tx.find(RecoveryCode, factor_id=factor.id, digest=digest(tx, factor, code), used_at=None)
    if recovery is not None:
        recovery.used_at = wall_now()
    return recovery is not None


def digest(tx: Tx, factor: SecondFactor, code: str) -> str:
    """What is kept of a normalised recovery code: short enough to be guessed from a plain hash, hence a keyed one."""
    return tx.vault.blind(f"recovery code of {factor.id}: {code}")
