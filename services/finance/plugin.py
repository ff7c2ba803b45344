"""What finance is, for everybody outside of it."""

from pathlib import Path

from services.finance.base import Base
from services.finance.books import BOOKS
from services.finance.events import EVENTS
from services.finance.service import FinanceService
from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.identity.reach import OwnUnit
from shared.personal.operations import SEE, SWEEP
from shared.personal.terms import load
from shared.plugins import Plugin
from shared.text import Text

_READS_DUES = ["finance.receivable.read", "finance.collection_slip.read"]

PLUGIN = Plugin(
    name="finance",
    label=Text("财务", "Finance"),
    package="services.finance",
    service=FinanceService,
    models=Base.metadata,
    events=EVENTS,
    books=BOOKS,
    personal_data=load(Path(__file__).with_name("data") / "personal_data.json"),
    needs=["publishing", "governance", "membership"],
    grants={
        "service:membership": [SEE],
        "administrator": [PERMISSION, READ_AUDIT, SWEEP],
        "inspector": [READ_AUDIT],
        "accountant": [
            "finance.manuscript_fee.read",
            "finance.ledger.read",
            *_READS_DUES,
            "finance.expenditure.read",
            "finance.expenditure.request",
        ],
        "officer": [
            "finance.ledger.read",
            *_READS_DUES,
            "finance.expenditure.read",
            "finance.expenditure.request",
            "finance.expenditure.sign",
        ],
        "deputy_secretary_general": [
            "finance.ledger.read",
            *_READS_DUES,
            "finance.expenditure.read",
            "finance.expenditure.request",
        ],
        # Exactly what a signature in an absence takes (F2): how far it goes is the rule's business.
        "acting_secretary_general": ["finance.expenditure.read", "finance.expenditure.sign"],
        "cashier": ["finance.expenditure.read", "finance.payment.record", *_READS_DUES],
        "clerk": _READS_DUES,
        "representative": [OwnUnit(permission) for permission in _READS_DUES],
    },
)
