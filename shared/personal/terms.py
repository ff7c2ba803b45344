"""Why and how long a class of personal data is kept: data of each service, in versions (X4, X10, X11)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from shared.effective import in_force
from shared.text import Text


@dataclass(frozen=True, kw_only=True)
class Terms:
    """One version of how one class is kept by one service.

    ``years`` count from what ``counted_from`` says; 0 is until then, None is for good. ``must_be_kept``: there is a
    duty to keep it, so a wish to delete it does not end it early. ``separate_consent``: nothing is kept without a
    consent of its own.
    """

    of_class: str
    label: Text
    version: str
    effective_from: date
    purpose: Text
    basis: Text
    counted_from: Text
    years: int | None
    must_be_kept: bool
    separate_consent: bool
    assumption: Text | None

    @property
    def keeping(self) -> Text:
        """How long, in words."""
        if self.years is None:
            return Text("长期保存", "kept for good")
        if self.years == 0:
            return Text(f"保存至{self.counted_from.zh}", f"kept until {self.counted_from.en}")
        return Text(f"{self.counted_from.zh}起{self.years}年", f"{self.years} years from {self.counted_from.en}")


def load(path: Path) -> tuple[Terms, ...]:
    """Every version of every class in a file such as ``data/personal_data.json``."""
    document = json.loads(path.read_text("utf-8"))
    return tuple(
        _terms(entry["class"], Text(**entry["label"]), version)
        for entry in document["classes"]
        for version in entry["versions"]
    )


def _terms(of_class: str, label: Text, version: dict[str, Any]) -> Terms:
    assumption = version["assumption"]
    return Terms(
        of_class=of_class,
        label=label,
        version=version["id"],
        effective_from=date.fromisoformat(version["effective_from"]),
        purpose=Text(**version["purpose"]),
        basis=Text(**version["basis"]),
        counted_from=Text(**version["counted_from"]),
        years=version["years"],
        must_be_kept=version["must_be_kept"],
        separate_consent=version["separate_consent"],
        assumption=Text(**assumption) if assumption else None,
    )


def terms_of(versions: Iterable[Terms], of_class: str, on: date) -> Terms:
    """The terms of a class in force on a business day. Refused where there are none (X4)."""
    own = [each for each in versions if each.of_class == of_class]
    label = own[0].label if own else Text(of_class, of_class)
    return in_force(own, on, Text(f"{label.zh}保存规定", f"terms for keeping {label.en}"))


def classes_of(versions: Iterable[Terms]) -> dict[str, Text]:
    """Every class there are terms for, with its labels."""
    return {each.of_class: each.label for each in versions}
