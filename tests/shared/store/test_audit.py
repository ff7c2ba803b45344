"""The seal on the audit trail: whatever is done to it afterwards is found, and where."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from shared.clock import wall_now
from shared.runtime import Runtime
from shared.store import audit
from shared.store.audit import Verdict, details_of, seal_batch, seal_of, verify
from shared.store.database import ONE_MOMENT
from shared.store.migrations import CHASSIS, apply
from shared.store.tables import Audit
from shared.testing import echo

ADDRESS, CHANGES = "192.0.2.7", '{"rows": [], "more": 0}'


@pytest.fixture
def engine(make_runtime: Callable[..., Runtime]) -> Engine:
    return make_runtime(echo.TELLER).engine


def write(engine: Engine, *operations: str, details: bool = True) -> None:
    address, changes = (ADDRESS, CHANGES) if details else (None, None)
    with Session(engine) as session, session.begin():
        for operation in operations:
            session.add(
                Audit(
                    at=wall_now(),
                    principal="account:a",
                    operation=operation,
                    target=None,
                    digest="0" * 64,
                    correlation_id="c",
                    address=address,
                    changes=changes,
                    details=details_of(address, changes),
                )
            )
            session.flush()


def sealed(engine: Engine, count: int, *, details: bool = True) -> Engine:
    write(engine, *(f"act {number}" for number in range(1, count + 1)), details=details)
    while seal_batch(engine):
        pass
    return engine


def tamper(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def found(engine: Engine) -> Verdict:
    with engine.connect() as connection:
        return verify(connection)


# --- sealing ------------------------------------------------------------------------------------------------


def test_a_trail_that_nobody_touched_holds(engine: Engine) -> None:
    assert found(engine) == Verdict(0, 0, [], [])
    sealed(engine, 5)
    assert found(engine) == Verdict(5, 0, [], [])
    assert found(engine).holds


def test_what_is_not_yet_sealed_is_reported(engine: Engine) -> None:
    sealed(engine, 2)
    write(engine, "later", "still later")
    verdict = found(engine)
    assert (verdict.sealed, verdict.unsealed, verdict.holds) == (2, 2, True)
    assert seal_batch(engine) == 2
    assert found(engine) == Verdict(4, 0, [], [])
    assert seal_batch(engine) == 0


def test_batches_make_one_chain(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 2)
    sealed(engine, 7)
    assert found(engine) == Verdict(7, 0, [], [])


def test_a_row_that_committed_late_is_sealed_late(engine: Engine) -> None:
    with Session(engine) as slow:
        slow.add(Audit(at=wall_now(), principal="p", operation="slow", target="t", digest="d", correlation_id="c"))
        slow.flush()
        sealed(engine, 2)
        slow.commit()
    assert seal_batch(engine) == 1
    assert found(engine) == Verdict(3, 0, [], [])


def test_sealers_at_once_make_one_chain(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "BATCH", 3)
    write(engine, *(["act"] * 40))
    with ThreadPoolExecutor(4) as pool:
        for _ in range(60):
            pool.submit(seal_batch, engine)
    while seal_batch(engine):
        pass
    assert found(engine) == Verdict(40, 0, [], [])


# --- tampering ----------------------------------------------------------------------------------------------

COLUMNS = {
    "at": "at + interval '1 microsecond'",
    "principal": "'account:b'",
    "operation": "'another'",
    "target": "'somewhere'",
    "digest": "'1'",
    "correlation_id": "'d'",
    "address": "'192.0.2.8'",
    "changes": "replace(changes, '0', '1')",
    "details": "repeat('0', 64)",
    "seal": "repeat('0', 64)",
}


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("column", COLUMNS)
def test_a_changed_row_is_found_at_its_place(engine: Engine, column: str) -> None:
    sealed(engine, 5)
    tamper(engine, f"UPDATE chassis.audit SET {column} = {COLUMNS[column]} WHERE seal_no = 3")
    verdict = found(engine)
    # A changed seal breaks the next one as well, which was made from it.
    assert verdict.broken == ([3, 4] if column == "seal" else [3])
    assert verdict.missing == []
    assert not verdict.holds


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("gone", [[1], [3], [5], [2, 3], [4, 5], [1, 2, 3, 4], [2, 5], [1, 2, 3, 4, 5]])
def test_removed_rows_are_missed_by_number(engine: Engine, gone: list[int]) -> None:
    sealed(engine, 5)
    tamper(engine, f"DELETE FROM chassis.audit WHERE seal_no IN ({', '.join(map(str, gone))})")
    assert found(engine) == Verdict(5 - len(gone), 0, [], gone)


@pytest.mark.rule(id="X7")
@pytest.mark.parametrize("emptied", ["changes", "address", "address, changes, details"])
def test_details_taken_out_of_a_row_are_missed(engine: Engine, emptied: str) -> None:
    sealed(engine, 5)
    sets = ", ".join(f"{column} = NULL" for column in emptied.split(", "))
    tamper(engine, f"UPDATE chassis.audit SET {sets} WHERE seal_no = 3")
    assert found(engine).broken == [3]


def test_rows_sealed_before_there_were_details_hold(engine: Engine) -> None:
    sealed(engine, 3, details=False)
    sealed(engine, 2)
    assert found(engine) == Verdict(5, 0, [], [])


def swap(engine: Engine, *columns: str) -> None:
    """Exchange the values of rows 2 and 4."""
    values = {number: row(engine, number) for number in (2, 4)}
    tamper(engine, "UPDATE chassis.audit SET seal_no = -seal_no WHERE seal_no IN (2, 4)")
    with engine.begin() as connection:
        for number, other in ((2, 4), (4, 2)):
            sets = ", ".join(f"{column} = :{column}" for column in columns)
            parameters = {column: values[other][column] for column in columns}
            where = f"id = {values[number]['id']}"
            connection.execute(text(f"UPDATE chassis.audit SET {sets} WHERE {where}"), parameters)
        connection.execute(text("UPDATE chassis.audit SET seal_no = -seal_no WHERE seal_no < 0"))


def row(engine: Engine, number: int) -> dict[str, Any]:
    with engine.connect() as connection:
        return dict(connection.execute(text(f"SELECT * FROM chassis.audit WHERE seal_no = {number}")).mappings().one())


def test_rows_in_another_order_are_found(engine: Engine) -> None:
    sealed(engine, 5)
    swap(engine, "seal_no")
    assert set(found(engine).broken) >= {2, 4}


def test_rows_that_changed_places_with_their_seals_are_found(engine: Engine) -> None:
    sealed(engine, 5)
    swap(engine, "seal_no", "seal")
    assert found(engine).broken == [2, 4]


@pytest.mark.rule(id="X7")
def test_contents_that_changed_places_are_found(engine: Engine) -> None:
    sealed(engine, 5)
    swap(engine, "operation")
    assert found(engine).broken == [2, 4]


def test_a_row_put_in_between_is_found(engine: Engine) -> None:
    sealed(engine, 3)
    tamper(
        engine,
        "INSERT INTO chassis.audit (at, principal, operation, digest, correlation_id, seal_no, seal)"
        " SELECT at, principal, 'forged', digest, correlation_id, 4, seal FROM chassis.audit WHERE seal_no = 3",
    )
    assert found(engine).broken == [4]


@pytest.mark.parametrize("number", [-1, 0, 10**15])
def test_a_row_with_a_number_nobody_gave_is_found(engine: Engine, number: int) -> None:
    sealed(engine, 3)
    tamper(engine, f"UPDATE chassis.audit SET seal_no = {number} WHERE seal_no = 2")
    verdict = found(engine)
    assert (verdict.broken, verdict.missing) == ([number], [2])


def test_a_seal_taken_off_is_missed(engine: Engine) -> None:
    sealed(engine, 3)
    tamper(engine, "UPDATE chassis.audit SET seal = NULL, seal_no = NULL WHERE seal_no = 2")
    verdict = found(engine)
    assert (verdict.missing, verdict.unsealed, verdict.holds) == ([2], 1, False)


# --- the end ------------------------------------------------------------------------------------------------


def test_what_was_rolled_back_is_not_missed(engine: Engine) -> None:
    sealed(engine, 2)
    with Session(engine) as undone:
        undone.add(Audit(at=wall_now(), principal="p", operation="o", target="t", digest="d", correlation_id="c"))
        undone.flush()
    assert found(engine) == Verdict(2, 0, [], [])


@pytest.mark.rule(id="X7")
def test_what_was_cut_off_stays_missing_whatever_is_done_afterwards(engine: Engine) -> None:
    sealed(engine, 5)
    tamper(engine, "DELETE FROM chassis.audit WHERE seal_no > 3")
    sealed(engine, 2)
    assert found(engine) == Verdict(5, 0, [], [4, 5])
    assert [row(engine, number)["operation"] for number in (6, 7)] == ["act 1", "act 2"]


@pytest.mark.rule(id="X7")
def test_a_last_row_changed_together_with_its_seal_is_found(engine: Engine) -> None:
    sealed(engine, 3)
    before = row(engine, 2)["seal"]
    tamper(engine, "UPDATE chassis.audit SET operation = 'another' WHERE seal_no = 3")
    with engine.begin() as connection:
        changed = connection.execute(text("SELECT * FROM chassis.audit WHERE seal_no = 3")).one()
        forged = {"seal": seal_of(before, 3, changed)}
        connection.execute(text("UPDATE chassis.audit SET seal = :seal WHERE seal_no = 3"), forged)
    assert found(engine).broken == [3]
    sealed(engine, 1)
    assert found(engine).broken == [4], "what was sealed next was made from what the row was"


def test_a_row_that_the_sealer_did_not_give_its_number_is_found(engine: Engine) -> None:
    sealed(engine, 3)
    last = row(engine, 3)["seal"]
    write(engine, "forged")
    with engine.begin() as connection:
        forged = connection.execute(text("SELECT * FROM chassis.audit WHERE seal_no IS NULL")).one()
        values = {"seal": seal_of(last, 4, forged)}
        connection.execute(text("UPDATE chassis.audit SET seal_no = 4, seal = :seal WHERE seal_no IS NULL"), values)
    assert found(engine) == Verdict(4, 0, [4], [])


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM chassis.seals",
        "UPDATE chassis.seals SET chain = 'another'",
        "UPDATE chassis.seals SET last = last - 1",
        "UPDATE chassis.seals SET last = 0",
        "UPDATE chassis.seals SET last = 1000000000000",
        "UPDATE chassis.seals SET seal = repeat('0', 64)",
    ],
)
def test_a_memory_of_the_end_that_was_tampered_with_is_found_there(engine: Engine, statement: str) -> None:
    sealed(engine, 5)
    tamper(engine, statement)
    assert found(engine) == Verdict(5, 0, [5], [])


def test_what_an_older_process_sealed_without_remembering_it_is_gone_on_from(engine: Engine) -> None:
    sealed(engine, 5)
    before = row(engine, 3)["seal"]
    tamper(engine, f"UPDATE chassis.seals SET last = 3, seal = '{before}'")
    sealed(engine, 1)
    assert found(engine) == Verdict(6, 0, [], [])


def test_a_trail_that_is_there_already_is_remembered_by_the_migration(engine: Engine) -> None:
    sealed(engine, 3, details=False)
    tamper(
        engine,
        "DROP TABLE chassis.seals, chassis.consents, chassis.subjects, chassis.mails",
        "ALTER TABLE chassis.audit DROP address, DROP changes, DROP details",
        "UPDATE chassis.alembic_version SET version_num = 'chassis_0001'",
    )
    apply(engine, [CHASSIS])
    assert found(engine) == Verdict(3, 0, [], [])
    tamper(engine, "DELETE FROM chassis.audit WHERE seal_no = 3")
    assert found(engine) == Verdict(2, 0, [], [3])


def test_what_is_sealed_while_the_chain_is_verified_does_not_look_wrong(engine: Engine) -> None:
    sealed(engine, 40)
    with ThreadPoolExecutor(1) as pool, engine.connect().execution_options(**ONE_MOMENT) as connection:
        for _ in range(20):
            sealing = pool.submit(sealed, engine, 5)
            assert verify(connection).holds
            connection.rollback()
            sealing.result()
