"""Complaints 投诉 about breaches of the pact: from receipt to a decision, by nobody of either unit (M12, X8).

A complaint is accepted or dismissed, then heard, decided and closed. No measure is a fine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from shared.errors import Refused
from shared.identity.duties import Bond, own_unit
from shared.text import Text

TERMS = Text("自律投诉处理办法", "terms of handling complaints")
COMPLAINT = Text("自律投诉", "complaint")


class State(StrEnum):
    RECEIVED = "received"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    HEARD = "heard"
    DECIDED = "decided"
    CLOSED = "closed"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.RECEIVED: Text("已收到", "Received"),
    State.ACCEPTED: Text("已受理", "Accepted"),
    State.DISMISSED: Text("不予受理", "Dismissed"),
    State.HEARD: Text("已听取意见", "Heard"),
    State.DECIDED: Text("已认定", "Decided"),
    State.CLOSED: Text("已办结", "Closed"),
}
_FOLLOWS = {
    State.RECEIVED: frozenset({State.ACCEPTED, State.DISMISSED}),
    State.ACCEPTED: frozenset({State.HEARD}),
    State.HEARD: frozenset({State.DECIDED}),
    State.DECIDED: frozenset({State.CLOSED}),
}


class Outsider(StrEnum):
    """Who complains, where that is no member unit. Who exactly is not kept here."""

    CUSTOMER = "customer"
    COMPANY = "company"
    AUTHORITY = "authority"

    @property
    def label(self) -> Text:
        return _OUTSIDERS[self]


_OUTSIDERS = {
    Outsider.CUSTOMER: Text("用户", "A customer"),
    Outsider.COMPANY: Text("其他企业", "Another company"),
    Outsider.AUTHORITY: Text("主管部门", "An authority"),
}


@dataclass(frozen=True, slots=True)
class HandlingTerms:
    """One version of what may be complained about and what may be decided (X4)."""

    version: str
    effective_from: date
    kinds: Mapping[str, Text]
    measures: Mapping[str, Text]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The terms as one entry of ``versions`` in data/self_discipline.json gives them."""
        return cls(
            version=data["id"],
            effective_from=date.fromisoformat(data["effective_from"]),
            kinds={each["code"]: Text(**each["label"]) for each in data["kinds"]},
            measures={each["code"]: Text(**each["label"]) for each in data["measures"]},
        )


def follow(state: State, next_state: State) -> State:
    """``next_state``, where it follows ``state``; no step is left out and none is taken back (M12)."""
    if next_state not in _FOLLOWS.get(state, frozenset()):
        raise Refused(
            "M12",
            f"投诉{state.label.zh}，不能转为{next_state.label.zh}",
            f"A complaint that is {state.label.en.lower()} is not {next_state.label.en.lower()} next",
            code="complaint-state",
        )
    return next_state


def check_complaint(
    kind: str, complainant: UUID | None, outsider: str | None, respondent: UUID, terms: HandlingTerms
) -> None:
    """Refuse (M12) a complaint of no kind there is, of nobody or of two, or of a unit about itself."""
    if kind not in terms.kinds:
        raise Refused(
            "M12", "没有这一投诉种类", "There is no such kind of complaint", code="complaint-kind", field="kind"
        )
    if (complainant is None) == (outsider is None):
        raise Refused(
            "M12",
            "须写明投诉人：会员单位或会外一方，二者取一",
            "A complaint is a member unit's or an outsider's: name one",
            code="complainant",
            field="complainant_unit_id",
        )
    if complainant == respondent:
        raise Refused(
            "M12",
            "单位不能投诉自己",
            "A unit does not complain about itself",
            code="complaint-about-oneself",
            field="respondent_unit_id",
        )


def whose_complaint(complainant: UUID | None, respondent: UUID) -> Bond:
    """Who does not handle a complaint (X8): whoever represents one of the two units."""
    return own_unit(COMPLAINT, [complainant, respondent], code="own-complaint")


def check_hearing(held_on: date, accepted_on: date, today: date) -> None:
    """Refuse (M12) a hearing before the complaint was accepted, or in the future."""
    if not accepted_on <= held_on <= today:
        raise Refused(
            "M12",
            "听取意见须在受理之后，不晚于今天",
            "A hearing is held after the complaint was accepted, and not later than today",
            code="hearing-day",
            field="held_on",
        )


def check_decision(breach: bool, measure: str | None, terms: HandlingTerms) -> None:
    """Refuse (M12) a measure that there is not, one without a breach, and a breach without one."""
    if measure is not None and measure not in terms.measures:
        raise Refused("M12", "没有这一处理", "There is no such measure", code="measure-unknown", field="measure")
    if breach != (measure is not None):
        raise Refused(
            "M12",
            "认定违约的须有处理，未认定的不作处理",
            "A breach has a measure, and without one there is none",
            code="measure-without-breach",
            field="measure",
        )


def check_answer(decided: bool) -> None:
    """Refuse (M12) the answer of a unit once it is decided."""
    if decided:
        raise Refused(
            "M12", "投诉已认定，不再收取答复", "The complaint is decided: no answer any more", code="answer-late"
        )
