"""Amounts in Chinese capitals 大写金额, as papers about money state them beside the figures (F12)."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def capitals(fen: int) -> str:
    """``fen`` in capitals: 500000 is "伍仟元整", 499999 "肆仟玖佰玖拾玖元玖角玖分". ValueError below zero, and from
    10**18 on."""
    if not 0 <= fen < 10**18:
        raise ValueError("there are no capitals for such an amount")
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    said = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    elif cents and yuan:
        said += "零"
    if cents:
        return f"{said}{_DIGITS[cents]}分"
    return f"{said or '零元'}整"


def _whole(number: int) -> str:
    """A number above zero, by groups of four places; one 零 stands for however many zeros lie between digits."""
    said, gap = "", False
    for power in range(15, -1, -1):
        digit = number // 10**power % 10
        if digit:
            said += ("零" if gap and said else "") + _DIGITS[digit] + _PLACES[power % 4]
        gap = digit == 0
        if power % 4 == 0 and number // 10**power % 10**4:
            said += _GROUPS[power // 4]
    return said
