"""Who acts, as records keep it: the person behind the account, the account itself where there is none."""

import uuid

from shared.store.tx import Tx


def actor(tx: Tx) -> uuid.UUID | None:
    """The id of whoever asks; None for somebody who is not signed in, and for a service."""
    found = tx.principal.person or tx.principal.account
    return uuid.UUID(found) if found else None
