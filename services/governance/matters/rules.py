"""Which body decides which matter 议题 (G1). The matrix is data; a matter before the wrong body is refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.governance.bodies.rules import Kind
from shared.effective import in_force
from shared.errors import Refused
from shared.text import Text

MATRIX = Text("议题与机构的对应", "assignments of matters to bodies")


class PayloadKind(StrEnum):
    """What a resolution on a matter carries beside its words."""

    NONE = "none"
    DUES_STANDARD = "dues_standard"
    EXPENDITURE = "expenditure"

    @property
    def label(self) -> Text:
        return _PAYLOADS[self]


_PAYLOADS = {
    PayloadKind.NONE: Text("无", "Nothing"),
    PayloadKind.DUES_STANDARD: Text("会费标准", "A dues standard"),
    PayloadKind.EXPENDITURE: Text("支出限额", "A limit to spend"),
}


class SubjectKind(StrEnum):
    """What sort of thing a motion on a matter is about, by the id that another service gave it."""

    EXPENDITURE = "expenditure"
    APPLICATION = "application"
    UNIT = "unit"

    @property
    def label(self) -> Text:
        return _SUBJECTS[self][0]

    @property
    def rule(self) -> str:
        """The rule that wants it named."""
        return _SUBJECTS[self][1]


_SUBJECTS = {
    SubjectKind.EXPENDITURE: (Text("支出", "expenditure"), "F4"),
    SubjectKind.APPLICATION: (Text("入会申请", "application for membership"), "M1"),
    SubjectKind.UNIT: (Text("会员单位", "member unit"), "M1"),
}


@dataclass(frozen=True, slots=True)
class Matter:
    """One version of one matter; ``version`` is kept with every decision made under it (X4).

    ``decided_by``: any one of these bodies decides. ``subject``: what a motion on it has to name, None where it need
    not. ``secret_by``: the rule that wants a secret ballot, such as "G2"; None leaves it to the meeting.
    ``in_force_from`` None: always, as in the charter (X9).
    """

    version: UUID
    code: str
    label: Text
    decided_by: tuple[Kind, ...]
    clause: Text
    payload: PayloadKind = PayloadKind.NONE
    subject: SubjectKind | None = None
    secret_by: str | None = None
    in_force_from: date | None = None

    @property
    def effective_from(self) -> date:
        return self.in_force_from or date.min


def check_matter(matter: str, body_code: str, matters: Iterable[Matter], day: date) -> Matter:
    """The version of ``matter``, a code, by which the body ``body_code`` decides it on ``day``.

    Refused (G1): a matter that is not in the matrix, and one before the wrong body, naming the right one. Refused
    (X9): before the first version is in force.
    """
    versions = [each for each in matters if each.code == matter]
    if not versions:
        raise Refused("G1", "没有这一议题", "There is no such matter", code="matter-unknown", field="matter")
    first = min(versions, key=lambda version: version.effective_from)
    if day < first.effective_from:
        raise Refused(
            "X9",
            f"“{first.label.zh}”的职权（{first.clause.zh}）自{first.effective_from.isoformat()}起施行",
            f"The power to decide this ({first.clause.en}) is in force from {first.effective_from.isoformat()}: "
            f"{first.label.en}",
            code="matter-not-in-force",
            field="matter",
        )
    found = in_force(versions, day, MATRIX)
    if body_code not in found.decided_by:
        _refuse(found, body_code)
    return found


def subject_kind(matter: str, matters: Iterable[Matter]) -> SubjectKind | None:
    """What a motion on ``matter``, a code, is about; None where nothing in particular."""
    return next((each.subject for each in matters if each.code == matter), None)


def check_subject(matter: Matter, subject: UUID | None) -> None:
    """Refuse a motion that does not say which thing it is about, where its matter wants that (F4, M1)."""
    if matter.subject is not None and subject is None:
        raise Refused(
            matter.subject.rule,
            f"须写明决议针对哪一{matter.subject.label.zh}",
            f"Name the {matter.subject.label.en} that the resolution is about",
            code="subject-needed",
            field="subject_id",
        )


def _refuse(matter: Matter, body_code: str) -> None:
    zh = "或".join(body.label.zh for body in matter.decided_by)
    en = " or the ".join(body.label.en.lower() for body in matter.decided_by)
    wrong = _name(body_code)
    raise Refused(
        "G1",
        f"“{matter.label.zh}”由{zh}决定（{matter.clause.zh}），不得提交{wrong.zh}",
        f"This is decided by the {en} ({matter.clause.en}), not by {wrong.en}: {matter.label.en}",
        code="wrong-body",
        field="matter",
    )


def _name(body_code: str) -> Text:
    if body_code in {kind.value for kind in Kind}:
        label = Kind(body_code).label
        return Text(label.zh, f"the {label.en.lower()}")
    return Text("其他机构", "another body")
