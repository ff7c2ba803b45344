"""The reason why something was ended, withdrawn or set aside, which the record keeps (X7)."""

from shared.errors import Refused


def given(reason: str, rule: str = "X7") -> str:
    """``reason`` as it is kept, without outer white space. Refused by ``rule`` where it says nothing."""
    kept = reason.strip()
    if not kept:
        raise Refused(rule, "须说明理由", "Say why", code="reason-needed", field="reason")
    return kept
