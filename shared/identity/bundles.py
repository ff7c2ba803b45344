"""What a service is handed to be itself: its key, the root's word about it, whom it may believe, and its secrets."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from joserfc.jwk import OKPKey

from shared.identity.files import write_private
from shared.identity.roots import RETIRED, opened


@dataclass(frozen=True)
class Bundle:
    """One service's file. ``roots`` are the root keys it believes, ``retirement`` the root's word about keys that count
    no more, and ``former`` the ids of its own earlier keys.

    ``secret`` is what its blind indexes come from, and its first seals; ``sealing`` are later secrets for sealing, by
    number.
    """

    service: str
    private: OKPKey | None
    identity: str
    roots: tuple[OKPKey, ...]
    secret: bytes
    retirement: str | None = None
    former: tuple[str, ...] = ()
    sealing: Mapping[int, bytes] = field(default_factory=dict)
    retired: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        keys = opened(RETIRED, self.retirement, self.roots)["keys"] if self.retirement else ()
        object.__setattr__(self, "retired", frozenset(keys))

    @classmethod
    def read(cls, path: Path) -> Self:
        """The bundle in ``path``, also one of before keys could be rotated. Raises one of ``UNREADABLE`` for a list of
        retired keys that no root signed."""
        kept = json.loads(path.read_text())
        return cls(
            kept["service"],
            OKPKey.import_key(kept["private"]) if kept.get("private") else None,
            kept["identity"],
            tuple(map(OKPKey.import_key, kept.get("roots") or [kept["root"]])),
            base64.b64decode(kept["secret"]),
            kept.get("retirement"),
            tuple(kept.get("former", ())),
            {int(number): base64.b64decode(secret) for number, secret in kept.get("sealing", {}).items()},
        )

    def write(self, path: Path) -> None:
        write_private(
            path,
            {
                "service": self.service,
                "private": self.private.as_dict(private=True) if self.private else None,
                "identity": self.identity,
                "roots": [root.as_dict(private=False) for root in self.roots],
                "retirement": self.retirement,
                "former": list(self.former),
                "secret": base64.b64encode(self.secret).decode(),
                "sealing": {str(number): base64.b64encode(one).decode() for number, one in self.sealing.items()},
            },
        )
