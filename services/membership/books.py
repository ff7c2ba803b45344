"""What must fit together in membership: who belongs to it and what was told of them, standards by resolution, and
invoices as finance has been paid them (M3, M4)."""

from collections import Counter
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from services.membership.accounts.models import Account
from services.membership.dues import rules
from services.membership.dues.models import DuesStandard, Invoice
from services.membership.dues.schemas import InvoicePaid, InvoiceSettled, ResolutionAdopted, ResolutionEnded
from services.membership.events import (
    AccountClosed,
    AccountOpened,
    AccountRolesChanged,
    InvoiceIssued,
    PersonRegistered,
    RepresentativeEnded,
    RepresentativeNamed,
    UnitAdmitted,
    UnitChanged,
    UnitStandingChanged,
)
from services.membership.people.models import Person
from services.membership.personal_data.models import Erasure, ErasureAnswer
from services.membership.representatives.models import Representative
from services.membership.rights.models import HeardAbsence, HeardTenure
from services.membership.rights.schemas import AbsenceEnded, AbsenceRecorded, PostLeft, PostTakenUp
from services.membership.units.models import Unit, UnitChange
from shared.books.declared import Books, Faults
from shared.books.look import Look
from shared.books.matching import matched, told_once
from shared.personal.books import erasures_ordered_by
from shared.personal.events import ErasedHeard, ErasureOrdered, PersonErased


def what_began_and_ended_was_told_once(look: Look) -> Faults:
    """Each unit, person, representative and account was told once, and so was the end of each that ended (M1, M11)."""
    for schema, ids in (
        (UnitAdmitted, select(Unit.id)),
        (PersonRegistered, select(Person.id)),
        (RepresentativeNamed, select(Representative.id)),
        (RepresentativeEnded, select(Representative.id).where(Representative.ended_at.is_not(None))),
        (AccountOpened, select(Account.id)),
        (AccountClosed, select(Account.id).where(Account.closed_at.is_not(None))),
    ):
        yield from told_once(look, schema, dict.fromkeys(look.session.scalars(ids), ()))


def changes_were_told(look: Look) -> Faults:
    """Each field of a unit was told to have changed as often as its history says (M1)."""
    told = Counter((each.data["id"], field) for each in look.told(UnitChanged) for field in each.data["fields_changed"])
    kept = select(UnitChange.unit_id, UnitChange.field, func.count()).group_by(UnitChange.unit_id, UnitChange.field)
    found = (((unit, field), times) for unit, field, times in look.session.execute(kept))
    yield from matched("unit_changes", told, found)


def each_change_of_rights_was_told(look: Look) -> Faults:
    """Of each account it was told as often that its rights change as they did (M11)."""
    told = Counter(each.data["id"] for each in look.told(AccountRolesChanged))
    accounts = look.session.execute(select(Account.id, Account.role_changes)).all()
    wanted: dict[UUID, object] = {row.id: row.role_changes for row in accounts}
    found = {row.id: told.pop(row.id, 0) for row in accounts}
    table = f"chassis.outbox {AccountRolesChanged.type()} of account"
    yield from matched(table, wanted, [*found.items(), *told.items()])


def tenures_are_as_governance_said(look: Look) -> Faults:
    """Each tenure that governance told is known here as told last, with its earliest end, and there is no other
    (M11)."""
    wanted: dict[UUID, _Told] = {}
    for each in look.heard("governance", "post.taken-up.v1", PostTakenUp):
        wanted[each.data["tenure_id"]] = _Told(*(each.data[name] for name in _SPAN))
    for each in look.heard("governance", "post.left.v1", PostLeft):
        id, said = each.data["tenure_id"], each.data
        wanted[id] = wanted.get(id, _Told(said["post_code"], said["person_id"])).ended(said["until"])
    kept = look.session.scalars(select(HeardTenure))
    yield from matched("heard_tenures", wanted, ((each.tenure_id, _kept(each)) for each in kept))


def absences_are_as_governance_said(look: Look) -> Faults:
    """Each absence that governance told is known here, with its earliest end, and there is no other (G11)."""
    wanted: dict[UUID, _Told] = {}
    for each in look.heard("governance", "absence.recorded.v1", AbsenceRecorded):
        wanted[each.data["absence_id"]] = _Told(*(each.data[name] for name in _SPAN))
    for each in look.heard("governance", "absence.ended.v1", AbsenceEnded):
        id, said = each.data["absence_id"], each.data
        wanted[id] = wanted.get(id, _Told(said["post_code"], said["person_id"])).ended(said["until"])
    kept = look.session.scalars(select(HeardAbsence))
    yield from matched("heard_absences", wanted, ((each.absence_id, _kept(each)) for each in kept))


class _Told(NamedTuple):
    """What was told of a tenure or an absence, its end by itself last."""

    post: str
    person: UUID
    since: date | None = None
    until: date | None = None
    ended_on: date | None = None

    def ended(self, day: date) -> "_Told":
        return self._replace(ended_on=day if self.ended_on is None else min(self.ended_on, day))


_SPAN = ("post_code", "person_id", "since", "until")


def _kept(each: HeardTenure | HeardAbsence) -> _Told:
    return _Told(each.post, each.person_id, each.since, each.until, each.ended_on)


def standings_are_as_told(look: Look) -> Faults:
    """A unit stands as was told last, and each time it was told what was told before; it begins well (M4)."""
    units = look.session.execute(select(Unit.id, Unit.standing)).all()
    wanted: dict[UUID, object] = dict.fromkeys((row.id for row in units), rules.Standing.GOOD.value)
    for each in look.told(UnitStandingChanged):
        unit = each.data["id"]
        yield from matched(f"chassis.outbox {each.id}", {unit: wanted.get(unit)}, [(unit, each.data["before"])])
        wanted[unit] = each.data["standing"]
    yield from matched("standing of units", wanted, ((row.id, row.standing) for row in units))


def standards_follow_resolutions(look: Look) -> Faults:
    """Each resolution on dues is one standard with its amounts, and there is no other; it ends with it (M3, X7)."""
    ended = {
        each.data["resolution_id"]: each.data["ended_on"]
        for each in look.heard("governance", "resolution.ended.v1", ResolutionEnded)
    }
    wanted: dict[UUID, object] = {}
    for each in look.heard("governance", "resolution.adopted.v1", ResolutionAdopted):
        said = each.data
        if said["matter"] == rules.MATTER and said["dues_amounts"] is not None:
            amounts = tuple(sorted((line["tier"], line["amount"]) for line in said["dues_amounts"]))
            days = said["adopted_on"], said["effective_from"], ended.get(said["resolution_id"])
            wanted[said["resolution_id"]] = (said["number"], *days, amounts)
    found = (
        (
            kept.resolution_id,
            (
                *(kept.resolution, kept.adopted_on, kept.effective_from, kept.ended_on),
                tuple(sorted((line.tier, line.amount) for line in kept.amounts)),
            ),
        )
        for kept in look.session.scalars(select(DuesStandard))
    )
    yield from matched("dues_standards of resolution", wanted, found)


def invoices_were_told_once(look: Look) -> Faults:
    """Each invoice was told once, as it is (M3)."""
    names = ("unit_id", "year", "tier", "amount", "issued_on", "due_on", "standard_id")
    wanted = {each.id: tuple(getattr(each, name) for name in names) for each in look.session.scalars(select(Invoice))}
    yield from told_once(look, InvoiceIssued, wanted, *names)


def invoices_are_open_as_finance_said(look: Look) -> Faults:
    """Of each invoice so much is open as finance said last, and the slip is finance's (M4, F12)."""
    invoices = look.session.scalars(select(Invoice)).all()
    wanted: dict[UUID, tuple[int, str | None]] = {each.id: (each.amount, None) for each in invoices}
    said = [
        *look.heard("finance", "receivable.payment-received.v1", InvoicePaid),
        *look.heard("finance", "receivable.credit-used.v1", InvoicePaid),
        *look.heard("finance", "receivable.settled.v1", InvoiceSettled),
    ]
    for event in sorted(said, key=lambda event: event.position):
        id, slip = event.data["invoice_id"], event.data.get("slip")
        wanted[id] = (0, slip) if slip else (event.data["owes"], wanted.get(id, (0, None))[1])
    states = {True: rules.InvoiceState.OPEN.value, False: rules.InvoiceState.SETTLED.value}
    yield from matched(
        "dues_invoices",
        {id: (owes, slip, states[owes > 0]) for id, (owes, slip) in wanted.items()},
        ((each.id, (each.owes, each.slip, each.state)) for each in invoices),
    )


def erasures_were_ordered_once(look: Look) -> Faults:
    """Each erasure was told to all services once, of its person (X11)."""
    rows = look.session.execute(select(Erasure.id, Erasure.person_id))
    wanted: dict[UUID, object] = {row.id: row.person_id for row in rows}
    told = ((each.data["erasure_id"], each.data["id"]) for each in look.told(ErasureOrdered))
    yield from matched(f"chassis.outbox {ErasureOrdered.type()}", wanted, told)


def what_services_erased_is_noted(look: Look) -> Faults:
    """What each service told of an erasure is noted once, as it said (X11)."""
    wanted: dict[tuple[UUID, str], object] = {
        (each.data["erasure_id"], service): each.data["rows"]
        for service in ("membership", "governance", "finance", "certification", "publishing")
        for each in look.heard(service, PersonErased.type(), ErasedHeard)
    }
    rows = look.session.execute(select(ErasureAnswer.erasure_id, ErasureAnswer.service, ErasureAnswer.rows))
    yield from matched("erasure_answers", wanted, (((id, service), count) for id, service, count in rows))


BOOKS = Books(
    checks=(
        what_began_and_ended_was_told_once,
        changes_were_told,
        each_change_of_rights_was_told,
        tenures_are_as_governance_said,
        absences_are_as_governance_said,
        standings_are_as_told,
        standards_follow_resolutions,
        invoices_were_told_once,
        invoices_are_open_as_finance_said,
        erasures_ordered_by("membership"),
        erasures_were_ordered_once,
        what_services_erased_is_noted,
    ),
)
