"""Service cases 服务事项: opened for a unit, assigned, replied to, closed, opened again (M7, X1, X4, X7, X8).

    open ── assigned ──▶ assigned ── reply ──▶ replied ── closing ──▶ closed
     │                      ▲  ▲                  │                     │
     │                      │  └──── assigned ────┘                     │
     │                      └──────────────── reopened ─────────────────┘
     └── closing, where the unit withdraws it ──▶ closed

What happens to a case is its steps, in their order; the state follows from them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.identity.duties import Bond, own_unit
from shared.text import Text

TERMS = Text("服务事项办理规定", "terms of service cases")
CASE = Text("服务事项", "service case")


class State(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    REPLIED = "replied"
    CLOSED = "closed"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.OPEN: Text("待指派", "Open, to be assigned"),
    State.ASSIGNED: Text("办理中", "Assigned"),
    State.REPLIED: Text("已答复", "Replied to"),
    State.CLOSED: Text("已办结", "Closed"),
}


class Step(StrEnum):
    """What an entry of a case is."""

    MESSAGE = "message"
    ASSIGNMENT = "assignment"
    REPLY = "reply"
    CLOSING = "closing"
    REOPENING = "reopening"
    JOINING = "joining"
    LEAVING = "leaving"

    @property
    def label(self) -> Text:
        return _STEPS[self]


_STEPS = {
    Step.MESSAGE: Text("往来", "Message"),
    Step.ASSIGNMENT: Text("指派", "Assignment"),
    Step.REPLY: Text("答复", "Reply"),
    Step.CLOSING: Text("办结", "Closing"),
    Step.REOPENING: Text("重新办理", "Reopening"),
    Step.JOINING: Text("加入", "Somebody was added"),
    Step.LEAVING: Text("退出", "Somebody was taken off"),
}


class Outcome(StrEnum):
    """How a case ends."""

    SETTLED = "settled"
    ADVISED = "advised"
    PASSED_ON = "passed_on"
    UNSETTLED = "unsettled"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.SETTLED: Text("已解决", "Settled"),
    Outcome.ADVISED: Text("已提供意见", "Advice given"),
    Outcome.PASSED_ON: Text("已转有关部门", "Passed on to the authorities"),
    Outcome.UNSETTLED: Text("未能解决", "Not settled"),
    Outcome.WITHDRAWN: Text("单位撤回", "Withdrawn by the unit"),
}


@dataclass(frozen=True, slots=True)
class CaseTerms:
    """One version of how long there is to answer, by kind, which posts receive what is confidential, the first that
    somebody holds, and below which number such cases are not counted out (X4)."""

    version: str
    effective_from: date
    days_to_answer: Mapping[str, int]
    receivers: tuple[str, ...]
    smallest_count: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "CaseTerms":
        """The terms as one entry of ``versions`` in data/case_terms.json gives them."""
        return cls(
            data["id"],
            date.fromisoformat(data["effective_from"]),
            data["days_to_answer"],
            tuple(data["receivers"]),
            data["smallest_count"],
        )

    def due_on(self, kind: str, day: date) -> date:
        """The last day for an answer to a case of ``kind`` that was opened, or opened again, on ``day`` (X1, X3).

        Refused (M7): a kind that these terms do not have.
        """
        days = self.days_to_answer.get(kind)
        if days is None:
            raise _refused("kind", "没有这一类服务事项", "There is no such kind of case", field="kind")
        return day + timedelta(days=days)

    def told(self, number: int) -> int | None:
        """How many confidential cases are said to be there: none is said to be none, and few are not told."""
        return number if number == 0 or number >= self.smallest_count else None


def words(text: str, field: str = "text") -> str:
    """What somebody wrote, without outer white space; nothing at all is refused (M7)."""
    said = text.strip()
    if not said:
        raise _refused("words", "须写明内容", "Say something in words", field=field)
    return said


def unit_of(named: UUID | None, represented: Collection[str]) -> UUID:
    """The unit a case is opened for: the one named, else the one that whoever opens it represents (M2).

    Refused (M7): none is named and there is not exactly one.
    """
    if named is not None:
        return named
    if len(represented) != 1:
        raise _refused("unit-needed", "须写明是哪个单位的事项", "Name the unit that the case is of", field="unit_id")
    (only,) = represented
    return UUID(only)


def whose_case(unit: UUID) -> Bond:
    """Who does not handle a case (X8): whoever represents the unit that it is of."""
    return own_unit(CASE, [unit], code="own-units-case")


def state_after(steps: Iterable[Step]) -> State:
    """The state of a case after these steps, in their order."""
    state, assigned = State.OPEN, False
    for step in steps:
        match step:
            case Step.ASSIGNMENT:
                state, assigned = State.ASSIGNED, True
            case Step.REPLY:
                state = State.REPLIED
            case Step.CLOSING:
                state = State.CLOSED
            case Step.REOPENING:
                state = _in_hand(assigned)
    return state


def check_open(state: State) -> None:
    """Refuse (M7) what is not done with a closed case."""
    if state is State.CLOSED:
        raise _refused("case-closed", "该事项已办结，请先申请重新办理", "The case is closed: open it again first")


def assigned(state: State, before: UUID | None, person: UUID) -> State:
    """The state once ``person`` has a case in hand that was ``before``'s. Refused (M7): a closed one, no change."""
    check_open(state)
    if before == person:
        raise _refused("assigned-already", "该事项已由此人承办", "This person has the case already", field="person_id")
    return State.ASSIGNED


def replied(state: State, assigned_to: UUID | None, person: str | None) -> State:
    """The state once ``person`` has replied, any number of times. Refused (M7): a closed case; somebody else's."""
    check_open(state)
    if assigned_to is None or str(assigned_to) != person:
        raise _refused("not-assigned", "由承办人答复", "Whoever has the case in hand replies")
    return State.REPLIED


def closed(state: State, outcome: Outcome) -> State:
    """The state once a case ends with ``outcome``. Refused (M7): one that is closed; one that nobody has replied to,
    unless the unit withdraws it."""
    check_open(state)
    if state is not State.REPLIED and outcome is not Outcome.WITHDRAWN:
        raise _refused(
            "reply-needed",
            "答复后方可办结；单位撤回的除外",
            "A case is closed after a reply, unless the unit withdraws it",
            field="outcome",
        )
    return State.CLOSED


def reopened(state: State, assigned_to: UUID | None) -> State:
    """The state of a closed case once it is opened again, in the hands it was in. Refused (M7): any other case."""
    if state is not State.CLOSED:
        raise _refused("case-not-closed", "该事项尚未办结", "The case is not closed")
    return _in_hand(assigned_to is not None)


# --- confidential ------------------------------------------------------------------------------------------


def check_person(person: str | None) -> UUID:
    """Who acts on a confidential case. Refused (M7) for an account without a person behind it: nobody could tell
    whether they are on it."""
    if person is None:
        raise _refused("no-person", "此账号未关联人员，不能办理保密事项", "No person stands behind this account")
    return UUID(person)


def check_on_it(people: Collection[UUID], person: str | None) -> None:
    """Whoever is not on a confidential case learns not even that there is one (M7)."""
    if person is None or UUID(person) not in people:
        raise NotFound("没有这个服务事项", "There is no such service case")


def receivers(
    posts: Sequence[str], holders: Mapping[str, Collection[UUID]], of_the_unit: Collection[UUID]
) -> frozenset[UUID]:
    """Who is on a confidential case from the start, beside whoever opened it: the holders of the first of ``posts``
    that somebody holds who does not represent the unit (X8).

    Refused (M7): nobody does, so that nobody would ever learn of the case.
    """
    for post in posts:
        found = frozenset(holders.get(post, ())) - frozenset(of_the_unit)
        if found:
            return found
    raise _refused(
        "nobody-receives",
        "目前没有可接收保密事项的负责人，请与秘书处联系",
        "Nobody is there to receive a confidential case; ask the secretariat",
    )


def with_person(people: Sequence[UUID], person: UUID) -> list[UUID]:
    """``people`` with one more. Refused (M7): somebody who is on the case already."""
    if person in people:
        raise _refused("on-the-case", "此人已在该事项的知情范围内", "This person is on the case", field="person_id")
    return [*people, person]


def without_person(
    people: Sequence[UUID], person: UUID, *, opened_by: UUID, assigned_to: UUID | None, by: UUID
) -> list[UUID]:
    """``people`` without one of them. Refused (M7): somebody who is not on the case, whoever opened it or has it in
    hand, oneself."""
    if person not in people:
        raise _refused(
            "not-on-the-case", "此人不在该事项的知情范围内", "This person is not on the case", field="person_id"
        )
    if person in (opened_by, assigned_to, by):
        raise _refused(
            "stays-on-the-case",
            "提出人、承办人和本人不能退出该事项",
            "Whoever opened the case, has it in hand or asks this stays on it",
            field="person_id",
        )
    return [each for each in people if each != person]


def people_after(opened_by: UUID, steps: Iterable[tuple[Step, UUID | None]]) -> set[UUID]:
    """Who is on a confidential case after these steps, each with the person it is about."""
    people = {opened_by}
    for step, about in steps:
        if about is not None and step is Step.JOINING:
            people.add(about)
        elif about is not None and step is Step.LEAVING:
            people.discard(about)
    return people


def _in_hand(assigned: bool) -> State:
    return State.ASSIGNED if assigned else State.OPEN


def _refused(code: str, zh: str, en: str, *, field: str | None = None) -> Refused:
    return Refused("M7", zh, en, code=code, field=field)
