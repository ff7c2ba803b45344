"""The seal on the audit trail: committed rows are chained by hash, a moment later, by one sealer a service.

Chaining inside the transaction would make every command wait for every other; a row that was committed is sealed within
a second or so, and :func:`verify` tells which rows do not fit the chain and which have no seal yet.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ARRAY, BigInteger, Connection, Engine, Text, bindparam, func, select, text

from shared.store.database import try_lock
from shared.store.tables import Audit

BATCH = 200
GENESIS = "0" * 64


_SEAL = text("""\
UPDATE chassis.audit SET seal_no = sealed.number, seal = sealed.seal
FROM unnest(:ids, :numbers, :seals) AS sealed (id, number, seal)
WHERE audit.id = sealed.id""").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("numbers", type_=ARRAY(BigInteger)),
    bindparam("seals", type_=ARRAY(Text)),
)


def seal_of(previous: str, number: int, row: Any) -> str:
    """The seal of an audit row as ``number`` after ``previous``: SHA-256 over both."""
    content = [
        row.id,
        row.at.timestamp(),
        row.principal,
        row.operation,
        row.target,
        row.digest,
        row.correlation_id,
        number,
    ]
    return hashlib.sha256(previous.encode() + orjson.dumps(content)).hexdigest()


def seal_batch(engine: Engine) -> int:
    """Seal up to :data:`BATCH` of the rows committed since; how many there were."""
    with engine.begin() as connection:
        if not try_lock(connection, "audit seal"):
            return 0
        last = connection.execute(
            select(Audit.seal_no, Audit.seal).where(Audit.seal_no.is_not(None)).order_by(Audit.seal_no.desc()).limit(1)
        ).first()
        before, previous = (last.seal_no, last.seal) if last else (0, GENESIS)
        unsealed = select(Audit.__table__).where(Audit.seal_no.is_(None)).order_by(Audit.id).limit(BATCH)
        sealed: list[tuple[int, int, str]] = []
        for number, row in enumerate(connection.execute(unsealed), start=before + 1):
            previous = seal_of(previous, number, row)
            sealed.append((row.id, number, previous))
        if sealed:
            ids, numbers, seals = (list(column) for column in zip(*sealed, strict=True))
            connection.execute(_SEAL, {"ids": ids, "numbers": numbers, "seals": seals})
        return len(sealed)


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
    for row in rows:
        number = row.seal_no
        sealed += 1
        if not 1 <= number <= given:
            broken.append(number)  # nobody gave this number
            continue
        if number != expected:
            missing.extend(range(expected, number))
            previous = None
        # What follows a gap cannot be compared with what is gone.
        if previous is not None and seal_of(previous, number, row) != row.seal:
            broken.append(number)
        previous, expected = row.seal, number + 1
    return Verdict(sealed, int(unsealed or 0), broken, missing)
