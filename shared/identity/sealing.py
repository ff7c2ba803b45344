"""Personal data at rest (X5): sealed so that only its service reads it, indexed so that it can be found again.

The first secret seals without a word about itself; each later one puts its number in front, which the seal covers.
Indexes, and what else is printed or compared for years, come from the first secret always (ADR 0039).
"""

import hmac
import os
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12
FIRST = 0
"""The number of the secret that seals without one."""
LAST = 255
"""The highest number there can be: it takes a byte."""


class LaterSecrets(Protocol):
    """Where secrets come from that were made after the first, such as a keyring."""

    def sealing_secrets(self) -> Mapping[int, bytes]: ...

    def look(self) -> None: ...


class Opened(NamedTuple):
    """What was sealed, and the number of the secret it was sealed with."""

    text: str
    number: int


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret)


class Vault:
    """Seals short texts with AES-256-GCM under a service's secrets: with the newest, and opens under any."""

    def __init__(self, secret: bytes, later: LaterSecrets | None = None) -> None:
        self._first = AESGCM(_derive(secret, b"xiehui sealing v1"))
        self._index_key = _derive(secret, b"xiehui blind index v1")
        self._later = later
        self._ciphers: dict[bytes, AESGCM] = {}

    def newest(self) -> int:
        """The number of the secret that seals now."""
        return max(self._secrets(), default=FIRST)

    def seal(self, text: str) -> bytes:
        nonce, number = os.urandom(_NONCE), self.newest()
        if number == FIRST:
            return nonce + self._first.encrypt(nonce, text.encode(), None)
        mark = bytes([number])
        return mark + nonce + self._cipher(self._secrets()[number]).encrypt(nonce, text.encode(), mark)

    def unseal(self, sealed: bytes) -> str:
        """Raises cryptography's ``InvalidTag`` when the bytes were changed or another secret sealed them."""
        return self.open(sealed).text

    def open(self, sealed: bytes) -> Opened:
        """What was sealed and with which secret; ``InvalidTag`` as :meth:`unseal`."""
        known = self._secrets()
        found = self._open(sealed)
        if found is None and self._later is not None:
            # Another process of the service has heard of a newer secret before this one, perhaps.
            self._later.look()
            found = self._open(sealed) if self._secrets() != known else None
        if found is None:
            raise InvalidTag
        return found

    def blind(self, text: str) -> str:
        """An index by which equal texts are found without opening any: useless without the secret."""
        return hmac.new(self._index_key, text.encode(), sha256).hexdigest()

    def _open(self, sealed: bytes) -> Opened | None:
        for number, cipher, start, mark in self._readings(sealed):
            body = sealed[start:]
            if len(body) < _NONCE:
                continue
            try:
                return Opened(cipher.decrypt(body[:_NONCE], body[_NONCE:], mark).decode(), number)
            except InvalidTag:
                continue
        return None

    def _readings(self, sealed: bytes) -> Iterator[tuple[int, AESGCM, int, bytes | None]]:
        """How it can be read: a seal of the first secret may begin with what looks like a number."""
        secret = self._secrets().get(sealed[0]) if sealed else None
        if secret is not None:
            yield sealed[0], self._cipher(secret), 1, sealed[:1]
        yield FIRST, self._first, 0, None

    def _secrets(self) -> Mapping[int, bytes]:
        return {} if self._later is None else self._later.sealing_secrets()

    def _cipher(self, secret: bytes) -> AESGCM:
        cipher = self._ciphers.get(secret)
        if cipher is None:
            cipher = self._ciphers[secret] = AESGCM(_derive(secret, b"xiehui sealing v1"))
        return cipher
