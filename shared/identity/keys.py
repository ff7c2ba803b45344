"""Who is who on the bus: one deployment root key vouches for each service's key.

Whatever a service signs (tokens, manifests) carries the root's word about the signer in its header, so a receiver
needs nothing but the root's public key. A user of the bus can send what it likes: without the root's word it is
nobody, and a new key needs no distribution. Keys change while a process runs (ADR 0039).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from shared.errors import Unauthenticated
from shared.identity.founding import make_keys
from shared.identity.statements import UNREADABLE, sign
from shared.identity.verifying import Signer, Statement, Verifier
from shared.identity.watching import Watched

__all__ = ["TOKENS", "Keyring", "Signer", "Statement", "make_keys"]

TOKENS = "tokens"
"""The grant that lets a service sign people in."""


class Keyring:
    """One service's key, the root's word about it, the roots it believes and its secrets, as they are just now."""

    def __init__(self, service: str, watched: Watched[Verifier]) -> None:
        self.service = service
        self._watched = watched

    @classmethod
    def load(cls, folder: Path, service: str) -> "Keyring":
        """The keyring in ``folder``/``service``.json, as :func:`make_keys` wrote it, and what becomes of it."""
        path = folder / f"{service}.json"
        if not path.is_file():
            raise FileNotFoundError(f"no keys of {service} in {folder}: run `xiehui keys` or `xiehui setup`")
        return cls(service, Watched(path, Verifier.read))

    @property
    def secret(self) -> bytes:
        """The secret behind the service's indexes and its first seals. It never changes."""
        return self._watched.current().bundle.secret

    def sealing_secrets(self) -> Mapping[int, bytes]:
        """Later secrets for sealing, by number; the highest is the one to seal with."""
        return self._watched.current().bundle.sealing

    def look(self) -> None:
        """Look at the file at once."""
        self._watched.look()

    def sign(self, kind: str, payload: Mapping[str, Any]) -> str:
        """A compact JWS of ``payload``; ``kind`` keeps one sort of statement from passing for another."""
        bundle = self._watched.current().bundle
        if bundle.private is None:
            raise RuntimeError(f"{self.service} has no key to sign with")
        return sign(bundle.private, payload, {"typ": kind, "idn": bundle.identity})

    def verify(self, kind: str, token: str, *, remember: bool = True) -> tuple[dict[str, Any], Signer]:
        """What was signed and by whom; anything that does not hold is :class:`Unauthenticated`.

        Only the signature is remembered (by the token's hash): time and permission are the caller's to check, always.
        What is large and does not come again had better not be.
        """
        _, payload, signer = self.verify_one_of((kind,), token, remember=remember)
        return payload, signer

    def verify_one_of(self, kinds: Sequence[str], token: str, *, remember: bool = True) -> Statement:
        """The same, where a statement may be of several kinds."""
        try:
            statement = self._read(token, remember=remember)
            if statement.kind not in kinds:
                raise ValueError("another kind of statement")
        except UNREADABLE as error:
            raise Unauthenticated("登录凭据无效", "The token does not hold", code="bad-token") from error
        return statement

    def _read(self, token: str, *, remember: bool) -> Statement:
        verifier = self._watched.current()
        try:
            return verifier.statement(token, remember=remember)
        except UNREADABLE:
            # Signed under a root that this process has not heard of yet, perhaps: the signer looked first.
            self.look()
            if self._watched.current() is verifier:
                raise
        return self._watched.current().statement(token, remember=remember)
