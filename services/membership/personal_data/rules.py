"""Requests about personal data 个人信息权利申请: made, assigned, answered by a day, by nobody in their own cause
(X8, X10, X11, X12)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.identity.duties import Bond, own
from shared.text import Text


class Kind(StrEnum):
    """What is asked for: to see, correct or delete one's data, or to take a consent back."""

    SEE = "see"
    CORRECT = "correct"
    DELETE = "delete"
    WITHDRAW = "withdraw"

    @property
    def label(self) -> Text:
        return _KINDS[self]


_KINDS = {
    Kind.SEE: Text("查阅", "See"),
    Kind.CORRECT: Text("更正", "Correct"),
    Kind.DELETE: Text("删除", "Delete"),
    Kind.WITHDRAW: Text("撤回同意", "Withdraw a consent"),
}
ERASING = frozenset({Kind.DELETE, Kind.WITHDRAW})
"""What ends in an erasure, where it is granted."""


class State(StrEnum):
    """How far a request is; ``erasing`` until every service has told what it erased."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    ERASING = "erasing"
    ANSWERED = "answered"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.RECEIVED: Text("已受理", "Received"),
    State.ASSIGNED: Text("已指派", "Assigned"),
    State.ERASING: Text("删除中", "Being erased"),
    State.ANSWERED: Text("已答复", "Answered"),
}


class Decision(StrEnum):
    """同意 or 不同意."""

    GRANTED = "granted"
    REFUSED = "refused"

    @property
    def label(self) -> Text:
        return Text("同意", "Granted") if self is Decision.GRANTED else Text("不同意", "Refused")


@dataclass(frozen=True)
class RequestTerms:
    """One version of how long there is to answer, and to fetch what was answered, in days (X4, X12)."""

    version: str
    effective_from: date
    days_to_answer: int
    days_to_fetch: int

    @classmethod
    def from_data(cls, entry: Mapping[str, Any]) -> Self:
        return cls(
            entry["id"], date.fromisoformat(entry["effective_from"]), entry["days_to_answer"], entry["days_to_fetch"]
        )

    def due_on(self, received_on: date) -> date:
        """The last day for an answer, itself included (X1)."""
        return received_on + timedelta(days=self.days_to_answer)

    def fetch_until(self, answered_on: date) -> date:
        """The last day to fetch what was granted to be seen, itself included."""
        return answered_on + timedelta(days=self.days_to_fetch)


def check_wish(kind: Kind, classes: Collection[str], consented: Mapping[str, bool], name: str | None) -> None:
    """Refuse a wish that does not say what it is about (X12).

    ``consented``: class → whether it rests on a consent. A deletion names classes there are, a withdrawal such as rest
    on a consent (X10), a correction the name as it should be; nothing else names any.
    """
    if (kind in ERASING) != bool(classes):
        raise Refused(
            "X12",
            "删除或撤回同意须写明信息类别，其他申请不写",
            "A deletion or withdrawal names classes of data, and nothing else does",
            code="classes-named",
            field="classes",
        )
    if not set(classes) <= set(consented):
        raise Refused(
            "X12", "没有这一信息类别", "There is no such class of data", code="unknown-class", field="classes"
        )
    if kind is Kind.WITHDRAW and not all(consented[each] for each in classes):
        raise Refused(
            "X10",
            "该类信息不以同意为依据，无从撤回；可以申请删除",
            "These data do not rest on a consent that could be taken back; ask for them to be deleted",
            code="no-consent-to-withdraw",
            field="classes",
        )
    if (kind is Kind.CORRECT) != (name is not None):
        raise Refused(
            "X12",
            "申请更正须写明正确的姓名，其他申请不写",
            "A correction says the right name, and nothing else does",
            code="correction-said",
            field="correct_name",
        )


def check_person(person: str | None) -> UUID:
    """Whose data: one's own. Refused for an account without a person behind it (X12)."""
    if person is None:
        raise Refused("X12", "此账号未关联人员，没有本人信息", "No person stands behind this account", code="no-person")
    return UUID(person)


def about(subject: UUID) -> Bond:
    """Who does not handle what is asked or ordered about ``subject``'s data: they themselves (X8)."""
    return own(Text("个人信息申请", "a request about personal data"), [subject], code="own-request")


def check_assignable(state: State) -> None:
    """Refuse to assign what is decided already (X12)."""
    if state not in (State.RECEIVED, State.ASSIGNED):
        raise _decided()


def check_answerable(state: State, assigned_to: UUID | None, handler: str | None) -> None:
    """Refuse an answer that was given before, or that somebody else has been assigned (X12)."""
    if state not in (State.RECEIVED, State.ASSIGNED):
        raise _decided()
    if assigned_to is None or handler != str(assigned_to):
        raise Refused(
            "X12", "申请须由被指派的人答复", "Whoever the request is assigned to answers it", code="not-assigned"
        )


def check_decision(decision: Decision, clause: str, reason: str) -> None:
    """Refuse a refusal that does not name its clause and its reason (X6, X12)."""
    if decision is Decision.REFUSED and not (clause.strip() and reason.strip()):
        raise Refused(
            "X12",
            "不同意须写明所依条款和理由",
            "A refusal names its clause and its reason",
            code="clause-required",
            field="reason" if clause.strip() else "clause",
        )


def check_fetchable(kind: Kind, decision: Decision | None, last_day: date | None, today: date) -> None:
    """Refuse to hand out what was not asked for, not granted, or is no longer there to fetch (X12)."""
    if kind is not Kind.SEE or decision is not Decision.GRANTED:
        raise Refused(
            "X12", "此申请没有可供下载的内容", "There is nothing to fetch of this request", code="nothing-to-fetch"
        )
    if last_day is None or today > last_day:
        raise Refused(
            "X12",
            "下载期限已过，请重新申请",
            "The time to fetch it is over: ask again",
            code="fetch-over",
        )


def check_readable(own: bool, handles: bool) -> None:
    """Anybody but the person and whoever handles requests learns not even that there is one (X12)."""
    if not (own or handles):
        raise NotFound("没有这个申请", "There is no such request")


def all_answered(expected: Collection[str], answered: Collection[str]) -> bool:
    """Whether every service that was to erase has told what it did (X11)."""
    return set(expected) <= set(answered)


def _decided() -> Refused:
    return Refused("X12", "此申请已有决定", "This request has been decided", code="request-decided")
