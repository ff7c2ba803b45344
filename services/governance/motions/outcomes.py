"""What follows from a vote: a resolution with its number, the earlier ones it ends, what waited for it (F4, M1, X6,
X7)."""

from collections.abc import Callable

from sqlalchemy import select

from services.governance.bodies.models import Body
from services.governance.data.matrix import matters
from services.governance.events import MotionRejected, ResolutionAdopted, ResolutionEnded
from services.governance.matters.rules import subject_kind
from services.governance.meetings import rules as meetings
from services.governance.meetings.models import Motion
from services.governance.payloads.rules import Revocation
from services.governance.resolutions import rules
from services.governance.resolutions.models import Resolution
from services.governance.votes.models import Vote
from services.governance.wanted.models import WantedResolution
from services.governance.wanted.operations import hold_subject, wanted_by
from services.governance.wanted.rules import State
from services.governance.wanted.rules import revoked as wanted_again
from shared.store.base import new_id
from shared.store.tx import Tx
from shared.text import Text


def check_revocation(tx: Tx, motion: meetings.Motion) -> None:
    """Refuse (X7) a motion to revoke a resolution that can't be revoked by it."""
    if isinstance(motion.payload, Revocation):
        rules.check_revocable(tx.get(Resolution, motion.payload.resolution).as_ruled(), motion.matter)


def adopt(tx: Tx, meeting: meetings.Meeting, body: Body, motion: Motion, vote: Vote) -> None:
    """Make the resolution of an adopted motion, number it, end what it ends, and tell (X6, X7)."""
    if motion.subject_id is not None:
        hold_subject(tx, motion.subject_id)
    serial = tx.number(rules.number_series(meeting.body, meeting.day))
    resolved = rules.resolve(new_id(), meeting, motion.id, Text(**body.name), serial)
    resolution = tx.add(Resolution.of(resolved, motion, vote))
    tx.emit(ResolutionAdopted.of(resolution))
    if isinstance(resolved.payload, Revocation):
        _end(tx, rules.revoked, tx.lock(Resolution, resolved.payload.resolution), resolved)
    for earlier in _superseded(tx, resolved):
        _end(tx, rules.superseded, earlier, resolved)
    wanted = _wanted(tx, motion)
    if wanted is not None:
        wanted.decided(State.ADOPTED, meeting.day, resolution.id)


def reject(tx: Tx, meeting: meetings.Meeting, motion: Motion) -> None:
    """Tell that a motion failed; what waited for it knows (F4, M1)."""
    tx.emit(MotionRejected.of(motion, body=meeting.body, decided_on=meeting.day))
    wanted = _wanted(tx, motion)
    if wanted is not None and wanted.state == State.WAITING:
        wanted.decided(State.REJECTED, meeting.day)


def _superseded(tx: Tx, by: rules.Resolution) -> list[Resolution]:
    """What stands and is decided anew by ``by``."""
    if by.subject is None:
        return []
    about = select(Resolution).filter_by(
        matter=by.matter, subject_id=by.subject, standing=rules.Standing.IN_FORCE.value
    )
    return [each for each in tx.all(about.with_for_update()) if rules.supersedes(by, each.as_ruled())]


def _end(
    tx: Tx,
    ending: Callable[[rules.Resolution, rules.Resolution], rules.Resolution],
    earlier: Resolution,
    by: rules.Resolution,
) -> None:
    earlier.take(ending(earlier.as_ruled(), by))
    tx.emit(ResolutionEnded.of(earlier))
    if earlier.standing == rules.Standing.REVOKED:
        waiting = tx.find(WantedResolution, resolution_id=earlier.id)
        if waiting is not None:
            waiting.state, waiting.resolution_id, waiting.decided_on = wanted_again(waiting.about).value, None, None


def _wanted(tx: Tx, motion: Motion) -> WantedResolution | None:
    """What waits for just this motion: the thing it is about, where its matter is about such things."""
    return wanted_by(tx, subject_kind(motion.matter, matters()), motion.subject_id)
