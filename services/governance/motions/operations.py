"""Motions 议案: put, withdrawn, voted on by counted paper ballots; an adopted one is a resolution (G1, G12, X1)."""

import uuid
from typing import Any

from services.governance.data.matrix import dues_terms, matters
from services.governance.meetings import rules
from services.governance.meetings.models import Meeting, Motion
from services.governance.meetings.schemas import MotionIn, MotionOut, WithdrawalIn
from services.governance.motions.outcomes import adopt, check_revocation, reject
from services.governance.payloads import schemas as payloads
from services.governance.rights import ENTER_VOTE, PUT_MOTION, actor
from services.governance.votes.models import Vote
from services.governance.votes.rules import Ballot, Count, Tally, Tellers
from services.governance.votes.schemas import VoteIn, VoteOut
from shared.api.operations import operation
from shared.store.base import new_id
from shared.store.tx import Tx


class Motions:
    """Motions and what came of them."""

    @operation(
        "POST /meetings/{id}/motions",
        permission=PUT_MOTION,
        request=MotionIn,
        response=MotionOut,
        label=("提出议案", "Put a motion"),
        kind="create",
    )
    def put_motion(
        self,
        tx: Tx,
        id: uuid.UUID,
        matter: str,
        title: str,
        subject_id: uuid.UUID | None,
        payload: dict[str, Any] | None,
    ) -> Motion:
        """Puts a motion before a meeting; a matter of another body is refused, naming that body (G1)."""
        meeting = tx.change(Meeting, id)
        motion = rules.Motion(new_id(), matter, title, subject_id, payloads.read(payload))
        rules.put(meeting.as_ruled(), motion, matters(), dues_terms())
        check_revocation(tx, motion)
        row = Motion.of(motion, position=len(meeting.motions) + 1, by=actor(tx), at=tx.now)
        meeting.motions.append(row)
        return row

    @operation(
        "POST /motions/{id}/withdrawal",
        permission=PUT_MOTION,
        request=WithdrawalIn,
        response=MotionOut,
        label=("撤回议案", "Withdraw a motion"),
        kind="action",
    )
    def withdraw_motion(self, tx: Tx, id: uuid.UUID, reason: str) -> Motion:
        """Withdraws a motion before it is decided; it stays on file with the reason (X7)."""
        motion = tx.change(Motion, id)
        meeting = tx.lock(Meeting, motion.meeting_id)
        motion.take(rules.withdraw(meeting.as_ruled(), id, reason).motion(id))
        return motion

    @operation(
        "POST /motions/{id}/vote",
        permission=ENTER_VOTE,
        request=VoteIn,
        response=VoteOut,
        label=("登记表决", "Enter a vote"),
        kind="action",
    )
    def vote_on_motion(
        self,
        tx: Tx,
        id: uuid.UUID,
        present: int,
        ballot: str,
        issued: int,
        returned: int,
        valid: int | None,
        invalid: int,
        abstained: int,
        yes: int,
        no: int,
        tellers: dict[str, uuid.UUID],
    ) -> Vote:
        """Enters the count of a vote by paper ballots and decides the motion by the body's own majority (G12, X1).

        Without a quorum it is refused and nothing is used up (G2, G5, G8, G9). More ballots returned than issued
        make the vote void: it is kept, and another may be held.
        """
        motion = tx.change(Motion, id)
        meeting = tx.lock(Meeting, motion.meeting_id)
        tally = Tally(issued, returned, returned - invalid if valid is None else valid, invalid, abstained, yes, no)
        voted = rules.vote(
            meeting.as_ruled(),
            id,
            rule=meeting.decision_rule,
            present=present,
            count=Count(Ballot(ballot), tally, Tellers(**tellers)),
            matters=matters(),
            dues_terms=dues_terms(),
        )
        held = voted.motion(id)
        motion.take(held)
        vote = Vote.of(held.votes[-1], position=len(held.votes), at=tx.now, by=actor(tx))
        motion.votes.append(vote)
        if held.state is rules.MotionState.ADOPTED:
            adopt(tx, voted, meeting.body, motion, vote)
        elif held.state is rules.MotionState.REJECTED:
            reject(tx, voted, motion)
        return vote
