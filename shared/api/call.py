"""What came with a request beside its arguments."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from math import isfinite, nan
from typing import Any

from shared import clock
from shared.bus.events import fit_id
from shared.errors import DeadlineExceeded, Malformed, Problem
from shared.text import negotiate

LONGEST_ADDRESS = 45
"""Characters in the longest way to write an IP address."""


@dataclass(frozen=True)
class Call:
    """The headers of a request's message, and whether the bus has delivered it before."""

    authorization: str | None = None
    language: str | None = None
    address: str | None = None
    """Where the request came from, as the gateway saw it; None where that is no address."""
    correlation_id: str = ""
    idempotency_key: str | None = None
    if_match: str | None = None
    deadline: str | None = None
    redelivered: bool = False

    @classmethod
    def of(cls, headers: Mapping[str, Any]) -> "Call":
        sent = {name: str(value) for name, value in headers.items() if value is not None}
        return cls(
            authorization=sent.get("authorization"),
            language=sent.get("accept-language"),
            address=_address(sent.get("client-address")),
            correlation_id=fit_id(sent.get("correlation-id", "")) or str(uuid.uuid4()),
            idempotency_key=sent.get("idempotency-key"),
            if_match=sent.get("if-match"),
            deadline=sent.get("deadline"),
            redelivered=headers.get("redelivered") is True,
        )

    def check_deadline(self) -> None:
        """Refuse what nobody waits for any more."""
        if self.deadline is None:
            return
        try:
            seconds_left = float(self.deadline) - clock.wall_now().timestamp()
        except ValueError:
            seconds_left = nan
        if not isfinite(seconds_left):
            raise Malformed("时限无法解读", "The deadline is no time")
        if seconds_left <= 0:
            raise DeadlineExceeded("请求已过时限，未予办理", "The deadline had passed: nothing was done")

    def refused(self, problem: Problem) -> dict[str, Any]:
        """The answer that ``problem`` is, in the caller's language."""
        document = problem.as_dict(negotiate(self.language))
        document["correlation_id"] = self.correlation_id
        return {"status": problem.status, "problem": document}


def _address(sent: str | None) -> str | None:
    """An IP address in its one form, without the zone that only its own machine knows."""
    plain = (sent or "").partition("%")[0]
    if not 0 < len(plain) <= LONGEST_ADDRESS:
        return None
    try:
        return str(ip_address(plain))
    except ValueError:
        return None
