"""The pact 自律公约: recorded in versions, signed, signatures withdrawn (M12)."""

import uuid
from datetime import date

from sqlalchemy import func, select

from services.membership.representatives.models import Representative
from services.membership.self_discipline.events import PactSigned, SignatureWithdrawn
from services.membership.self_discipline.pacts import rules
from services.membership.self_discipline.pacts.models import Pact, PactSignature
from services.membership.self_discipline.pacts.schemas import (
    PactIn,
    PactOut,
    SignatureIn,
    SignatureOut,
    SignatureQuery,
    WithdrawalIn,
)
from services.membership.units.models import Unit
from services.membership.units.rules import check_member
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.store.tx import Tx


class Pacts:
    """What the industry has bound itself to, and who has signed."""

    @operation(
        "POST /pacts",
        permission="membership.pact.record",
        request=PactIn,
        response=PactOut,
        label=("登记自律公约", "Record a version of the pact"),
        kind="create",
    )
    def record_pact(self, tx: Tx, title: str, text: str, adopted_on: date, effective_from: date) -> Pact:
        """Records the text of the pact as it was adopted; a new version takes the place of the one before from its
        first day on, and is signed anew (M12)."""
        tx.hold("pact versions")
        latest = tx.session.scalar(select(func.max(Pact.effective_from)))
        rules.check_version(adopted_on, effective_from, latest, tx.today)
        return tx.add(
            Pact(
                title=title,
                text=text,
                adopted_on=adopted_on,
                effective_from=effective_from,
                recorded_at=tx.now,
                recorded_by=tx.principal.name,
            )
        )

    @operation(
        "GET /pacts",
        permission="membership.pact.read",
        response=PactOut,
        label=("自律公约", "Versions of the pact"),
        kind="list",
    )
    def list_pacts(self, tx: Tx, page: PageRequest) -> Page:
        """Every version of the pact, the latest first (M12)."""
        sorts = {"effective_from": Pact.effective_from}
        return tx.page(select(Pact), page, key=Pact.id, sorts=sorts, default="-effective_from")

    @operation(
        "POST /units/{id}/pact-signatures",
        permission="membership.signature.make",
        request=SignatureIn,
        response=SignatureOut,
        label=("签署自律公约", "Sign the pact"),
        kind="create",
    )
    def sign_pact(
        self, tx: Tx, id: uuid.UUID, pact_id: uuid.UUID, person_id: uuid.UUID | None, signed_on: date | None
    ) -> PactSignature:
        """Signs a version of the pact for a member unit, through somebody who represents it that day; once (M12)."""
        unit = tx.get(Unit, id)
        pact = tx.get(Pact, pact_id)
        tx.hold(f"pact signatures of {unit.id}")
        day = signed_on or tx.today
        check_member(unit.left_on, day, "id")
        signer = person_id or (uuid.UUID(tx.principal.person) if tx.principal.person else None)
        terms = tx.all(select(Representative).filter_by(unit_id=unit.id, person_id=signer))
        standing = tx.find(PactSignature, pact_id=pact.id, unit_id=unit.id, withdrawn_on=None)
        rules.check_signing(
            day, pact.adopted_on, tx.today, [each.term for each in terms], standing.id if standing else None
        )
        signature = tx.add(
            PactSignature(
                pact_id=pact.id,
                unit_id=unit.id,
                person_id=signer,
                signed_on=day,
                recorded_at=tx.now,
                recorded_by=tx.principal.name,
            )
        )
        tx.emit(PactSigned.of(signature))
        return signature

    @operation(
        "GET /pact-signatures",
        permission="membership.signature.read",
        request=SignatureQuery,
        response=SignatureOut,
        label=("公约签署单位", "Signatories of the pact"),
        kind="list",
    )
    def list_signatures(
        self, tx: Tx, page: PageRequest, pact_id: uuid.UUID | None, unit_id: uuid.UUID | None, withdrawn: bool
    ) -> Page:
        """Who has signed, the latest first; one version, one unit, those withdrawn where asked for (M12)."""
        wanted = {"pact_id": pact_id, "unit_id": unit_id}
        query = select(PactSignature).filter_by(**{name: value for name, value in wanted.items() if value is not None})
        if not withdrawn:
            query = query.where(PactSignature.withdrawn_on.is_(None))
        sorts = {"signed": PactSignature.signed_on}
        return tx.page(query, page, key=PactSignature.id, sorts=sorts, default="-signed")

    @operation(
        "POST /pact-signatures/{id}/withdrawal",
        permission="membership.signature.withdraw",
        request=WithdrawalIn,
        response=SignatureOut,
        label=("撤回公约签署", "Withdraw a signature"),
        kind="action",
    )
    def withdraw_signature(self, tx: Tx, id: uuid.UUID, withdrawn_on: date | None, reason: str) -> PactSignature:
        """Withdraws a unit's signature on a day, for a reason; that it was given stays on file (M12, X7)."""
        signature = tx.change(PactSignature, id)
        day = withdrawn_on or tx.today
        rules.check_withdrawal(day, signature.signed_on, tx.today, signature.withdrawn_on)
        signature.withdrawn_on, signature.withdrawal_reason = day, reason
        signature.withdrawn_at, signature.withdrawn_by = tx.now, tx.principal.name
        tx.emit(SignatureWithdrawn.of(signature))
        return signature
