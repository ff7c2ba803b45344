"""A report 调查报告: drafted, audited by somebody apart from it, published, reported on (M8, X7, X8)."""

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.errors import Refused
from shared.identity.duties import Bond, acted, own_unit
from shared.text import Text

REPORT = Text("调查报告", "survey report")


class State(StrEnum):
    DRAFT = "draft"
    RETURNED = "returned"
    AUDITED = "audited"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.DRAFT: Text("起草", "Draft"),
    State.RETURNED: Text("退回修改", "Returned by the audit"),
    State.AUDITED: Text("已审核", "Audited"),
    State.PUBLISHED: Text("已发布", "Published"),
    State.SUPERSEDED: Text("已被替代", "Superseded"),
}
UNAUDITED = (State.DRAFT, State.RETURNED)


class Audience(StrEnum):
    """Whom a published report is reported to."""

    MEMBERS = "members"
    AUTHORITY = "authority"

    @property
    def label(self) -> Text:
        return _AUDIENCES[self]


_AUDIENCES = {
    Audience.MEMBERS: Text("会员", "The members"),
    Audience.AUTHORITY: Text("通信管理局", "The communications administration"),
}


def whose_report(planners: Collection[str], drafters: Collection[str], operators: Iterable[UUID]) -> tuple[Bond, ...]:
    """Who does not audit a report (M8, X8): whoever had a hand in the plan or questionnaire of its survey or in its
    text, and whoever represents an operator that it is about."""
    return (
        acted(REPORT, Text("策划过该调查", "planned the survey"), planners, code="planned-survey"),
        acted(REPORT, Text("起草过该报告", "drafted it"), drafters, code="drafted-report"),
        own_unit(REPORT, operators, code="own-unit-survey"),
    )


def check_draftable(survey_closed: bool, latest: State | None, reason: str) -> None:
    """Refuse to draft a report before the survey is closed, beside another one that is not audited yet, or in place of
    one that is without saying why (M8, X7)."""
    if not survey_closed:
        raise _refused("调查结束后方可起草报告", "A report is drafted once the survey is closed", "survey-not-closed")
    if latest in UNAUDITED:
        raise _refused("已有报告正在起草", "A report is being drafted already", "report-in-draft")
    if latest is not None and not reason.strip():
        raise Refused(
            "X7",
            "替代前一版报告须写明理由",
            "Say why another report takes the place of the one before",
            code="report-reason",
            field="reason",
        )


def check_editable(state: State) -> None:
    """Refuse to change the text of a report that was audited: a new version takes its place (M8, X7)."""
    if state not in UNAUDITED:
        raise _refused("报告已审核，修改须另起一版", "An audited report is not changed: draft another", "report-frozen")


def check_audit(state: State, *, passed: bool, note: str, as_counted: bool) -> None:
    """Refuse an audit of what is no draft; one that returns it without saying why; one that passes figures which are
    not what the responses say (M8)."""
    if state is not State.DRAFT:
        raise _refused("只审核起草完的报告", "Only a draft is audited", "report-not-draft")
    if not passed and not note.strip():
        raise _refused("退回须写明理由", "Say why it is returned", "audit-note", "note")
    if passed and not as_counted:
        raise _refused("报告数字与答卷统计不符", "The figures are not what the responses say", "report-figures")


def check_publishable(state: State) -> None:
    """Refuse to publish what was not audited, or is published or superseded already (M8)."""
    if state in UNAUDITED:
        raise _refused("报告未经审核，不得发布", "A report that was not audited is not published", "report-unaudited")
    if state is not State.AUDITED:
        raise _refused("报告已发布或已被替代", "The report is published or superseded already", "report-published")


def check_delivery(state: State, published_on: date | None, on: date, today: date) -> None:
    """Refuse to record that something unpublished was reported, or on a day it cannot have been (M8)."""
    if state is not State.PUBLISHED or published_on is None:
        raise _refused("报告发布后方可报送", "A report is reported on once it is published", "report-unpublished")
    if not published_on <= on <= today:
        raise _refused(
            "报送日期须在发布日至今天之间", "The day lies between publication and today", "delivery-day", "on"
        )


def _refused(zh: str, en: str, code: str, field: str | None = None) -> Refused:
    return Refused("M8", zh, en, code=code, field=field)
