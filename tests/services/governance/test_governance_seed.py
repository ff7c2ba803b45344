"""Loading the founding data: once or ten times, and again when it is corrected."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.governance import data
from shared.running import migrate
from shared.settings import Settings
from shared.store.database import make_engine
from shared.testing.postgres import FreshDatabase

ZUO_DEZHI = "01771113-1800-75e6-b997-ecbd9684943d"
TENURES = len(data.tenures())


class Loaded:
    """Governance's own database after loading, and what stands in it."""

    def __init__(self, url: str, keys: Path) -> None:
        self.settings = Settings(database_urls={"governance": url}, keys=keys)
        self.engine = make_engine(url, pool_size=1)
        self.load()

    def load(self) -> None:
        migrate(self.settings, ["governance"])

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        with self.engine.begin() as connection:
            result = connection.exec_driver_sql(statement)
            return [tuple(row) for row in result] if result.returns_rows else []

    def count(self, table: str) -> int:
        return int(self.sql(f"SELECT count(*) FROM {table}")[0][0])

    def events(self) -> list[dict[str, Any]]:
        return [row[0] for row in self.sql("SELECT body::json FROM chassis.outbox ORDER BY position")]


@pytest.fixture
def loaded(fresh_database: FreshDatabase, keys: Path) -> Any:
    found = Loaded(fresh_database(), keys)
    yield found
    found.engine.dispose()


def test_everything_of_the_document_is_loaded(loaded: Loaded) -> None:
    tables = ("bodies", "decision_rules", "posts", "tenures", "terms")
    assert [loaded.count(table) for table in tables] == [11, 4, 23, TENURES, 2]


def test_loading_again_changes_and_tells_nothing(loaded: Loaded) -> None:
    tables = ("bodies", "decision_rules", "posts", "tenures", "terms", "chassis.outbox")
    before = [loaded.sql(f"SELECT * FROM {table} ORDER BY 1") for table in tables]
    loaded.load()
    assert [loaded.sql(f"SELECT * FROM {table} ORDER BY 1") for table in tables] == before


@pytest.mark.rule(id="M11")
def test_who_held_a_post_from_the_start_is_told(loaded: Loaded) -> None:
    events = loaded.events()
    assert len(events) == TENURES
    (president,) = [event for event in events if event["post_code"] == "president"]
    assert (president["person_id"], president["since"], president["until"]) == (ZUO_DEZHI, "2020-01-01", None)


@pytest.mark.rule(id="G3")
def test_a_corrected_day_is_taken_over_and_told(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = data.tenures()
    rows[0] = {**rows[0], "since": date(2020, 9, 16), "since_precision": "day", "assumption": None}
    monkeypatch.setattr(data, "tenures", lambda: rows)
    loaded.load()
    assert loaded.count("tenures") == TENURES
    (told,) = loaded.events()[TENURES:]
    assert (told["tenure_id"], told["since"]) == (str(rows[0]["id"]), "2020-09-16")


@pytest.mark.rule(id="X7")
def test_an_end_that_was_decided_outlasts_the_founding_data(loaded: Loaded) -> None:
    loaded.sql(
        f"UPDATE tenures SET until = '2022-01-01', leaving_decision = '三届四次理事会' WHERE person_id = '{ZUO_DEZHI}'"
    )
    loaded.load()
    assert loaded.sql(f"SELECT until FROM tenures WHERE person_id = '{ZUO_DEZHI}'") == [(date(2022, 1, 1),)]
    assert loaded.count("chassis.outbox") == TENURES


def test_a_corrected_post_is_taken_over(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = data.posts()
    rows[0] = {**rows[0], "title": {"zh": "会长", "en": "President"}}
    monkeypatch.setattr(data, "posts", lambda: rows)
    loaded.load()
    assert loaded.sql("SELECT title->>'zh' FROM posts WHERE code = 'president'") == [("会长",)]
    assert loaded.count("chassis.outbox") == TENURES
