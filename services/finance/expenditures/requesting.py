"""How a request to spend begins, whoever makes it (F1, F2, F3, F4)."""

import uuid

from services.finance.data import expenditure_bands
from services.finance.expenditures import rules
from services.finance.expenditures.following import announce
from services.finance.expenditures.models import Expenditure
from services.finance.signers.roster import heard_roster
from services.finance.signers.rules import Claim, signature_needed
from shared.store.tx import Tx


def request(tx: Tx, id: uuid.UUID, claim: Claim, *, kind: str, payee: str, purpose: str) -> Expenditure:
    """A new request under ``id``, waiting for the first thing it needs, and told where others wait for that."""
    need = signature_needed(claim, heard_roster(tx), tx.today, expenditure_bands())
    ruled = rules.request(id, claim, need)
    record = tx.add(
        Expenditure(
            id=ruled.id,
            kind=kind,
            payee=payee.strip(),
            purpose=purpose.strip(),
            amount=claim.amount,
            requester_id=claim.requester,
            claimant_id=claim.claimant or claim.requester,
            state=ruled.state,
            rule=ruled.rule,
            bands=need.bands,
            requested_on=tx.today,
            requested_at=tx.now,
            signatures=[],
        )
    )
    announce(tx, record)
    return record
