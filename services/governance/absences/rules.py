"""Absences 请假 and the deputy who acts in them (G11).

An absence is one person away from one post, a half-open interval of dates in Asia/Shanghai, ``[since, until)``, as a
tenure is; people name its last day. It always has an end: one who stays away longer is recorded again.

A deputy's right follows from the record, so the record never reaches back: it begins on the day it is entered or
later, and ends on that day or later. What was signed without an absence on record stays signed without one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from services.governance.posts.rules import Tenure, holders_on
from shared.effective import in_force
from shared.errors import Refused
from shared.identity.duties import Bond, acted
from shared.text import Text

DEPUTIES = Text("代行职权的规定", "terms for deputies")


@dataclass(frozen=True, slots=True)
class Deputyship:
    """One version of who acts for a post in an absence (X4): the holder of ``deputy``."""

    version: UUID
    post: UUID
    deputy: UUID
    in_force_from: date | None = None

    @property
    def effective_from(self) -> date:
        return self.in_force_from or date.min


@dataclass(frozen=True, slots=True)
class Absence:
    """``person``, holder of ``post``, is away from ``since`` up to, not including, ``until``.

    One that was called off before it began covers no day: its ``until`` is its ``since``.
    """

    post: UUID
    person: UUID
    since: date
    until: date

    @property
    def called_off(self) -> bool:
        return self.until == self.since

    def covers(self, day: date) -> bool:
        return self.since <= day < self.until

    def overlaps(self, other: "Absence") -> bool:
        return max(self.since, other.since) < min(self.until, other.until)


def check_absence(
    new: Absence,
    absences: Iterable[Absence],
    tenures: Iterable[Tenure],
    today: date,
) -> None:
    """Refuse (G11) an absence that can't be recorded on ``today``: without a day, beginning before today, of somebody
    who doesn't hold the post all that time, overlapping another of the same person and post. ``tenures`` are those of
    the post; others don't matter.
    """
    if new.until <= new.since:
        raise _refused("absence-empty", "请假须至少一日", "An absence lasts a day or more", "until")
    if new.since < today:
        raise _refused(
            "absence-backdated",
            "请假不得补登：起始日不得早于今天",
            "An absence is not entered afterwards: it begins today or later",
            "since",
        )
    if not any(_held_throughout(tenure, new) for tenure in tenures):
        raise _refused(
            "not-the-holder",
            "请假期间此人并非始终担任该职务",
            "This person does not hold the post throughout the absence",
            "person_id",
        )
    overlapping = next((each for each in absences if _same(each, new) and each.overlaps(new)), None)
    if overlapping is not None:
        last = _last_day(overlapping).isoformat()
        raise _refused(
            "absence-overlaps",
            f"与已登记的请假（{overlapping.since.isoformat()}至{last}）重叠",
            f"It overlaps an absence on record, {overlapping.since.isoformat()} to {last}",
            "since",
        )


def whose_absence(absence: Absence, tenures: Iterable[Tenure], deputyships: Iterable[Deputyship]) -> Bond:
    """Who does not enter an absence (X8): whoever would act in it, since that right follows from the record."""
    deputies = _deputies_during(absence, tenures, deputyships)
    return acted(Text("该请假", "absence"), Text("代行职权", "would act in it"), deputies, code="deputy-records")


def ended(absence: Absence, last_day: date, today: date) -> Absence:
    """``absence`` with ``last_day`` as its last one, earlier than on record; that day counts whole (X3).

    Refused (G11): a day before today, since the deputy may have acted on it. Refused (X7): an absence that is over
    or was called off, a day before it began, a day that isn't earlier.
    """
    _check_ahead(absence, today)
    if last_day < today:
        raise _refused(
            "absence-backdated",
            "请假不得提前到今天以前结束",
            "An absence does not end before today",
            "last_day",
        )
    if last_day < absence.since:
        raise Refused(
            "X7",
            f"请假自{absence.since.isoformat()}起，未开始的请撤销",
            f"The absence begins on {absence.since.isoformat()}; call it off instead",
            code="absence-not-begun",
            field="last_day",
        )
    if last_day >= _last_day(absence):
        raise Refused(
            "X7",
            f"请假到{_last_day(absence).isoformat()}为止，只能改为更早结束",
            f"The absence ends on {_last_day(absence).isoformat()}; it can only end earlier",
            code="absence-ended",
            field="last_day",
        )
    return replace(absence, until=day_after(last_day))


def day_after(last_day: date) -> date:
    """The ``until`` of an absence that lasts through ``last_day``, all of it (X3)."""
    return last_day + timedelta(days=1)


def called_off(absence: Absence, today: date) -> Absence:
    """``absence`` called off 撤销 before it began; it stays on record without a day (X7). Refused (X7) once begun."""
    _check_ahead(absence, today)
    if absence.since <= today:
        raise Refused(
            "X7",
            "请假已经开始，只能提前结束",
            "The absence has begun; it can only end early",
            code="absence-begun",
        )
    return replace(absence, until=absence.since)


def absent_on(post: UUID, absences: Iterable[Absence], day: date) -> frozenset[UUID]:
    """The people who are away from ``post`` on ``day`` by the record."""
    return frozenset(absence.person for absence in absences if absence.post == post and absence.covers(day))


def acting_for(
    post: UUID,
    absences: Collection[Absence],
    tenures: Collection[Tenure],
    deputyships: Collection[Deputyship],
    day: date,
) -> frozenset[UUID]:
    """Who acts for the holder of ``post`` on ``day`` (G11): the deputy, only while the holder is away on record.

    Nobody where the post is vacant, which is no absence, where no deputy is in force yet, where the deputy's post is
    vacant, or where the deputy is away too. How far the deputy may go is not asked here (F2).
    """
    holders = holders_on(post, tenures, day)
    if not holders or not holders <= absent_on(post, absences, day):
        return frozenset()
    deputy = _deputy_of(post, deputyships, day)
    if deputy is None:
        return frozenset()
    return holders_on(deputy, tenures, day) - absent_on(deputy, absences, day) - holders


def _deputy_of(post: UUID, deputyships: Iterable[Deputyship], day: date) -> UUID | None:
    begun = [each for each in deputyships if each.post == post and each.effective_from <= day]
    return in_force(begun, day, DEPUTIES).deputy if begun else None


def _deputies_during(absence: Absence, tenures: Iterable[Tenure], deputyships: Iterable[Deputyship]) -> frozenset[UUID]:
    deputies = {each.deputy for each in deputyships if each.post == absence.post}
    away = Tenure(absence.post, absence.person, absence.since, absence.until)
    return frozenset(
        tenure.person
        for tenure in tenures
        if tenure.post in deputies and tenure.person != absence.person and tenure.overlaps(away)
    )


def _held_throughout(tenure: Tenure, absence: Absence) -> bool:
    mine = (tenure.post, tenure.person) == (absence.post, absence.person)
    return mine and tenure.since <= absence.since and (tenure.until is None or absence.until <= tenure.until)


def _check_ahead(absence: Absence, today: date) -> None:
    if absence.called_off or absence.until <= today:
        raise Refused(
            "X7",
            "请假已经结束或已撤销",
            "The absence is over or was called off",
            code="absence-over",
        )


def _same(one: Absence, other: Absence) -> bool:
    return (one.post, one.person) == (other.post, other.person)


def _last_day(absence: Absence) -> date:
    return absence.until - timedelta(days=1)


def _refused(code: str, zh: str, en: str, field: str) -> Refused:
    return Refused("G11", zh, en, code=code, field=field)
