"""The collection slip 收款单 on paper: what stands on it, and the PDF of it (F12)."""

from pathlib import Path

from services.finance.data import payee
from services.finance.dues.capitals import capitals
from services.finance.dues.models import CollectionSlip
from services.finance.dues.schemas import MEANS
from shared.documents.pdf import Value, render
from shared.money import format_yuan
from shared.offload import off_hub
from shared.standards.calendar import BUSINESS_ZONE
from shared.text import chinese_day

TEMPLATE = Path(__file__).with_name("slip.typ")


def pdf_of(slip: CollectionSlip, payer: str) -> bytes:
    """The slip as PDF, marked 非票据; ``payer`` is what the unit is called."""
    inputs: dict[str, Value] = {
        "number": slip.number,
        "mark": {"zh": slip.mark.zh, "en": slip.mark.en},
        "issued_on": chinese_day(slip.issued_on),
        "payer": payer,
        "payee": payee().zh,
        "payee_en": payee().en,
        "year": slip.year,
        "amount": format_yuan(slip.amount),
        "capitals": capitals(slip.amount),
        "parts": [
            {
                "on": chinese_day(part.allocated_on),
                "means": MEANS[part.means].zh,
                "amount": format_yuan(part.amount),
            }
            for part in slip.allocations
        ],
    }
    return off_hub(
        render,
        TEMPLATE,
        inputs,
        title=f"会费收款单（{slip.mark.zh}） {slip.number}",
        made_at=slip.issued_at.astimezone(BUSINESS_ZONE),
        author=payee().zh,
    )
