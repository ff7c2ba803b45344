"""Dues standards as the assembly's resolutions make and end them; there is no other way to one (M3, X7)."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.membership.dues import rules
from services.membership.dues.models import DuesAmount, DuesStandard
from shared.store.tx import Tx


def keep_dues_standard(tx: Tx, resolution: Mapping[str, Any]) -> None:
    """Keep the standard that a resolution on dues sets, as governance tells it; without amounts it passes by (M3)."""
    if resolution["dues_amounts"] is None:
        return
    lines = [rules.TierAmount(**each) for each in resolution["dues_amounts"]]
    amounts = rules.check_standard(resolution["body"], lines, resolution["effective_from"])
    resolution_id = resolution["resolution_id"]
    tx.hold(f"resolution {resolution_id}")
    if tx.find(DuesStandard, resolution_id=resolution_id) is None:
        tx.add(
            DuesStandard(
                resolution_id=resolution_id,
                resolution=resolution["number"],
                adopted_on=resolution["adopted_on"],
                effective_from=resolution["effective_from"],
                recorded_at=tx.now,
                amounts=[DuesAmount(tier=tier, amount=amount) for tier, amount in amounts.items()],
            )
        )


def end_dues_standard(tx: Tx, resolution_id: UUID, ended_on: date) -> None:
    """End the standard whose resolution does not stand any more; what was invoiced by it stays (X4, X7)."""
    standard = tx.find(DuesStandard, resolution_id=resolution_id)
    if standard is not None:
        standard.ended_on = ended_on
