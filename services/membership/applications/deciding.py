"""What a body's decision on an application does (M1): the unit is a member from the day of the resolution."""

import uuid
from datetime import date

from services.membership.applications import rules
from services.membership.applications.models import UnitApplication
from services.membership.applications.records import take_step
from services.membership.decisions.models import UnitResolution
from services.membership.leaving.spans import come_back
from services.membership.units.models import Unit
from services.membership.units.recording import admit as record_admission
from services.membership.units.recording import apply_changes, hold_code, tell_admission
from shared.store.tx import Tx


def admit(tx: Tx, resolution: UnitResolution) -> None:
    """Make the applicant a member as it asked to be: a new unit, or the one that had left, which keeps its id. Where a
    unit with its code is a member already, the application is closed and nothing else happens (M1)."""
    application = _held(tx, resolution.subject_id)
    if application is None or not rules.admits(application.as_state):
        return
    assert resolution.adopted_on is not None
    unit = hold_code(tx, application.credit_code)
    if unit is None:
        unit = _new_unit(tx, application, resolution)
    elif tx.lock(Unit, unit.id).left_on is not None:
        come_back(tx, unit, resolution.adopted_on, resolution.resolution_id)
        asked = {"name": application.name, "short_name": application.short_name, "tier": application.tier}
        apply_changes(tx, unit, asked | ({"place": application.place} if application.place else {}))
    application.unit_id, application.resolution_id = unit.id, resolution.resolution_id
    application.decided_on = resolution.adopted_on
    take_step(tx, application, rules.State.ADMITTED, resolution.number)


def reject(tx: Tx, application_id: uuid.UUID, decided_on: date) -> None:
    """Close an application that found no majority; the body may take it up again (M1)."""
    application = _held(tx, application_id)
    if application is not None and rules.rejects(application.as_state):
        application.decided_on = decided_on
        take_step(tx, application, rules.State.REJECTED)


def _held(tx: Tx, id: uuid.UUID | None) -> UnitApplication | None:
    known = tx.find(UnitApplication, id=id)
    return tx.lock(UnitApplication, known.id) if known is not None else None


def _new_unit(tx: Tx, application: UnitApplication, resolution: UnitResolution) -> Unit:
    assert resolution.adopted_on is not None
    unit = record_admission(
        tx,
        name=application.name,
        short_name=application.short_name,
        credit_code=application.credit_code,
        tier=application.tier,
        place=application.place,
        admitted_on=resolution.adopted_on,
        admitted_by=resolution.resolution_id,
    )
    tell_admission(tx, unit)
    return unit
