"""Sentences in the two languages people read here: Chinese first, English on request."""

from datetime import date
from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """The same sentence in Chinese and in English."""

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        return self.en if language == "en" else self.zh


def chinese_day(day: date) -> str:
    """A day as papers write it: 2020年12月24日."""
    return f"{day.year}年{day.month}月{day.day}日"


def negotiate(accept_language: str | None) -> Language:
    """The language to answer in: English only where the client ranks it above Chinese.

    ``accept_language`` is the header as sent, with its quality values; None and nonsense mean Chinese.
    """
    ranks: dict[str, float] = {}
    for part in (accept_language or "").split(","):
        tag, _, parameters = part.strip().partition(";")
        quality = parameters.partition("q=")[2].strip() if parameters else "1"
        try:
            rank = float(quality)
        except ValueError:
            continue
        primary = tag.strip().lower().split("-")[0]
        if primary in ("zh", "en"):
            ranks[primary] = max(rank, ranks.get(primary, 0.0))
    return "en" if ranks.get("en", 0.0) > ranks.get("zh", 0.0) else "zh"
