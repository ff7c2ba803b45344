"""Membership killed in the middle of a billing run, on RabbitMQ: the run goes on where it stood, and each unit is
invoiced once and taken on by finance once (M3, X6)."""

from typing import Any

import pytest

from shared.testing.apart import PATIENCE, Apart
from shared.testing.association import eventually

UNITS = 150


@pytest.mark.rabbitmq
@pytest.mark.rule(id="M3")
@pytest.mark.rule(id="X6")
def test_a_billing_run_goes_on_where_it_stood(houses: Apart, dues: Any) -> None:
    flow = dues
    for step in ("put", "adopt", "have_the_standard"):
        getattr(flow, step)()
    units = set()
    for _ in range(UNITS):
        flow.admit()
        units.add(flow.unit)
    # The last of them is held, so the run stands in the middle of its last batch when membership is killed.
    with houses.held("membership", f"SELECT 1 FROM units WHERE id = '{max(units)}' FOR UPDATE"):
        run = flow.do("membership", "start_billing_run", flow.clerk, year=flow.year)["id"]
        houses.blocked("membership", 1)
        houses.kill("membership")

    def invoices() -> dict[str, str]:
        found = flow.rows("membership", f"SELECT id, unit_id FROM dues_invoices WHERE run_id = '{run}'")
        return {str(row["id"]): str(row["unit_id"]) for row in found}

    before = invoices()
    assert before
    assert units - set(before.values()), "it was over before it was killed"
    houses.back("membership")
    over = f"SELECT 1 FROM billing_runs WHERE id = '{run}' AND ended_at IS NOT NULL"
    eventually(lambda: flow.rows("membership", over), within=PATIENCE)
    after = invoices()
    assert before.items() <= after.items()
    assert units <= set(after.values())
    assert len(set(after.values())) == len(after)

    def taken_on() -> bool:
        found = flow.rows("finance", f"SELECT id, unit_id FROM receivables WHERE year = {flow.year}")
        assert {str(row["id"]): str(row["unit_id"]) for row in found} == after
        return True

    eventually(taken_on, within=PATIENCE)
