"""Effective-dated data (X4): each version names its clause, and a decision records the version it used."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Versioned:
    """One version of something that a rule reads; which one is in force, shared.effective says.

    ``version`` is a stable id such as "pass-marks-2020", ``clause`` says where the value stands,
    ``assumption`` is true where no document states it and the association may correct it.
    """

    version: str
    effective_from: date
    clause: str
    assumption: bool
