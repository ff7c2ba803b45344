"""What the founding document gives publishing: columns, fee terms, what the newsletter is."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from services.publishing.fees.rules import Terms
from shared.text import Text


def _load(name: str) -> Any:
    return json.loads((files(__package__) / name).read_text("utf-8"))


@cache
def columns() -> dict[str, Text]:
    """The newsletter's columns 栏目 by code (P1)."""
    return {column["code"]: Text(**column["label"]) for column in _load("columns.json")["columns"]}


@cache
def fee_terms() -> tuple[Terms, ...]:
    """Every version of the fee terms (P6, X4)."""
    return tuple(Terms.from_data(version) for version in _load("fee_terms.json")["versions"])
