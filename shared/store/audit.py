"""The seal on the audit trail: committed rows are chained by hash, a moment later, by one sealer a service.

Chaining inside the transaction would make every command wait for every other; a row that was committed is sealed within
a second or so, and :func:`verify` tells which rows do not fit the chain and which have no seal yet. The sealer keeps
the last number and seal it gave apart from the rows, so that rows cut off at the end are missed as well.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ARRAY, BigInteger, Connection, Engine, Text, bindparam, func, select, text

from shared.store.database import try_lock
from shared.store.tables import Audit, Seal

BATCH = 200
GENESIS = "0" * 64
CHAIN = "audit"

# The sealer goes on from what it remembers, not from the rows that are there: a number that was given is never given
# again, and a last row that was changed together with its seal does not fit the next. Only where rows go beyond it, as
# a process without this memory leaves them during an upgrade, it goes on from those.
_LAST = text("""\
SELECT last, seal, true AS remembered FROM chassis.seals WHERE chain = :chain
UNION ALL
(SELECT seal_no, seal, false FROM chassis.audit WHERE seal_no IS NOT NULL ORDER BY seal_no DESC LIMIT 1)
ORDER BY last DESC, remembered DESC
LIMIT 1""")
_SEAL = text("""\
WITH head AS (
  INSERT INTO chassis.seals (chain, last, seal) VALUES (:chain, :last, :seal)
  ON CONFLICT (chain) DO UPDATE SET last = excluded.last, seal = excluded.seal
)
UPDATE chassis.audit SET seal_no = sealed.number, seal = sealed.seal
FROM unnest(:ids, :numbers, :seals) AS sealed (id, number, seal)
WHERE audit.id = sealed.id""").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("numbers", type_=ARRAY(BigInteger)),
    bindparam("seals", type_=ARRAY(Text)),
)


def details_of(address: str | None, changes: str | None) -> str | None:
    """What the chain holds of where a command came from and of what it changed: a digest (X11); of nothing, nothing."""
    if address is None and changes is None:
        return None
    return hashlib.sha256(orjson.dumps([address, changes])).hexdigest()


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
    # Rows of a time when there were no details are sealed without.
    if row.details is not None:
        content.append(row.details)
    return hashlib.sha256(previous.encode() + orjson.dumps(content)).hexdigest()


def seal_batch(engine: Engine) -> int:
    """Seal up to :data:`BATCH` of the rows committed since; how many there were."""
    with engine.begin() as connection:
        if not try_lock(connection, "audit seal"):
            return 0
        last = connection.execute(_LAST, {"chain": CHAIN}).first()
        before, previous = (last.last, last.seal) if last else (0, GENESIS)
        unsealed = select(Audit.__table__).where(Audit.seal_no.is_(None)).order_by(Audit.id).limit(BATCH)
        sealed: list[tuple[int, int, str]] = []
        for number, row in enumerate(connection.execute(unsealed), start=before + 1):
            previous = seal_of(previous, number, row)
            sealed.append((row.id, number, previous))
        if sealed:
            ids, numbers, seals = (list(column) for column in zip(*sealed, strict=True))
            head = {"chain": CHAIN, "last": numbers[-1], "seal": seals[-1]}
            connection.execute(_SEAL, {"ids": ids, "numbers": numbers, "seals": seals, **head})
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
    """Recompute the whole chain. A changed row breaks at its number, a removed one leaves its number missing, at the
    end too, since the sealer remembers the last number it gave. Where the rows end otherwise than it remembers, the
    last of them is broken.

    ``connection`` sees one moment (:data:`shared.store.database.ONE_MOMENT`), or what is sealed meanwhile looks wrong.
    """
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
        fits = previous is None or seal_of(previous, number, row) == row.seal
        if not fits or details_of(row.address, row.changes) != row.details:
            broken.append(number)
        previous, expected = row.seal, number + 1
    end = expected - 1
    head = connection.execute(select(Seal.last, Seal.seal).where(Seal.chain == CHAIN)).first()
    last, seal = (head.last, head.seal) if head else (0, GENESIS)
    if end < last <= given:
        missing.extend(range(end + 1, last + 1))
    elif (last, seal) != (end, previous) and end not in broken:
        broken.append(end)
    return Verdict(sealed, int(unsealed or 0), broken, missing)
