"""How long the words of what members are sent are kept (X4, X11)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.text import Text

TERMS = Text("邮件内容保存规定", "terms for keeping what was sent")


@dataclass(frozen=True, slots=True)
class MailTerms:
    """One version: ``keep_days`` after a mail was sent or given up its address and words are erased."""

    version: str
    effective_from: date
    keep_days: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "MailTerms":
        """The terms as one entry of ``versions`` in data/mail.json gives them."""
        return cls(data["id"], date.fromisoformat(data["effective_from"]), data["keep_days"])
