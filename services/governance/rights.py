"""Who may do what in governance: roles and their permissions, and who acts."""

import uuid

from shared.api.administration import PERMISSION
from shared.api.auditing import READ_AUDIT
from shared.identity.reach import Grants
from shared.personal.operations import SEE, SWEEP
from shared.store.tx import Tx

APPOINT = "governance.post.appoint"
HOLD_MEETING = "governance.meeting.hold"
PUT_MOTION = "governance.motion.put"
ENTER_VOTE = "governance.vote.enter"
RECORD_ABSENCE = "governance.absence.record"
READ_ABSENCES = "governance.absence.read"
READ_WANTED = "governance.wanted_resolution.read"
READ_SIGNING_POSTS = "governance.signing-post.read"

GRANTS: Grants = {
    "service:membership": [SEE],
    "administrator": [PERMISSION, READ_AUDIT, SWEEP, APPOINT],
    "inspector": [READ_AUDIT],
    "clerk": [APPOINT, HOLD_MEETING, PUT_MOTION, ENTER_VOTE, RECORD_ABSENCE, READ_ABSENCES, READ_WANTED],
    "officer": [READ_ABSENCES, READ_WANTED],
    "deputy_secretary_general": [READ_ABSENCES, READ_WANTED],
    "accountant": [READ_WANTED],
    "service:finance": [READ_SIGNING_POSTS],
}


def actor(tx: Tx) -> uuid.UUID | None:
    """The person who acts; None for the system."""
    return uuid.UUID(tx.principal.person) if tx.principal.person else None
