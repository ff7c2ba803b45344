"""What the law and the founding document give finance: withholding, chart of accounts, bands, kinds of expense."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from services.finance.expenditures.rules import ExpenseKind
from services.finance.ledger.rules import Chart
from services.finance.manuscript_fees.rules import TaxTerms
from services.finance.signers.rules import Bands
from shared.text import Text


def _load(name: str) -> Any:
    return json.loads((files(__package__) / name).read_text("utf-8"))


@cache
def payee() -> Text:
    """Who receives what is paid to the association, as our papers name it (F12)."""
    return Text(**_load("payee.json")["payee"])


@cache
def withholding() -> tuple[TaxTerms, ...]:
    """Every version of the withholding on author's fees 稿酬 (F14, X4)."""
    return tuple(TaxTerms.from_data(version) for version in _load("manuscript_tax.json")["versions"])


@cache
def charts() -> tuple[Chart, ...]:
    """Every version of the chart of accounts 会计科目表 (F7, X4)."""
    return tuple(Chart.from_data(version) for version in _load("chart_2004.json")["versions"])


def chart_named(version: str) -> Chart:
    """The chart of accounts of that version."""
    return next(chart for chart in charts() if chart.version == version)


@cache
def expenditure_bands() -> tuple[Bands, ...]:
    """Every version of the bands 审批权限 by which expenditures are signed (F1, F2, F3, F4, X4)."""
    return tuple(Bands.from_data(version) for version in _load("expenditure_bands.json")["versions"])


@cache
def expenses() -> dict[str, ExpenseKind]:
    """The kinds of expense 费用种类 with their accounts, by code (F13)."""
    return {kind["code"]: ExpenseKind.from_data(kind) for kind in _load("expense_kinds.json")["kinds"]}


@cache
def expense_kinds() -> dict[str, Text]:
    """What the kinds of expense are called, by code (F13)."""
    return {code: kind.label for code, kind in expenses().items()}
