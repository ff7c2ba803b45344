"""Asks for the aging report of dues over the bus, as the gateway does, or by SQL alone: ``aging bus``, ``aging sql``.

Either way each answer is compared, to the fen, with the sums in ``BENCH_EXPECTED``.
"""

import json
import os
import sys
import uuid
from collections.abc import Callable
from datetime import date

import psycopg
from callers import Call, Callers
from role import obey

from shared.bus.client import RpcClient
from shared.money import parse_yuan
from tests.bench.ours.aging_sums import Sums, by_sql, key_of


def by_bus(client: RpcClient, as_of: date) -> Sums:
    """The sums as membership answers them."""
    headers = {"authorization": f"Bearer {os.environ['BENCH_TOKEN']}", "correlation-id": str(uuid.uuid4())}
    answer = client.call("membership", "get_dues_aging", {"as_of": as_of.isoformat()}, headers=headers)
    if answer["status"] != 200:
        raise AssertionError(answer)
    found: Sums = {}
    for line in (*answer["body"]["tiers"], answer["body"]["total"]):
        for place, cell in [*enumerate(line["bands"]), (None, line)]:
            if cell["invoices"]:
                found[key_of(line["tier"], place)] = [cell["invoices"], cell["units"], parse_yuan(cell["owes"])]
    return found


def checked(report: Callable[[], Sums]) -> Call:
    """A call of :class:`Callers`: the report as it should be brings its text back."""
    expected = json.loads(os.environ["BENCH_EXPECTED"])

    def call(text: str) -> str:
        if report() != expected:
            raise AssertionError("the sums are not those expected")
        return text

    return call


if __name__ == "__main__":
    day = date.fromisoformat(os.environ["BENCH_AS_OF"])
    if sys.argv[1] == "bus":
        shared_by_all = RpcClient(os.environ["XIEHUI_AMQP_URL"])
        obey(Callers(lambda: checked(lambda: by_bus(shared_by_all, day))).burst)
    else:

        def connect() -> Call:
            connection = psycopg.connect(os.environ["BENCH_DATABASE"], autocommit=True)
            return checked(lambda: by_sql(connection, day))

        obey(Callers(connect).burst)
