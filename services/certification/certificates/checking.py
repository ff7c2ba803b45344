"""The token in a certificate's QR code, which opens the holder's name on the public check (C7, X12)."""

import hmac
from typing import Any

from services.certification.certificates.models import Certificate
from shared.identity.sealing import Vault
from shared.store.tx import Tx

TOKEN_LENGTH = 32


def token_of(vault: Vault, number: str) -> str:
    """The token of a certificate: 128 bits, the same at every print, not to be guessed from the number."""
    return vault.blind(f"certificate check {number}")[:TOKEN_LENGTH]


def token_holds(vault: Vault, number: str, token: str | None) -> bool:
    return token is not None and hmac.compare_digest(token_of(vault, number).encode(), token.encode())


def check_url(tx: Tx, number: str) -> str:
    """The address in the QR code."""
    return f"{tx.public_url}/v1/certification/certificates/{number}/check?token={token_of(tx.vault, number)}"


class Checkable:
    """A certificate together with the address of its public check."""

    def __init__(self, tx: Tx, certificate: Certificate) -> None:
        self._certificate = certificate
        self.check_url = check_url(tx, certificate.number)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._certificate, name)
