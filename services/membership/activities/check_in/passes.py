"""Passes 入场凭证: made from the sign-up and the service's secret, the same at every print; none is kept (M9)."""

import hmac
import uuid

from services.membership.activities.check_in import rules
from services.membership.activities.sign_ups.models import SignUp
from shared.identity.sealing import Vault
from shared.store.tx import Tx


def token_of(vault: Vault, sign_up: uuid.UUID) -> str:
    """The pass of a sign-up: 128 bits that nobody can guess from its id."""
    return rules.Pass(sign_up, vault.blind(f"activity pass {sign_up}")[: rules.PROOF_LENGTH]).token


def read_pass(tx: Tx, token: str) -> SignUp:
    """The sign-up whose pass ``token`` is. Refused (M9) as :func:`rules.no_pass`, whatever is wrong with it."""
    said = rules.read(token)
    holds = hmac.compare_digest(token_of(tx.vault, said.sign_up).encode(), said.token.encode())
    sign_up = tx.find(SignUp, id=said.sign_up) if holds else None
    if sign_up is None:
        raise rules.no_pass()
    return sign_up
