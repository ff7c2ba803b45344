"""Sentences that are kept and given out in both languages."""

from typing import Any

from shared.api import fields as f
from shared.text import Text

Sentence = dict[str, Any]
"""A sentence in a JSON column: "zh" and "en"."""


def kept(text: Text) -> Sentence:
    """``text`` for a JSON column."""
    return dict(text._asdict())


class SentenceOut(f.Schema):
    zh = f.String("中文", "Chinese")
    en = f.String("英文", "English")
