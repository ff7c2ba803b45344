"""What follows here from a body's decision on a unit: members admitted and removed (M1, X7).

A decision counts once, in whatever order and however often it is told.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from services.membership.applications import deciding as applications
from services.membership.decisions.models import UnitResolution
from services.membership.decisions.schemas import MotionRejected, ResolutionAdopted, ResolutionEnded
from services.membership.leaving import deciding as leaving
from services.membership.units.rules import ADMISSION, REMOVAL
from shared.bus.listening import on_event
from shared.store.tx import Tx

Consequence = Callable[[Tx, UnitResolution], None]

ADOPTED: Mapping[str, Consequence] = {ADMISSION: applications.admit, REMOVAL: leaving.remove}
REVOKED: Mapping[str, Consequence] = {ADMISSION: leaving.end_admission, REMOVAL: leaving.undo_removal}


class HeardDecisions:
    """Follows what the bodies decide."""

    @on_event("governance", "resolution.adopted.v1", ResolutionAdopted)
    def follow_resolution(self, tx: Tx, **resolution: Any) -> None:
        """Admits or removes a unit; resolutions on other matters pass by (M1)."""
        matter = resolution["matter"]
        if matter in ADOPTED:
            kept = _kept(tx, resolution)
            if kept.adopted_on is None:
                kept.number, kept.adopted_on = resolution["number"], resolution["adopted_on"]
                ADOPTED[matter](tx, kept)
                if kept.revoked:
                    REVOKED[matter](tx, kept)

    @on_event("governance", "resolution.ended.v1", ResolutionEnded)
    def follow_end_of_resolution(self, tx: Tx, **ending: Any) -> None:
        """Ends what a revoked resolution did to a membership; what counted stays (X7)."""
        matter = ending["matter"]
        if matter in REVOKED:
            kept = _kept(tx, ending)
            if kept.ended_on is None:
                kept.ended_on, kept.revoked = ending["ended_on"], ending["standing"] == "revoked"
                if kept.revoked and kept.adopted_on is not None:
                    REVOKED[matter](tx, kept)

    @on_event("governance", "motion.rejected.v1", MotionRejected)
    def follow_rejection(self, tx: Tx, matter: str, subject_id: uuid.UUID | None, decided_on: date) -> None:
        """Closes an application that the body did not admit; other motions pass by (M1)."""
        if matter == ADMISSION and subject_id is not None:
            applications.reject(tx, subject_id, decided_on)


def _kept(tx: Tx, told: Mapping[str, Any]) -> UnitResolution:
    """The row of that resolution, and nobody else's until the end of the transaction."""
    tx.hold(f"resolution {told['resolution_id']}")
    return tx.find(UnitResolution, resolution_id=told["resolution_id"]) or tx.add(
        UnitResolution(
            resolution_id=told["resolution_id"], matter=told["matter"], subject_id=told["subject_id"], revoked=False
        )
    )
