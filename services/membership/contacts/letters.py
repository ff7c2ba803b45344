"""How a letter to a unit is laid out."""

from datetime import date

from services.membership.data import signature
from shared.mail.letters import Attachment, Letter
from shared.text import chinese_day


def letter_to(unit_name: str, subject: str, said: str, day: date, *attachments: Attachment) -> Letter:
    """A letter of that day to a unit: who it is to, what is said, who signs."""
    return Letter(subject, f"{unit_name}：\n\n    {said}\n\n{signature().zh}\n{chinese_day(day)}\n", attachments)
