"""The deployment's root key: what it vouches for, whom it has retired, and its own succession.

A root gives way in three steps, each of which everybody follows before the next: the ``next`` one is made and trusted,
it becomes the ``current`` one and vouches for all, the ``former`` one is trusted no longer.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from joserfc.jwk import OKPKey

from shared.clock import wall_now
from shared.identity.files import write_private
from shared.identity.statements import UNREADABLE, header_of, new_key, open_statement, sign

IDENTITY = "identity"
RETIRED = "retired"


@dataclass(frozen=True)
class Root:
    """``retired`` are the ids of keys that count no more; ``since`` is when the current key took over from another."""

    current: OKPKey
    next: OKPKey | None = None
    former: OKPKey | None = None
    retired: tuple[str, ...] = ()
    since: datetime | None = None

    @classmethod
    def new(cls) -> Self:
        return cls(new_key())

    @classmethod
    def read(cls, path: Path) -> Self:
        """The root in ``path``; one that was made before roots could give way is a bare key."""
        kept: dict[str, Any] = json.loads(path.read_text())
        if "current" not in kept:
            return cls(OKPKey.import_key(kept))
        since = kept.get("since")
        return cls(
            OKPKey.import_key(kept["current"]),
            OKPKey.import_key(kept["next"]) if kept.get("next") else None,
            OKPKey.import_key(kept["former"]) if kept.get("former") else None,
            tuple(kept.get("retired", ())),
            datetime.fromisoformat(since) if since else None,
        )

    def write(self, path: Path) -> None:
        write_private(
            path,
            {
                "current": self.current.as_dict(private=True),
                "next": self.next.as_dict(private=True) if self.next else None,
                # What it signed is still believed for a while; it signs nothing more.
                "former": self.former.as_dict(private=False) if self.former else None,
                "retired": list(self.retired),
                "since": self.since.isoformat() if self.since else None,
            },
        )

    @property
    def trusted(self) -> tuple[OKPKey, ...]:
        """The public keys whose word counts just now."""
        keys = (key for key in (self.current, self.next, self.former) if key is not None)
        return tuple(OKPKey.import_key(key.as_dict(private=False)) for key in keys)

    def prepared(self) -> Self:
        """With a successor at hand."""
        return self if self.next else replace(self, next=new_key())

    def succeeded(self) -> Self:
        """The successor has taken over."""
        assert self.next is not None, "prepared() comes first"
        return replace(self, current=self.next, next=None, former=self.current, since=wall_now())

    def finished(self) -> Self:
        """The one that gave way is trusted no longer."""
        return replace(self, former=None)

    def vouch(self, service: str, grants: Iterable[str], key: OKPKey) -> str:
        """The root's word that ``key`` is that service's, which may do what ``grants`` say.

        It has no end date: one that nobody renewed would stop the association. A key ends by being retired.
        """
        identity = {
            "service": service,
            "grants": list(grants),
            "key": key.as_dict(private=False),
            "iat": int(wall_now().timestamp()),
        }
        return sign(self.current, identity, {"typ": IDENTITY})

    def retirement(self) -> str | None:
        """The root's word about the keys that count no more; None where there are none."""
        return sign(self.current, {"keys": list(self.retired)}, {"typ": RETIRED}) if self.retired else None


def opened(kind: str, statement: str, roots: Sequence[OKPKey]) -> dict[str, Any]:
    """What one of ``roots`` stated; raises one of ``UNREADABLE`` where it was none of them."""
    header = header_of(statement)
    if header.get("typ") != kind:
        raise ValueError("another kind of statement")
    for number, root in enumerate(roots, 1):
        try:
            return open_statement(statement, root)
        except UNREADABLE:
            if number == len(roots):
                raise
    raise ValueError("no root is trusted")
