"""Certificates 职业技能等级证书: issued by event, printed, checked by anybody, revoked (C7, X5, X7, X12)."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from services.certification.batches.models import Batch
from services.certification.batches.rules import BatchState
from services.certification.candidates.models import Candidate
from services.certification.certificates import rules
from services.certification.certificates.checking import Checkable, check_url, token_holds
from services.certification.certificates.completion import certify_when_complete
from services.certification.certificates.models import Certificate
from services.certification.certificates.printing import pdf_of, unprintable
from services.certification.certificates.schemas import (
    CertificateLine,
    CertificateOut,
    CertificateQuery,
    CheckOut,
    CheckQuery,
    RevocationIn,
    RevocationOut,
    RevokedOut,
)
from services.certification.data import number_pattern
from services.certification.events import CertificateIssued, CertificateRevoked
from services.certification.people import person_of
from shared.api import fields as f
from shared.api.operations import Download, operation
from shared.api.paging import Page, PageRequest
from shared.bus.events import Heard
from shared.bus.listening import on_event
from shared.identity.duties import Act, own_unit
from shared.identity.principals import PUBLIC
from shared.standards.identity_number import IdentityNumber
from shared.store.tx import Tx


class CandidateQualified(Heard):
    candidate_id = f.UUID("考生", "Candidate", required=True)


class Certificates:
    """What a passed, cleared and reported candidate receives."""

    @on_event("certification", "candidate.qualified.v1", CandidateQualified)
    def issue_certificate(self, tx: Tx, candidate_id: uuid.UUID) -> None:
        """Issues the certificate of a qualified candidate, once, under the next number of its year and level (C7)."""
        candidate = tx.get(Candidate, candidate_id)
        batch = tx.lock(Batch, candidate.batch_id)
        if candidate.certificate is not None:
            return
        assert batch.window is not None
        rules.check_may_issue(
            passed=bool(candidate.passed),
            standing=candidate.standing(batch.window, tx.now),
            batch=BatchState(batch.state),
        )
        pattern, year, level = number_pattern(tx.today), tx.today.year, candidate.level
        serial = tx.number(f"certificates {pattern.site}/{year}/{level}")
        number = rules.CertificateNumber.build(pattern, year=year, level=level, serial=serial)
        certificate = tx.add(
            Certificate(
                number=number.text,
                site=number.site,
                year=year,
                level=level,
                serial=serial,
                pattern=pattern.version,
                batch_id=batch.id,
                candidate=candidate,
                issued_at=tx.now,
            )
        )
        tx.emit(CertificateIssued.of(certificate))
        certify_when_complete(tx, batch)

    @operation(
        "GET /certificates",
        permission="certification.certificate.read",
        request=CertificateQuery,
        response=CertificateLine,
        label=("证书", "Certificates"),
        kind="list",
        exports=True,
    )
    def list_certificates(self, tx: Tx, page: PageRequest, batch_id: uuid.UUID | None, level: int | None) -> Page:
        """Certificates by number; of one batch or level."""
        query = select(Certificate).options(joinedload(Certificate.candidate))
        if batch_id is not None:
            query = query.where(Certificate.batch_id == batch_id)
        if level is not None:
            query = query.where(Certificate.level == level)
        sorts = {"number": Certificate.number, "issued": Certificate.issued_at}
        return tx.page(query, page, key=Certificate.id, sorts=sorts, default="number")

    @operation(
        "GET /certificates/{number}",
        permission="certification.certificate.read",
        response=CertificateOut,
        label=("证书详情", "A certificate"),
        kind="detail",
    )
    def get_certificate(self, tx: Tx, number: str) -> Checkable:
        """A certificate by its number, with the address of its public check."""
        return Checkable(tx, tx.need(Certificate, number=rules.as_typed(number)))

    @operation(
        "GET /certificates/{number}/pdf",
        permission="certification.certificate.read",
        label=("打印证书", "Print a certificate"),
        kind="download",
        exports=True,
        media_type="application/pdf",
    )
    def print_certificate(self, tx: Tx, number: str) -> Download:
        """The certificate as PDF; printed again it has the same number and the same code (C7)."""
        certificate = tx.need(Certificate, number=rules.as_typed(number))
        sealed = certificate.candidate.identity_sealed
        rules.check_printable(certificate.revoked_on, unprintable(certificate), erased=sealed is None)
        assert sealed is not None
        identity = IdentityNumber.parse(tx.vault.unseal(sealed), tx.today)
        content = pdf_of(certificate, identity, check_url(tx, certificate.number))
        return Download(f"{certificate.number}.pdf", content)

    @operation(
        "GET /certificates/{number}/check",
        permission=PUBLIC,
        request=CheckQuery,
        response=CheckOut,
        label=("证书查验", "Check a certificate"),
        kind="detail",
        rate="public",
    )
    def check_certificate(self, tx: Tx, number: str, token: str | None, name: str | None) -> rules.Verification:
        """What anybody may learn by number: validity, occupation, level; more with the code's token or the name."""
        typed = rules.as_typed(number)
        certificate = tx.find(Certificate, number=typed)
        if certificate is None:
            raise rules.not_found(number_pattern(tx.today), typed)
        holds = token_holds(tx.vault, certificate.number, token)
        return rules.verify(certificate.facts, name_typed=name, qr_token_holds=holds)

    @operation(
        "POST /certificates/{number}/revocation",
        permission="certification.certificate.revoke",
        request=RevocationIn,
        response=RevokedOut,
        label=("注销证书", "Revoke a certificate"),
        kind="action",
        apart=Act.JUDGES,
    )
    def revoke_certificate(self, tx: Tx, number: str, reason: str) -> Certificate:
        """Revokes a certificate of another unit's for a reason; it stays on file, its number is never given again
        (C7, X7, X8)."""
        certificate = tx.change(Certificate, tx.need(Certificate, number=rules.as_typed(number)).id)
        tx.keep_apart(own_unit(Certificate.label, [certificate.candidate.unit_id]))
        rules.check_revocable(certificate.revoked_on, reason)
        certificate.revoked_at, certificate.revoked_by = tx.now, person_of(tx.principal)
        certificate.revocation_reason = reason
        tx.emit(CertificateRevoked.of(certificate))
        return certificate

    @operation(
        "GET /revocations",
        permission=PUBLIC,
        response=RevocationOut,
        label=("已注销证书", "Revoked certificates"),
        kind="list",
        rate="public",
    )
    def list_revocations(self, tx: Tx, page: PageRequest) -> Page:
        """The numbers of certificates that no longer hold, without names (C7, X12)."""
        query = (
            select(Certificate).where(Certificate.revoked_at.is_not(None)).options(joinedload(Certificate.candidate))
        )
        return tx.page(query, page, key=Certificate.id, sorts={"number": Certificate.number}, default="number")
