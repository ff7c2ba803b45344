"""Applications for membership 入会申请 (M1): their way from receipt to a body's decision, and what they must hold.

    received ── review ──▶ under_review ── decision wanted ──▶ decision_wanted ──▶ admitted | rejected
       ▲                       │
       └──── completed ──── sent_back             withdrawn, from any of them before the decision

The body's word goes before the secretariat's: what it admits is admitted, however far the review is, and although it
was rejected once. An application that was withdrawn is admitted by nobody.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from shared.errors import Refused
from shared.identity.duties import Bond, acted, own, own_unit
from shared.text import Text

TERMS = Text("入会规定", "terms of admission")
APPLICATION = Text("入会申请", "application for membership")
CONTACT_CLASS = "applicant-contact"
"""The class of personal data that the contact of an applicant is."""


class State(StrEnum):
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    SENT_BACK = "sent_back"
    DECISION_WANTED = "decision_wanted"
    ADMITTED = "admitted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Text:
        return _STATES[self]


_STATES = {
    State.RECEIVED: Text("已收件", "Received"),
    State.UNDER_REVIEW: Text("审核中", "Under review"),
    State.SENT_BACK: Text("退回补正", "Sent back for completion"),
    State.DECISION_WANTED: Text("待决议", "Waiting for the decision"),
    State.ADMITTED: Text("已入会", "Admitted"),
    State.REJECTED: Text("未通过", "Rejected"),
    State.WITHDRAWN: Text("已撤回", "Withdrawn"),
}
OPEN = frozenset({State.RECEIVED, State.UNDER_REVIEW, State.SENT_BACK, State.DECISION_WANTED})
"""Those that somebody still has to do something about."""
IN_HAND = OPEN - {State.RECEIVED}
"""Those of them that the secretariat has begun with."""
_FROM: Mapping[State, Collection[State]] = {
    State.RECEIVED: {State.SENT_BACK},
    State.UNDER_REVIEW: {State.RECEIVED},
    State.SENT_BACK: {State.UNDER_REVIEW},
    State.DECISION_WANTED: {State.UNDER_REVIEW},
    State.WITHDRAWN: OPEN,
}


class Kind(StrEnum):
    """What a document of an application is."""

    FORM = "form"
    LICENCE = "licence"
    OTHER = "other"

    @property
    def label(self) -> Text:
        return _KINDS[self]


_KINDS = {
    Kind.FORM: Text("入会申请书（盖章）", "The written application, stamped"),
    Kind.LICENCE: Text("营业执照或登记证书", "The business licence or certificate of registration"),
    Kind.OTHER: Text("其他材料", "Another document"),
}


@dataclass(frozen=True, slots=True)
class AdmissionTerms:
    """One version of how members are admitted (X4): the body that decides, and what documents an application has."""

    version: str
    effective_from: date
    body: str
    documents_needed: Collection[Kind]
    document_bytes: int
    documents_at_most: int

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "AdmissionTerms":
        """The terms as one entry of ``versions`` in data/admission.json gives them."""
        return cls(
            data["id"],
            date.fromisoformat(data["effective_from"]),
            data["body"],
            frozenset(Kind(kind) for kind in data["documents_needed"]),
            data["document_bytes"],
            data["documents_at_most"],
        )


def moved(state: State, to: State) -> State:
    """``to``, once the secretariat or the applicant moves an application there. Refused (M1) from where no way leads
    there."""
    if state not in _FROM[to]:
        raise Refused(
            "M1",
            f"入会申请{state.label.zh}，不能转为“{to.label.zh}”",
            f"The application does not stand so that this can be done ({state.label.en.lower()})",
            code="application-state",
        )
    return to


def check_open(state: State) -> None:
    """Refuse (M1) to add to an application that is closed."""
    if state not in OPEN:
        raise Refused(
            "M1",
            f"入会申请{state.label.zh}，不能再补充",
            f"Nothing is added to an application that is closed ({state.label.en.lower()})",
            code="application-closed",
        )


def admits(state: State) -> bool:
    """Whether a body's resolution admits an application that stands so."""
    return state not in (State.ADMITTED, State.WITHDRAWN)


def rejects(state: State) -> bool:
    """Whether a motion that failed rejects an application that stands so. One that has been admitted stays: which of
    two votes is heard first means nothing."""
    return state in OPEN


def check_may_apply(*, member: bool, other: UUID | None) -> None:
    """Refuse (M1) the application of a unit that is a ``member``, or that has an ``other`` application open."""
    if member:
        raise Refused(
            "M1",
            "此统一社会信用代码的单位已是会员",
            "The unit with this unified social credit code is a member",
            code="member-already",
            field="credit_code",
        )
    if other is not None:
        raise Refused(
            "M1",
            "此统一社会信用代码的单位已有在办的入会申请",
            "The unit with this unified social credit code has an application open",
            code="application-open",
            field="credit_code",
        )


def check_complete(kinds: Iterable[Kind], terms: AdmissionTerms) -> None:
    """Refuse (M1) to ask for a decision on an application without the documents it needs."""
    missing = sorted(set(terms.documents_needed) - set(kinds))
    if missing:
        raise Refused(
            "M1",
            f"尚缺材料：{'、'.join(kind.label.zh for kind in missing)}",
            f"Documents are missing: {', '.join(kind.label.en.lower() for kind in missing)}",
            code="documents-missing",
        )


def check_consent(consent: bool) -> None:
    """Refuse (X10) to keep how somebody is reached without their consent."""
    if not consent:
        raise Refused(
            "X10",
            "登记联系人及电话须取得本人同意",
            "Name and phone of the contact are kept only with that person's consent",
            code="consent-needed",
            field="contact_consent",
        )


_PHONE = re.compile(r"(\+?86)?(1[3-9][0-9]{9}|0[0-9]{9,11}|400[0-9]{7})")


def phone(text: str) -> str:
    """A phone number as it is kept, digits only: a mobile number, or a fixed line with its area code. Spaces, hyphens
    and the country's code are left out. Refused (M1): anything else."""
    found = _PHONE.fullmatch(re.sub(r"[ ()-]", "", text)) if text.isascii() else None
    if found is None:
        raise Refused(
            "M1",
            "联系电话须为手机号码，或带区号的固定电话",
            "A phone number is a mobile number, or a fixed line with its area code",
            code="phone",
            field="contact_phone",
        )
    return found[2]


_SIGNATURES = {
    "application/pdf": (b"%PDF-", ".pdf"),
    "image/jpeg": (b"\xff\xd8\xff", ".jpg"),
    "image/png": (b"\x89PNG\r\n\x1a\n", ".png"),
}


def document_type(content: bytes) -> tuple[str, str]:
    """The media type of a document and the ending of its name, by its content and never by what it is called. Refused
    (M1): neither PDF, JPEG nor PNG."""
    for media_type, (signature, ending) in _SIGNATURES.items():
        if content.startswith(signature):
            return media_type, ending
    raise Refused(
        "M1",
        "材料须为PDF、JPEG或PNG文件",
        "A document is a PDF, JPEG or PNG file",
        code="document-type",
        field="file",
    )


def check_document(size: int, there: int, terms: AdmissionTerms) -> None:
    """Refuse (M1) a document of too many bytes, or one more than an application has."""
    if size > terms.document_bytes:
        most = terms.document_bytes // 2**20
        raise Refused(
            "M1",
            f"每份材料不超过{most}MB",
            f"A document has at most {most} MB",
            code="document-size",
            field="file",
        )
    if there >= terms.documents_at_most:
        raise Refused(
            "M1",
            f"每件申请的材料不超过{terms.documents_at_most}份",
            f"An application has at most {terms.documents_at_most} documents",
            code="documents-too-many",
            field="file",
        )


def whose_application(
    entered_by: Iterable[UUID | None], contact: UUID | None, unit: UUID | None
) -> tuple[Bond, Bond, Bond]:
    """Who does not review an application (X8): whoever entered or completed it, its contact, and the applicant's own
    people, where the unit was a member before."""
    return (
        acted(APPLICATION, Text("登记过该申请", "entered it"), entered_by, code="entered-before"),
        own(APPLICATION, [contact], code="own-application"),
        own_unit(APPLICATION, [unit]),
    )
