"""What certification tells: contracts for whoever listens. Ids and numbers only, never names (X11)."""

from shared.api import fields as f
from shared.bus.events import EventSchema
from shared.personal.events import PersonErased
from shared.text import Text


class BatchAnnounced(EventSchema):
    """The plan of a batch was announced (C2)."""

    event = "batch.announced"
    label = Text("批次方案已发布", "Batch announced")

    batch_id = f.UUID("批次", "Batch", attribute="id")


class BatchPublicised(EventSchema):
    """The results of a batch are up in public, from now through ``last_day`` (C6)."""

    event = "batch.publicised"
    label = Text("批次结果已公示", "Batch results publicised")

    batch_id = f.UUID("批次", "Batch", attribute="id")
    posted_at = f.Moment("公示时间", "Posted at")
    last_day = f.Date("公示末日", "Last day", attribute="notice_last_day")


class BatchReported(EventSchema):
    """The results of a batch were reported to the authority (C6)."""

    event = "batch.reported"
    label = Text("批次结果已上报", "Batch results reported")

    batch_id = f.UUID("批次", "Batch", attribute="id")


class BatchCertified(EventSchema):
    """Everybody in a batch who is to have a certificate has one (C2, C7)."""

    event = "batch.certified"
    label = Text("批次已发证", "Batch certified")

    batch_id = f.UUID("批次", "Batch", attribute="id")


class CandidateQualified(EventSchema):
    """A candidate passed, stands clear of the public notice and is reported: a certificate is due (C7)."""

    event = "candidate.qualified"
    label = Text("考生已具备发证条件", "Candidate qualified")

    candidate_id = f.UUID("考生", "Candidate", attribute="id")
    batch_id = f.UUID("批次", "Batch")


class CertificateIssued(EventSchema):
    """A certificate received its number (C7)."""

    event = "certificate.issued"
    label = Text("证书已签发", "Certificate issued")

    certificate_id = f.UUID("证书", "Certificate", attribute="id")
    number = f.String("证书编号", "Certificate number")
    candidate_id = f.UUID("考生", "Candidate")
    batch_id = f.UUID("批次", "Batch")
    unit_id = f.UUID("选送单位", "Unit that sent the candidate", allow_none=True)
    level = f.Integer("技能等级", "Level")
    issued_on = f.Date("发证日期", "Issued on")


class CertificateRevoked(EventSchema):
    """A certificate no longer holds (C7, X7)."""

    event = "certificate.revoked"
    label = Text("证书已注销", "Certificate revoked")

    certificate_id = f.UUID("证书", "Certificate", attribute="id")
    number = f.String("证书编号", "Certificate number")
    revoked_on = f.Date("注销日期", "Revoked on")


class ObjectionRaised(EventSchema):
    """Somebody objects to one candidate's result, which is frozen until that is decided (C6)."""

    event = "objection.raised"
    label = Text("已提出异议", "Objection raised")

    objection_id = f.UUID("异议", "Objection", attribute="id")
    candidate_id = f.UUID("考生", "Candidate")
    batch_id = f.UUID("批次", "Batch")


class ObjectionDecided(EventSchema):
    """An objection was upheld or dismissed (C6)."""

    event = "objection.decided"
    label = Text("异议已处理", "Objection decided")

    objection_id = f.UUID("异议", "Objection", attribute="id")
    candidate_id = f.UUID("考生", "Candidate")
    batch_id = f.UUID("批次", "Batch")
    decision = f.String("结论", "Decision")


EVENTS = (
    BatchAnnounced,
    BatchPublicised,
    BatchReported,
    BatchCertified,
    CandidateQualified,
    CertificateIssued,
    CertificateRevoked,
    ObjectionRaised,
    ObjectionDecided,
    PersonErased,
)
