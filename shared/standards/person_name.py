"""Names of people, which are shown and compared but never keys (X5).

Chinese print spreads a two-character name over three places: 赵 进 is 赵进. So space within a Chinese name
means nothing; within a name in another script it separates words.
"""

import re
import unicodedata

_SPACE = re.compile(r"\s+")
_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def tidy(name: str) -> str:
    """The name as it is kept: composed (NFC), without outer space, and without inner space if it is Chinese.

    A name without a Chinese character keeps one ASCII space between its words.
    """
    composed = unicodedata.normalize("NFC", name)
    return _SPACE.sub("" if _HAN.search(composed) else " ", composed.strip())


def same_name(one: str, other: str) -> bool:
    """Whether the two are one name, white space apart and nothing else forgiven. People may share a name."""
    return _SPACE.sub("", tidy(one)) == _SPACE.sub("", tidy(other))
