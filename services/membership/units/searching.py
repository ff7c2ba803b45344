"""Which units a list or a file is of (M1, M2)."""

from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select

from services.membership.data import places
from services.membership.units import rules
from services.membership.units.models import Unit


def units_where(
    today: date,
    *,
    name: str | None,
    credit_code: str | None,
    tier: str | None,
    place: str | None,
    standing: str | None,
    member: bool | None,
) -> Select[Any]:
    """The units that fit everything given: ``name`` is contained in the name or short name whatever the case,
    ``credit_code`` begins the code, ``member`` is whether they are one ``today``. A place nobody knows is refused."""
    query = select(Unit)
    if name:
        query = query.where(
            Unit.name.icontains(name, autoescape=True) | Unit.short_name.icontains(name, autoescape=True)
        )
    if credit_code:
        query = query.where(Unit.credit_code.startswith(credit_code.upper(), autoescape=True))
    if tier:
        query = query.where(Unit.tier == tier)
    if place:
        query = query.where(Unit.place == rules.known_place(place, places()))
    if standing:
        query = query.where(Unit.standing == standing)
    if member is not None:
        here = or_(Unit.left_on.is_(None), Unit.left_on > today)
        query = query.where(here if member else ~here)
    return query
