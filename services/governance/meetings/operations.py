"""Meetings 会议: called, opened, adjourned, resumed, closed (G2, G5, G8, G9, G23)."""

import uuid
from datetime import date

from sqlalchemy import select

from services.governance.bodies.models import Body
from services.governance.meetings import rules
from services.governance.meetings.models import Meeting
from services.governance.meetings.schemas import (
    MeetingIn,
    MeetingLine,
    MeetingOut,
    MeetingQuery,
    OpeningIn,
    ResumptionIn,
)
from services.governance.rights import HOLD_MEETING, actor
from services.governance.seats import entitled_in
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.identity.principals import SIGNED_IN
from shared.store.tx import Tx


class Meetings:
    """Meetings of the bodies that take votes."""

    @operation(
        "POST /meetings",
        permission=HOLD_MEETING,
        request=MeetingIn,
        response=MeetingOut,
        label=("召集会议", "Call a meeting"),
        kind="create",
    )
    def call_meeting(self, tx: Tx, body: str, held_on: date, notified_on: date | None, roll: int | None) -> Meeting:
        """Calls a meeting of one body for a day, by its notice (G23); a roll is frozen with it (G19)."""
        of = _body(tx, body)
        version = of.decision_rule_on(held_on)
        called = rules.call(of.code, version.as_ruled() if version else None, held_on, notified_on or tx.today)
        return tx.add(
            Meeting(
                body=of,
                held_on=held_on,
                notified_on=called.notified_on,
                day=called.day,
                roll=roll,
                state=called.state.value,
                called_by=actor(tx),
                motions=[],
            )
        )

    @operation(
        "GET /meetings",
        permission=SIGNED_IN,
        request=MeetingQuery,
        response=MeetingLine,
        label=("会议", "Meetings"),
        kind="list",
    )
    def list_meetings(self, tx: Tx, page: PageRequest, body: str | None, state: str | None) -> Page:
        """Meetings, the latest first; of one body, in one state."""
        query = select(Meeting)
        if body:
            query = query.where(Meeting.body_id == tx.need(Body, code=body).id)
        if state:
            query = query.where(Meeting.state == state)
        return tx.page(query, page, key=Meeting.id, sorts={"held_on": Meeting.held_on}, default="-held_on")

    @operation(
        "GET /meetings/{id}",
        permission=SIGNED_IN,
        response=MeetingOut,
        label=("会议详情", "A meeting"),
        kind="detail",
    )
    def get_meeting(self, tx: Tx, id: uuid.UUID) -> Meeting:
        """A meeting with its motions, their votes and the arithmetic of each (X1)."""
        return tx.get(Meeting, id)

    @operation(
        "POST /meetings/{id}/opening",
        permission=HOLD_MEETING,
        request=OpeningIn,
        response=MeetingOut,
        label=("宣布开会", "Open the meeting"),
        kind="action",
    )
    def open_meeting(self, tx: Tx, id: uuid.UUID, present: int, roll: int | None) -> Meeting:
        """Opens a meeting on its day with whoever is there; a quorum is looked for at each vote (X1)."""
        meeting = tx.change(Meeting, id)
        entitled = entitled_in(tx, meeting.body, meeting.day, rules.check_roll(meeting.roll, roll))
        meeting.take(rules.open_meeting(meeting.as_ruled(), present=present, entitled=entitled, today=tx.today))
        return meeting

    @operation(
        "POST /meetings/{id}/adjournment",
        permission=HOLD_MEETING,
        response=MeetingOut,
        label=("休会", "Adjourn the meeting"),
        kind="action",
    )
    def adjourn_meeting(self, tx: Tx, id: uuid.UUID) -> Meeting:
        """Adjourns an open meeting, its motions as they are: for want of a quorum above all."""
        meeting = tx.change(Meeting, id)
        meeting.take(rules.adjourn(meeting.as_ruled()))
        return meeting

    @operation(
        "POST /meetings/{id}/resumption",
        permission=HOLD_MEETING,
        request=ResumptionIn,
        response=MeetingOut,
        label=("复会", "Resume the meeting"),
        kind="action",
    )
    def resume_meeting(self, tx: Tx, id: uuid.UUID, present: int, roll: int | None, day: date | None) -> Meeting:
        """Resumes an adjourned meeting, on the same day or a later one, with those entitled on that day (X1)."""
        meeting, on = tx.change(Meeting, id), day or tx.today
        entitled = entitled_in(tx, meeting.body, on, rules.check_roll(meeting.roll, roll))
        resumed = rules.resume(meeting.as_ruled(), day=on, present=present, entitled=entitled, today=tx.today)
        meeting.take(resumed)
        return meeting

    @operation(
        "POST /meetings/{id}/closing",
        permission=HOLD_MEETING,
        response=MeetingOut,
        label=("结束会议", "Close the meeting"),
        kind="action",
    )
    def close_meeting(self, tx: Tx, id: uuid.UUID) -> Meeting:
        """Closes a meeting once each of its motions is decided or withdrawn (G4)."""
        meeting = tx.change(Meeting, id)
        meeting.take(rules.close(meeting.as_ruled()))
        meeting.closed_at = tx.now
        return meeting


def _body(tx: Tx, named: str) -> Body:
    """The body of that code or id."""
    try:
        return tx.get(Body, uuid.UUID(named))
    except ValueError:
        return tx.need(Body, code=named)
