"""Activities 活动: planned, opened, closed, held, reported, or called off (M9)."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select

from services.membership.activities.gifts.sums import gifts_of
from services.membership.activities.planning import rules
from services.membership.activities.planning.events import ActivityCalledOff, ActivityOpened, ActivityReported
from services.membership.activities.planning.models import Activity, ActivityPlaces
from services.membership.activities.planning.rules import State
from services.membership.activities.planning.schemas import (
    ActivityIn,
    ActivityOut,
    ActivityPatch,
    ActivityQuery,
    AnnouncedOut,
    CallingOffIn,
    ReportIn,
)
from services.membership.activities.sign_ups.models import SignUp
from services.membership.activities.sign_ups.places import fill
from services.membership.activities.sign_ups.rules import STANDING, check_capacity
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.errors import NotFound
from shared.identity.principals import PUBLIC
from shared.store.tx import Tx

_SETTLED_WHEN_OPENED = frozenset({"kind", "audience"})


@dataclass(frozen=True)
class ActivityWithPlaces:
    """An activity and how its places stand."""

    activity: Activity
    places: ActivityPlaces

    @property
    def version(self) -> int:
        return self.activity.version

    @property
    def free(self) -> int | None:
        """Places left for whoever comes now; None without a limit."""
        if self.activity.capacity is None:
            return None
        return 0 if self.places.waiting else max(0, self.activity.capacity - self.places.registered)


class Activities:
    """What is to take place, and what became of it."""

    @operation(
        "POST /activities",
        permission="membership.activity.plan",
        request=ActivityIn,
        response=ActivityOut,
        label=("拟定活动", "Plan an activity"),
        kind="create",
    )
    def plan_activity(self, tx: Tx, **given: Any) -> ActivityWithPlaces:
        """Plans an activity; nobody sees it before it is opened (M9)."""
        activity = tx.add(Activity(**given, state=State.DRAFT, planned_at=tx.now, planned_by=tx.principal.name))
        rules.check_plan(activity.plan)
        tx.flush()
        places = tx.add(ActivityPlaces(activity_id=activity.id))
        tx.flush()
        return ActivityWithPlaces(activity, places)

    @operation(
        "GET /activities",
        permission="membership.activity.read",
        request=ActivityQuery,
        response=ActivityOut,
        label=("活动", "Activities"),
        kind="list",
    )
    def list_activities(self, tx: Tx, page: PageRequest, kind: str | None, state: str | None) -> Page:
        """Activities, the latest first; of one kind or state."""
        wanted = {"kind": kind, "state": state}
        query = select(Activity).filter_by(**{name: value for name, value in wanted.items() if value})
        return _with_places(tx, query, page)

    @operation(
        "GET /activities/{id}",
        permission="membership.activity.read",
        response=ActivityOut,
        label=("活动详情", "An activity"),
        kind="detail",
    )
    def get_activity(self, tx: Tx, id: uuid.UUID) -> ActivityWithPlaces:
        """An activity and how its places stand."""
        return ActivityWithPlaces(tx.get(Activity, id), tx.get(ActivityPlaces, id))

    @operation(
        "GET /announced-activities",
        permission=PUBLIC,
        request=ActivityQuery,
        response=AnnouncedOut,
        label=("活动公告", "Announced activities"),
        kind="list",
        rate="public",
    )
    def list_announced_activities(self, tx: Tx, page: PageRequest, kind: str | None, state: str | None) -> Page:
        """Activities that were opened, for everybody: what, when, where and how many places are left (M9)."""
        wanted = {"kind": kind, "state": state}
        query = select(Activity).filter_by(**{name: value for name, value in wanted.items() if value})
        return _with_places(tx, query.where(Activity.opened_at.is_not(None)), page)

    @operation(
        "GET /announced-activities/{id}",
        permission=PUBLIC,
        response=AnnouncedOut,
        label=("活动公告详情", "An announced activity"),
        kind="detail",
        rate="public",
    )
    def get_announced_activity(self, tx: Tx, id: uuid.UUID) -> ActivityWithPlaces:
        """An activity that was opened."""
        activity = tx.get(Activity, id)
        if activity.opened_at is None:
            raise NotFound("没有这个活动", "There is no such activity")
        return ActivityWithPlaces(activity, tx.get(ActivityPlaces, id))

    @operation(
        "PATCH /activities/{id}",
        permission="membership.activity.plan",
        request=ActivityPatch,
        response=ActivityOut,
        label=("更改活动", "Change an activity"),
        kind="action",
    )
    def change_activity(self, tx: Tx, id: uuid.UUID, **wanted: Any) -> ActivityWithPlaces:
        """Changes what is planned. More places are given to those who wait, in their order; fewer than are taken are
        refused (M9)."""
        activity, places = _held(tx, id)
        rules.check_changeable(activity.stands, settled=bool(_SETTLED_WHEN_OPENED & wanted.keys()))
        plan = {name: value for name, value in wanted.items() if name not in _SETTLED_WHEN_OPENED}
        changed = replace(activity.plan, **plan)
        rules.check_plan(changed)
        check_capacity(changed.capacity, places.taken)
        for name, value in wanted.items():
            setattr(activity, name, value)
        fill(tx, activity, places)
        tx.flush()
        return ActivityWithPlaces(activity, places)

    @operation(
        "POST /activities/{id}/opening",
        permission="membership.activity.run",
        response=ActivityOut,
        label=("开放报名", "Open sign-up"),
        kind="action",
    )
    def open_activity(self, tx: Tx, id: uuid.UUID) -> ActivityWithPlaces:
        """Opens a planned activity for sign-up, and shows it to everybody (M9)."""
        activity, places = _held(tx, id)
        activity.state = rules.advance(activity.stands, State.OPEN)
        rules.check_ahead(activity.plan, tx.today)
        activity.opened_at = tx.now
        tx.emit(ActivityOpened.of(activity))
        return ActivityWithPlaces(activity, places)

    @operation(
        "POST /activities/{id}/closing",
        permission="membership.activity.run",
        response=ActivityOut,
        label=("截止报名", "Close sign-up"),
        kind="action",
    )
    def close_activity(self, tx: Tx, id: uuid.UUID) -> ActivityWithPlaces:
        """Takes no more sign-ups and entries; who waits may still move up (M9)."""
        activity, places = _held(tx, id)
        activity.state = rules.advance(activity.stands, State.CLOSED)
        return ActivityWithPlaces(activity, places)

    @operation(
        "POST /activities/{id}/holding",
        permission="membership.activity.run",
        response=ActivityOut,
        label=("登记已举办", "Record that it was held"),
        kind="action",
    )
    def record_held(self, tx: Tx, id: uuid.UUID) -> ActivityWithPlaces:
        """Records that an activity took place, once it has begun (M9)."""
        activity, places = _held(tx, id)
        activity.state = rules.advance(activity.stands, State.HELD)
        rules.check_begun(activity.starts_at, tx.now)
        activity.held_at = tx.now
        return ActivityWithPlaces(activity, places)

    @operation(
        "POST /activities/{id}/report",
        permission="membership.activity.run",
        request=ReportIn,
        response=ActivityOut,
        label=("提交活动总结", "Report on an activity"),
        kind="action",
    )
    def report_activity(self, tx: Tx, id: uuid.UUID, report: str) -> ActivityWithPlaces:
        """Reports on what took place: who came, what was given and received, in words and figures (M9)."""
        activity, places = _held(tx, id)
        activity.state = rules.advance(activity.stands, State.REPORTED)
        rules.check_report(report)
        came = select(func.count()).where(SignUp.activity_id == activity.id, SignUp.checked_in_at.is_not(None))
        activity.report, activity.attended = report.strip(), int(tx.session.scalar(came) or 0)
        activity.gifts_received, activity.gifts_given = gifts_of(tx, activity.id)
        tx.emit(ActivityReported.of(activity))
        return ActivityWithPlaces(activity, places)

    @operation(
        "POST /activities/{id}/calling-off",
        permission="membership.activity.run",
        request=CallingOffIn,
        response=ActivityOut,
        label=("取消活动", "Call an activity off"),
        kind="action",
    )
    def call_off_activity(self, tx: Tx, id: uuid.UUID, reason: str) -> ActivityWithPlaces:
        """Calls an activity off, with the reason; whose sign-ups stand is told by event (M9, X7)."""
        activity, places = _held(tx, id)
        activity.state = rules.call_off(activity.stands, reason)
        activity.reason, activity.called_off_at = reason.strip(), tx.now
        standing = select(SignUp.id).where(SignUp.activity_id == activity.id, SignUp.state.in_(STANDING))
        tx.emit(ActivityCalledOff.of(activity, sign_up_ids=tx.all(standing.order_by(SignUp.place))))
        return ActivityWithPlaces(activity, places)


def _held(tx: Tx, id: uuid.UUID) -> tuple[Activity, ActivityPlaces]:
    """The activity to change, and its places, so that no sign-up comes in between."""
    return tx.change(Activity, id), tx.lock(ActivityPlaces, id)


def _with_places(tx: Tx, query: Any, page: PageRequest) -> Page:
    sorts = {"starts": Activity.starts_at, "planned": Activity.planned_at}
    found = tx.page(query, page, key=Activity.id, sorts=sorts, default="-starts")
    ids = [activity.id for activity in found.items]
    places = {
        each.activity_id: each for each in tx.all(select(ActivityPlaces).filter(ActivityPlaces.activity_id.in_(ids)))
    }
    return Page([ActivityWithPlaces(activity, places[activity.id]) for activity in found.items], found.next)
