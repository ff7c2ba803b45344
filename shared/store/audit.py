"""The seal on the audit trail: committed rows are chained by hash, a moment later, by one sealer a service.

Chaining inside the transaction would make every command wait for every other; a row that was committed is sealed within
a second or so, and :func:`verify` tells which rows do not fit the chain and which have no seal yet.
"""

import hashlib
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.orm import Session

from shared.store.database import try_lock
from shared.store.tables import Audit

BATCH = 500
GENESIS = "0" * 64


def seal_of(previous: str, row: Audit) -> str:
    """The seal of ``row`` after ``previous``: SHA-256 over both."""
    content = [
        row.id,
        row.at.timestamp(),
        row.principal,
        row.operation,
        row.target,
        row.digest,
        row.correlation_id,
        row.seal_no,
    ]
    return hashlib.sha256(previous.encode() + orjson.dumps(content)).hexdigest()


def seal_batch(engine: Engine) -> bool:
    """Seal the rows committed since; whether there were any."""
    with Session(engine) as session, session.begin():
        if not try_lock(session.connection(), "audit seal"):
            return False
        last = session.execute(
            select(Audit.seal_no, Audit.seal).where(Audit.seal_no.is_not(None)).order_by(Audit.seal_no.desc()).limit(1)
        ).first()
        number, previous = (last.seal_no or 0, last.seal or GENESIS) if last else (0, GENESIS)
        rows = session.scalars(select(Audit).where(Audit.seal_no.is_(None)).order_by(Audit.id).limit(BATCH)).all()
        for row in rows:
            number += 1
            row.seal_no = number
            row.seal = previous = seal_of(previous, row)
        return bool(rows)


@dataclass(frozen=True)
class Verdict:
    """What :func:`verify` found. ``broken`` are the seal numbers where the chain does not hold, ``missing`` those that
    were given and are gone."""

    sealed: int
    unsealed: int
    broken: list[int]
    missing: list[int]

    @property
    def holds(self) -> bool:
        return not self.broken and not self.missing


def verify(connection: Connection) -> Verdict:
    """Recompute the whole chain. A changed row breaks at its number, a removed one leaves its number missing. What is
    cut off at the end is not seen: nothing after it remembers it."""
    # There have never been more seals than rows, and every row took an id.
    given = connection.scalar(text("SELECT pg_sequence_last_value(pg_get_serial_sequence('chassis.audit', 'id'))")) or 0
    unsealed = connection.scalar(select(func.count()).select_from(Audit).where(Audit.seal_no.is_(None)))
    rows = connection.execute(
        select(Audit.__table__).where(Audit.seal_no.is_not(None)).order_by(Audit.seal_no),
        execution_options={"yield_per": 1000},
    )
    previous: str | None = GENESIS
    expected, sealed = 1, 0
    broken: list[int] = []
    missing: list[int] = []
    for values in rows.mappings():
        row = Audit(**values)
        number = row.seal_no or 0
        sealed += 1
        if not 1 <= number <= given:
            broken.append(number)  # nobody gave this number
            continue
        if number != expected:
            missing.extend(range(expected, number))
            previous = None
        # What follows a gap cannot be compared with what is gone.
        if previous is not None and seal_of(previous, row) != row.seal:
            broken.append(number)
        previous, expected = row.seal, number + 1
    return Verdict(sealed, int(unsealed or 0), broken, missing)
