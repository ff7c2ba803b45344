"""What must fit together about activities (M9)."""

from sqlalchemy import select

from services.membership.activities.planning import rules
from services.membership.activities.planning.events import ActivityCalledOff, ActivityOpened, ActivityReported
from services.membership.activities.planning.models import Activity
from services.membership.activities.sign_ups.models import SignUp
from services.membership.activities.sign_ups.rules import STANDING
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once


def openings_were_told_once(look: Look) -> Faults:
    """Each activity that was opened was told once (M9)."""
    opened = select(Activity.id).where(Activity.opened_at.is_not(None))
    yield from told_once(look, ActivityOpened, dict.fromkeys(look.session.scalars(opened), ()))


def callings_off_were_told_once(look: Look) -> Faults:
    """Each activity that was called off was told once, with every sign-up that stood (M9)."""
    off = select(Activity.id).where(Activity.state == rules.State.CALLED_OFF)
    wanted: dict[object, list[str]] = {id: [] for id in look.session.scalars(off)}
    standing = select(SignUp.activity_id, SignUp.id).where(SignUp.state.in_(STANDING), SignUp.activity_id.in_(wanted))
    for row in look.session.execute(standing):
        wanted[row.activity_id].append(str(row.id))
    told = ((each.data["id"], sorted(map(str, each.data["sign_up_ids"]))) for each in look.told(ActivityCalledOff))
    said = {id: sorted(ids) for id, ids in wanted.items()}
    yield from matched(f"chassis.outbox {ActivityCalledOff.type()}", said, told)


def reports_were_told_once(look: Look) -> Faults:
    """Each report was told once with its figures, and who came has checked in (M9)."""
    names = ("attended", "gifts_received", "gifts_given")
    reported = look.session.scalars(select(Activity).where(Activity.state == rules.State.REPORTED))
    wanted = {each.id: tuple(getattr(each, name) for name in names) for each in reported}
    yield from told_once(look, ActivityReported, wanted, *names)


CHECKS = (openings_were_told_once, callings_off_were_told_once, reports_were_told_once)
