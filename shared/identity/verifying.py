"""Reads what others signed, as far as one bundle lets them be believed."""

import hashlib
import threading
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from joserfc.jwk import OKPKey

from shared.identity.bundles import Bundle
from shared.identity.roots import IDENTITY, opened
from shared.identity.statements import header_of, key_id, open_statement

REMEMBERED = 4096


@dataclass(frozen=True)
class Signer:
    """Who signed: the service's name and what the root lets it vouch for."""

    service: str
    grants: frozenset[str]


class Statement(NamedTuple):
    """What was signed: of which kind, what it says, and by whom."""

    kind: str
    payload: dict[str, Any]
    signer: Signer


class Verifier:
    """Reads statements and remembers those that held, by their hash. Another bundle needs another verifier, so what
    was believed because of a root or key that counts no more is not remembered beyond it."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self._seen: OrderedDict[bytes, Statement] = OrderedDict()
        self._forgetting = threading.Lock()

    @classmethod
    def read(cls, path: Path) -> Self:
        """A verifier for the bundle at ``path``."""
        return cls(Bundle.read(path))

    def statement(self, token: str, *, remember: bool = True) -> Statement:
        """What ``token`` states. Raises one of ``UNREADABLE`` where it does not hold."""
        digest = hashlib.sha256(token.encode(errors="backslashreplace")).digest()
        statement = self._seen.get(digest)
        if statement is None:
            statement = self._read(token)
            if remember:
                self._remember(digest, statement)
        else:
            with suppress(KeyError):  # forgotten just now, by another thread
                self._seen.move_to_end(digest)
        return statement

    def _remember(self, digest: bytes, statement: Statement) -> None:
        with self._forgetting:
            self._seen[digest] = statement
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)

    def _read(self, token: str) -> Statement:
        header = header_of(token)
        identity = opened(IDENTITY, str(header["idn"]), self.bundle.roots)
        key = OKPKey.import_key(identity["key"])
        if key_id(key) in self.bundle.retired:
            raise ValueError("a retired key")
        signer = Signer(identity["service"], frozenset(identity["grants"]))
        return Statement(str(header.get("typ")), open_statement(token, key), signer)
