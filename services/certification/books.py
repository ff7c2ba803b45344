"""What must fit together in certification: who qualified and who has a certificate, and its number (C7)."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.certification.batches.models import Batch, Step
from services.certification.batches.rules import BatchState
from services.certification.candidates.models import Candidate
from services.certification.certificates.models import Certificate
from services.certification.certificates.operations import CandidateQualified as QualifiedHeard
from services.certification.certificates.rules import CertificateNumber
from services.certification.data import number_pattern
from services.certification.events import (
    BatchAnnounced,
    BatchCertified,
    BatchPublicised,
    BatchReported,
    CandidateQualified,
    CertificateIssued,
    CertificateRevoked,
    ObjectionDecided,
    ObjectionRaised,
)
from services.certification.objections.models import Objection
from shared.books.declared import Books, Fault, Faults, Given, Numbers
from shared.books.look import Look
from shared.books.matching import matched, told_once
from shared.personal.books import erasures_ordered_by
from shared.text import Text

_TOLD = {
    BatchState.ANNOUNCED: BatchAnnounced,
    BatchState.PUBLICISED: BatchPublicised,
    BatchState.RESULTS_REPORTED: BatchReported,
    BatchState.CERTIFIED: BatchCertified,
}


def steps_were_told_once(look: Look) -> Faults:
    """Each step of a batch that others wait for was told once (C2)."""
    for state, schema in _TOLD.items():
        taken = look.session.scalars(select(Step.batch_id).where(Step.state == state.value))
        told = ((each.data["id"], ()) for each in look.told(schema))
        yield from matched(f"chassis.outbox {schema.type()}", dict.fromkeys(taken, ()), told)


def batches_took_every_step(look: Look) -> Faults:
    """Each batch took every step up to the one it stands at, once each (C2)."""
    order = list(BatchState)
    wanted = {
        (row.id, state.value): ()
        for row in look.session.execute(select(Batch.id, Batch.state))
        for state in order[1 : order.index(BatchState(row.state)) + 1]
    }
    taken = look.session.execute(select(Step.batch_id, Step.state).where(Step.state != BatchState.DRAFT.value))
    yield from matched("steps of batch", wanted, (((row.batch_id, row.state), ()) for row in taken))


def who_is_due_a_certificate_was_told_once(look: Look) -> Faults:
    """Each candidate of a reported batch who passed and stands clear was told as qualified, once, and nobody else."""
    objected = select(Objection.candidate_id).where(Objection.decision.is_(None))
    reported = select(Step.batch_id).where(Step.state == BatchState.RESULTS_REPORTED.value)
    due = select(Candidate.id, Candidate.batch_id).where(
        Candidate.batch_id.in_(reported),
        Candidate.passed.is_(True),
        Candidate.void_at.is_(None),
        Candidate.id.not_in(objected),
    )
    wanted = {row.id: row.batch_id for row in look.session.execute(due)}
    told = ((each.data["id"], each.data["batch_id"]) for each in look.told(CandidateQualified))
    yield from matched("chassis.outbox candidate.qualified.v1", wanted, told)


def who_qualified_has_one_certificate(look: Look) -> Faults:
    """Each candidate told as qualified has exactly one certificate, and nobody else has one (C7)."""
    qualified = look.heard("certification", CandidateQualified.type(), QualifiedHeard)
    wanted = {each.data["candidate_id"]: () for each in qualified}
    found = ((candidate, ()) for candidate in look.session.scalars(select(Certificate.candidate_id)))
    yield from matched("certificates of candidate", wanted, found)


def certificates_were_told_once(look: Look) -> Faults:
    """Each certificate was told once under its number, which says what it is; each revocation was told once (C7)."""
    wanted: dict[UUID, object] = {}
    revoked: dict[UUID, object] = {}
    for each in look.session.scalars(select(Certificate)):
        wanted[each.id] = (each.number, each.candidate_id, each.batch_id, each.level, each.issued_on)
        if each.revoked_on is not None:
            revoked[each.id] = (each.number, each.revoked_on)
        pattern = number_pattern(each.issued_on)
        number = CertificateNumber.build(pattern, year=each.year, level=each.level, serial=each.serial)
        if number.text != each.number:
            yield Fault(f"certificates {each.number}", Text(f"应为 {number.text}", f"Should be {number.text}"))
    names = ("number", "candidate_id", "batch_id", "level", "issued_on")
    yield from told_once(look, CertificateIssued, wanted, *names)
    yield from told_once(look, CertificateRevoked, revoked, "number", "revoked_on")


def objections_were_told_once(look: Look) -> Faults:
    """Each objection was told once, and so was its decision (C6)."""
    objections = look.session.scalars(select(Objection)).all()
    raised: dict[UUID, object] = {each.id: (each.candidate_id, each.batch_id) for each in objections}
    decided: dict[UUID, object] = {
        each.id: (each.candidate_id, each.batch_id, each.decision) for each in objections if each.decision
    }
    yield from told_once(look, ObjectionRaised, raised, "candidate_id", "batch_id")
    yield from told_once(look, ObjectionDecided, decided, "candidate_id", "batch_id", "decision")


def certificates_given(session: Session) -> Iterator[Given]:
    columns = Certificate.number, Certificate.site, Certificate.year, Certificate.level, Certificate.serial
    for row in session.execute(select(*columns)):
        yield Given(f"certificates {row.site}/{row.year}/{row.level}", row.serial, f"certificates {row.number}")


BOOKS = Books(
    checks=(
        batches_took_every_step,
        steps_were_told_once,
        who_is_due_a_certificate_was_told_once,
        who_qualified_has_one_certificate,
        certificates_were_told_once,
        objections_were_told_once,
        erasures_ordered_by("membership"),
    ),
    numbers=(Numbers(Text("证书编号", "Certificates"), certificates_given, counter="certificates "),),
)
