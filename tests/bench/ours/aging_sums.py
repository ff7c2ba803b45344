"""The sums of the aging report of dues by SQL alone: what the report is measured beside, and checked against."""

from datetime import date
from typing import Any

import psycopg

Sums = dict[str, list[int]]
"""Tier and place of the band, "*" for all → invoices, units, fen."""

STATEMENT = """
SELECT tier, band, count(*), count(DISTINCT unit_id), sum(owes)
FROM (
  SELECT tier, width_bucket(%s::date - due_on, ARRAY[1, 31, 91, 366]) AS band, unit_id, owes
  FROM dues_invoices WHERE state = 'open'
) AS aged
GROUP BY CUBE (tier, band)"""


def by_sql(connection: psycopg.Connection[Any], as_of: date) -> Sums:
    """The sums as PostgreSQL gives them, in a transaction of its own."""
    with connection.transaction():
        rows = connection.execute(STATEMENT, [as_of]).fetchall()
    return {key_of(tier, band): [invoices, units, int(owes)] for tier, band, invoices, units, owes in rows}


def key_of(tier: str | None, band: int | None) -> str:
    """Under which the sums of a tier and band stand; None is all of them."""
    return f"{tier or '*'} {'*' if band is None else band}"
