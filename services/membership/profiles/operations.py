"""Profiles of units 单位档案: kept from what other services tell, and read (M1)."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, cast, func, select

from services.membership.dues.models import Invoice
from services.membership.profiles import rules
from services.membership.profiles.models import ProfileEntry
from services.membership.profiles.rules import Kind
from services.membership.profiles.schemas import (
    ArticlePublished,
    ArticleRetracted,
    CertificateIssued,
    CertificateRevoked,
    EntryOut,
    EntryQuery,
    ProfileOut,
)
from services.membership.representatives.models import Representative
from services.membership.units.models import Unit
from shared.api.operations import operation
from shared.api.paging import Page, PageRequest
from shared.bus.listening import on_event
from shared.standards.calendar import business_date
from shared.store.tx import Tx

READ_MODEL = "unit-profiles"


class Profiles:
    """Everything the association knows of a unit. What membership knows by itself is read where it is kept."""

    @on_event("certification", "certificate.issued.v1", CertificateIssued, read_model=READ_MODEL)
    def note_certificate(
        self, tx: Tx, certificate_id: uuid.UUID, number: str, unit_id: uuid.UUID | None, issued_on: date
    ) -> None:
        """Notes the certificate of somebody whom a unit sent (C7)."""
        _note(tx, Kind.CERTIFICATE, certificate_id, unit_id, issued_on, number)

    @on_event("certification", "certificate.revoked.v1", CertificateRevoked, read_model=READ_MODEL)
    def note_revocation(self, tx: Tx, certificate_id: uuid.UUID, revoked_on: date) -> None:
        """Notes that a certificate holds no more (X7)."""
        _end(tx, certificate_id, revoked_on)

    @on_event("publishing", "article.published.v1", ArticlePublished, read_model=READ_MODEL)
    def note_article(self, tx: Tx, article_id: uuid.UUID, unit_id: uuid.UUID | None, published_at: datetime) -> None:
        """Notes an article that came from a unit (P3)."""
        _note(tx, Kind.ARTICLE, article_id, unit_id, business_date(published_at))

    @on_event("publishing", "article.retracted.v1", ArticleRetracted, read_model=READ_MODEL)
    def note_retraction(self, tx: Tx, article_id: uuid.UUID, retracted_at: datetime) -> None:
        """Notes that an article was withdrawn (X7)."""
        _end(tx, article_id, business_date(retracted_at))

    @operation(
        "GET /units/{id}/profile",
        permission="membership.profile.read",
        response=ProfileOut,
        label=("单位档案", "Profile of a unit"),
        kind="detail",
    )
    def get_profile(self, tx: Tx, id: uuid.UUID) -> dict[str, Any]:
        """Everything the association knows of a unit, in figures: who represents it today, its dues, and what the other
        services told of it (M1)."""
        unit = tx.get(Unit, id)
        named = tx.all(select(Representative).where(Representative.unit_id == unit.id))
        told = tx.all(select(ProfileEntry).where(ProfileEntry.unit_id == unit.id))
        return {
            "unit_id": unit.id,
            "name": unit.name,
            "tier": unit.tier,
            "standing": unit.standing,
            "admitted_on": unit.admitted_on,
            "left_on": unit.left_on,
            "representatives": sum(each.term.covers(tx.today) for each in named),
            "dues": _dues(tx, unit),
            "entries": [
                {
                    "kind": kind,
                    "standing": tally.standing,
                    "ended": tally.ended,
                    "by_year": [{"year": year, "number": number} for year, number in tally.by_year.items()],
                }
                for kind, tally in rules.tallied(entry.as_ruled() for entry in told).items()
            ],
        }

    @operation(
        "GET /units/{id}/profile/entries",
        permission="membership.profile.read",
        request=EntryQuery,
        response=EntryOut,
        label=("单位档案条目", "Entries in the profile of a unit"),
        kind="list",
    )
    def list_profile_entries(self, tx: Tx, id: uuid.UUID, page: PageRequest, kind: str | None) -> Page:
        """What other services told of a unit, the latest first; of one kind."""
        query = select(ProfileEntry).where(ProfileEntry.unit_id == tx.get(Unit, id).id)
        if kind:
            query = query.where(ProfileEntry.kind == kind)
        return tx.page(query, page, key=ProfileEntry.fact_id, sorts={"day": ProfileEntry.happened_on}, default="-day")


def _dues(tx: Tx, unit: Unit) -> Any:
    sums = select(
        func.count().label("invoices"),
        # PostgreSQL sums whole numbers into numerics; fen stay whole.
        cast(func.coalesce(func.sum(Invoice.amount), 0), BigInteger).label("invoiced"),
        cast(func.coalesce(func.sum(Invoice.reduced), 0), BigInteger).label("reduced"),
        cast(func.coalesce(func.sum(Invoice.owes), 0), BigInteger).label("owes"),
        func.min(Invoice.year).label("first_year"),
        func.max(Invoice.year).label("last_year"),
    )
    return tx.session.execute(sums.where(Invoice.unit_id == unit.id)).one()


def _note(
    tx: Tx, kind: Kind, fact_id: uuid.UUID, unit_id: uuid.UUID | None, on: date, reference: str | None = None
) -> None:
    # What has no unit is in nobody's profile.
    if unit_id is not None and tx.find(ProfileEntry, fact_id=fact_id) is None:
        tx.add(ProfileEntry(unit_id=unit_id, kind=kind, fact_id=fact_id, happened_on=on, reference=reference))


def _end(tx: Tx, fact_id: uuid.UUID, on: date) -> None:
    entry = tx.find(ProfileEntry, fact_id=fact_id)
    if entry is not None:
        entry.ended_on = on
