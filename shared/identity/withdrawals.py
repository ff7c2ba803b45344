"""Tokens that are withdrawn before they end, as one process remembers them (ADR 0033).

A withdrawal says of an account or of a session, by its id, that no access token issued up to a moment holds any more.
It need not be remembered for longer than such a token could have lasted.
"""

import threading
from collections.abc import Mapping
from datetime import timedelta

from shared.clock import wall_now
from shared.identity.keys import TOKENS, Keyring

KIND = "withdrawals"
KEPT = timedelta(minutes=20)
"""How long a withdrawal is kept: as long as an access token lasts at most, and what clocks may differ by."""


class Withdrawals:
    """What one process has heard. What it knows it keeps for its time, whatever is said later: a statement that is old,
    or of another process that has not seen the latest, takes nothing back. Moments are seconds since the epoch."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._learning = threading.Lock()

    def learn(self, said: Mapping[str, float]) -> None:
        """Add what a statement says (account or session → moment), and forget what no token can be of any more."""
        oldest = (wall_now() - KEPT).timestamp()
        with self._learning:
            known = {whose: moment for whose, moment in self._until.items() if moment > oldest}
            for whose, moment in said.items():
                if moment > max(oldest, known.get(whose, 0.0)):
                    known[whose] = moment
            self._until = known

    def cover(self, account: str, session: str, issued: float) -> bool:
        """Whether a token of this account and session, issued at that moment, was withdrawn."""
        until = self._until
        return issued <= until.get(account, 0.0) or issued <= until.get(session, 0.0)


def stated(keyring: Keyring, withdrawn: Mapping[str, float]) -> str:
    """The signed statement that these are withdrawn (account or session → moment)."""
    return keyring.sign(KIND, {"withdrawn": withdrawn})


def read_statement(keyring: Keyring, statement: str) -> Mapping[str, float] | None:
    """What a statement says; None where it is of somebody who signs nobody in, or says nothing of the kind.

    One that does not hold is :class:`shared.errors.Unauthenticated`.
    """
    said, signer = keyring.verify(KIND, statement, remember=False)
    withdrawn = said.get("withdrawn")
    if TOKENS not in signer.grants or not isinstance(withdrawn, dict):
        return None
    return {whose: moment for whose, moment in withdrawn.items() if isinstance(moment, int | float)}
