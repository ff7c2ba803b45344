"""Membership and finance killed in the middle of a billing run, on RabbitMQ: the run goes on where it stood, and each
unit is invoiced once and taken on by finance once (M3, X6)."""

import os
from typing import Any

import pytest

from shared.testing.apart import PATIENCE, Apart
from shared.testing.association import eventually

UNITS = int(os.environ.get("XIEHUI_BILLED_UNITS", "150"))
"""`make soak` bills more."""
WITHIN = PATIENCE + UNITS / 20


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

    def invoices() -> dict[str, str]:
        found = flow.rows("membership", f"SELECT id, unit_id FROM dues_invoices WHERE run_id = '{run}'")
        return {str(row["id"]): str(row["unit_id"]) for row in found}

    # Finance is in the middle of taking dues on when it is killed: nobody may write receivables.
    with houses.held("finance", "LOCK TABLE receivables IN SHARE MODE"):
        # One unit of the second half is held, so membership is killed in the middle of its batch.
        held = sorted(units)[UNITS * 2 // 3]
        with houses.held("membership", f"SELECT 1 FROM units WHERE id = '{held}' FOR UPDATE"):
            run = flow.do("membership", "start_billing_run", flow.clerk, year=flow.year)["id"]
            houses.blocked("membership", 1)
            houses.kill("membership")
        houses.blocked("finance", 1)
        houses.kill("finance")
    before = invoices()
    assert before
    assert units - set(before.values()), "it was over before membership was killed"
    houses.back("membership")
    over = f"SELECT 1 FROM billing_runs WHERE id = '{run}' AND ended_at IS NOT NULL"
    eventually(lambda: flow.rows("membership", over), within=WITHIN)
    after = invoices()
    assert before.items() <= after.items()
    assert units <= set(after.values())
    assert len(set(after.values())) == len(after)

    houses.back("finance")

    def taken_on() -> bool:
        found = flow.rows("finance", f"SELECT id, unit_id FROM receivables WHERE year = {flow.year}")
        assert {str(row["id"]): str(row["unit_id"]) for row in found} == after
        return True

    eventually(taken_on, within=WITHIN)
