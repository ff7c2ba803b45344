"""Personal data at rest (X5): sealed so that only its service reads it, indexed so that it can be found again."""

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret)


class Vault:
    """Seals short texts with AES-256-GCM under a service's secret."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(_derive(secret, b"xiehui sealing v1"))
        self._index_key = _derive(secret, b"xiehui blind index v1")

    def seal(self, text: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, text.encode(), None)

    def unseal(self, sealed: bytes) -> str:
        """Raises cryptography's ``InvalidTag`` when the bytes were changed or another secret sealed them."""
        if len(sealed) < _NONCE:
            raise InvalidTag
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode()

    def blind(self, text: str) -> str:
        """An index by which equal texts are found without opening any: useless without the secret."""
        return hmac.new(self._index_key, text.encode(), sha256).hexdigest()
