"""A certificate on paper: what stands on it, and the PDF of it."""

from pathlib import Path

from services.certification.certificates.models import Certificate
from services.certification.data import ISSUER
from services.certification.vocabulary import SEXES
from shared.documents.pdf import Value, missing_glyphs, render
from shared.documents.qr import qr_svg
from shared.offload import off_hub
from shared.standards.calendar import BUSINESS_ZONE
from shared.standards.identity_number import IdentityNumber
from shared.text import chinese_day

TEMPLATE = Path(__file__).with_name("certificate.typ")


def unprintable(certificate: Certificate) -> set[str]:
    """The characters of the holder's name that our typefaces lack."""
    return missing_glyphs(certificate.candidate.name)


def pdf_of(certificate: Certificate, identity: IdentityNumber, check_url: str) -> bytes:
    """The certificate as PDF, the same at every print (C7). The identity number shows its last four (X5)."""
    called = certificate.names
    inputs: dict[str, Value] = {
        "name": certificate.candidate.name,
        "sex": SEXES[identity.sex.value].zh,
        "birth_date": chinese_day(identity.birth_date),
        "identity": identity.masked,
        "occupation": called.occupation.zh,
        "work_type": called.work_type.zh if called.work_type else None,
        "level": called.level.zh,
        "number": certificate.number,
        "issued_on": chinese_day(certificate.issued_on),
        "issuer": ISSUER.issuer.zh,
        "issuer_en": ISSUER.issuer.en,
        "centre": ISSUER.centre.zh,
        "qr": qr_svg(check_url),
    }
    return off_hub(
        render,
        TEMPLATE,
        inputs,
        title=f"职业技能等级证书 {certificate.number}",
        made_at=certificate.issued_at.astimezone(BUSINESS_ZONE),
        author=ISSUER.issuer.zh,
    )
