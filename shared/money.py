"""Money: integer fen inside, decimal strings outside (X2).

Nothing here rounds: an amount that is not a whole number of fen is refused where it comes in.
"""

import re

from shared.errors import Refused

_AMOUNT = re.compile(r"(?P<sign>-?)(?P<yuan>0|[1-9][0-9]{0,12})(?:\.(?P<fen>[0-9]{1,2}))?", re.ASCII)


def parse_yuan(amount: str, *, negative: bool = False) -> int:
    """Fen of a decimal string such as "1234.50".

    At most two decimal places, ASCII digits, no exponent, no grouping, no plus sign; a minus only where
    ``negative`` allows it. Anything else is refused (X2).
    """
    match = _AMOUNT.fullmatch(amount) if isinstance(amount, str) else None
    if match is None or (match["sign"] and not negative):
        raise Refused(
            "X2",
            "金额须为不超过两位小数的十进制数，如 1234.50",
            "An amount is a decimal number with at most two places, such as 1234.50",
            code="amount",
        )
    fen = int(match["yuan"]) * 100 + int((match["fen"] or "0").ljust(2, "0"))
    return -fen if match["sign"] else fen


def format_yuan(fen: int) -> str:
    """The decimal string of ``fen``, always with two places."""
    sign, value = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{value // 100}.{value % 100:02d}"
