"""The aging report of dues over 5,000 units and ten years of invoices: membership through the bus, beside the same sums
by SQL alone.

One caller each. The SQL is sent by psycopg on a kept connection and sums the very rows, in the same database; ours has
its token, its schemas, its transaction, its metrics and its log line besides. What is compared is the median time of an
answer, and every answer has to be right to the fen.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from shared.clock import wall_now
from shared.identity.keys import Keyring
from shared.identity.principals import issue_access
from shared.running import migrate, prepare_keys
from shared.settings import Settings
from shared.standards.calendar import business_date
from shared.store.base import new_id
from shared.testing.rabbitmq_engines import free_ports
from tests.bench.harness.bursts import call
from tests.bench.harness.contest import Burst, hold
from tests.bench.harness.outcome import Outcome
from tests.bench.harness.place import TOKEN_LIFETIME, Place, answered, consumed
from tests.bench.ours.aging_sums import by_sql

KEYS = ("dues_aging_vs_sql",)
ROUNDS = 5
SECONDS = 3.0
BURST = "1 caller"
UNITS, YEARS = 5000, 10
ASKING = (sys.executable, "-m", "tests.bench.ours.aging")

FILLING = (
    """INSERT INTO dues_standards (id, resolution_id, resolution, adopted_on, effective_from, recorded_at)
    VALUES ('00000000-0000-7000-8000-000000000001', gen_random_uuid(), '1', '2000-01-01', '2000-01-01', now())""",
    f"""INSERT INTO units (id, name, tier, basis, recorded_at, version)
    SELECT gen_random_uuid(), '单位' || n,
      (ARRAY['member', 'member', 'director', 'standing_director', 'vice_president'])[n %% 5 + 1], 'admitted', now(), 1
    FROM generate_series(1, {UNITS}) AS n""",
    # Three of ten are open, the due days spread over the years; some owe a part.
    f"""INSERT INTO dues_invoices
      (id, unit_id, year, tier, amount, owes, state, due_on, standard_id, terms, issued_on, issued_at, version)
    SELECT gen_random_uuid(), id, 2000 + y, tier, 500000,
      CASE WHEN (n + y) %% 10 > 2 THEN 0 WHEN n %% 2 = 0 THEN 500000 ELSE 500000 - n END,
      CASE WHEN (n + y) %% 10 > 2 THEN 'settled' ELSE 'open' END,
      %(as_of)s::date + 60 - 365 * y - (n %% 300)::int,
      '00000000-0000-7000-8000-000000000001', 'x', %(as_of)s, now(), 1
    FROM (SELECT id, tier, row_number() OVER (ORDER BY id) AS n FROM units WHERE basis = 'admitted') AS numbered
    CROSS JOIN generate_series(0, {YEARS - 1}) AS y""",
)


@dataclass(frozen=True)
class Filled:
    """Membership's database with the invoices in it, its keys, and what both contenders are told."""

    url: str
    keys: Path
    variables: Mapping[str, str]

    @classmethod
    def in_(cls, place: Place) -> "Filled":
        place.told(f"{UNITS * YEARS:,} invoices")
        keys, url = place.folder / "membership-keys", place.database("membership")
        prepare_keys(keys)
        migrate(Settings(database_urls={"membership": url}, keys=keys), ["membership"])
        # Near enough for as long as the run lasts: later days are aged as well, past ones are not.
        as_of = business_date(wall_now()) + timedelta(days=1)
        address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            for statement in FILLING:
                connection.execute(statement, {"as_of": as_of})
            connection.execute("VACUUM ANALYZE")
            expected = by_sql(connection, as_of)
        assert expected["* *"][0] == UNITS * YEARS * 3 // 10, expected["* *"]
        token = issue_access(
            Keyring.load(keys, "membership"),
            account=str(new_id()),
            person=str(new_id()),
            session=str(new_id()),
            roles=["accountant"],
            lifetime=TOKEN_LIFETIME,
        )
        told = {"BENCH_AS_OF": as_of.isoformat(), "BENCH_EXPECTED": json.dumps(expected), "BENCH_TOKEN": token}
        return cls(url, keys, {**told, "BENCH_DATABASE": address})


@contextmanager
def _sql(place: Place, filled: Filled) -> Iterator[Mapping[str, Burst]]:
    with place.ask("SQL", *ASKING, "sql", **filled.variables) as caller:
        yield {BURST: partial(call, None, caller, 1, SECONDS)}


@contextmanager
def _ours(place: Place, filled: Filled) -> Iterator[Mapping[str, Burst]]:
    with ExitStack() as rooms:
        bus, (port,) = place.bus(), free_ports(1)
        settings = {"XIEHUI_AMQP_URL": bus, "XIEHUI_KEYS": str(filled.keys)}
        own = {"XIEHUI_DATABASE_URL": filled.url, "XIEHUI_HEALTH_PORT": str(port)}
        command = (sys.executable, "-P", "-m", "shared.cli", "run", "membership")
        server = rooms.enter_context(place.start("membership", *command, **settings, **own))
        consumed(bus, "rpc-membership", server)
        caller = rooms.enter_context(place.ask("our caller", *ASKING, "bus", **settings, **filled.variables))
        yield {BURST: partial(call, server, answered(caller, server), 1, SECONDS)}


def measure(place: Place, keys: Sequence[str], rounds: int | None = None) -> Outcome:
    filled = Filled.in_(place)
    openers = {"SQL": partial(_sql, place, filled), "ours": partial(_ours, place, filled)}
    contest = hold(openers, [BURST], rounds=rounds or ROUNDS, told=lambda what: place.told(f"dues aging · {what}"))
    outcome = Outcome()
    outcome.take("dues aging", contest)
    for key in keys:
        outcome.put(key, lambda: contest.ratio("ours", "SQL", BURST, "p50"))
    return outcome
