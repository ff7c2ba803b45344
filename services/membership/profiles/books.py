"""What must fit together in the profiles of units: each entry is what another service told, and there is no other."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.membership.profiles.models import ProfileEntry
from services.membership.profiles.operations import READ_MODEL
from services.membership.profiles.rules import Kind
from services.membership.profiles.schemas import (
    ArticlePublished,
    ArticleRetracted,
    CertificateIssued,
    CertificateRevoked,
)
from shared.books.declared import Faults
from shared.books.look import Look
from shared.books.matching import matched
from shared.bus.events import Heard
from shared.standards.calendar import business_date


def profiles_are_as_told(look: Look) -> Faults:
    """Each certificate and article told of a unit is in its profile, ended where that was told (C7, P3, X7)."""

    def told(source: str, event: str, schema: type[Heard]) -> list[Mapping[str, Any]]:
        return [each.data for each in look.heard(source, event, schema, read_model=READ_MODEL)]

    wanted: dict[UUID, object] = {}
    ended: dict[UUID, date] = {}
    for said in told("certification", "certificate.revoked.v1", CertificateRevoked):
        ended[said["certificate_id"]] = said["revoked_on"]
    for said in told("publishing", "article.retracted.v1", ArticleRetracted):
        ended[said["article_id"]] = business_date(said["retracted_at"])
    for said in told("certification", "certificate.issued.v1", CertificateIssued):
        if said["unit_id"]:
            id, number = said["certificate_id"], said["number"]
            wanted[id] = Kind.CERTIFICATE, said["unit_id"], said["issued_on"], number, ended.get(id)
    for said in told("publishing", "article.published.v1", ArticlePublished):
        if said["unit_id"]:
            id, day = said["article_id"], business_date(said["published_at"])
            wanted[id] = Kind.ARTICLE, said["unit_id"], day, None, ended.get(id)
    entries = look.session.scalars(select(ProfileEntry))
    found = ((e.fact_id, (e.kind, e.unit_id, e.happened_on, e.reference, e.ended_on)) for e in entries)
    yield from matched("profile_entries", wanted, found)


CHECKS = (profiles_are_as_told,)
