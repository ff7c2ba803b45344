"""Processes killed at random moments: 2,000 events from two producers, 20 kills, and every event counts once."""

from pathlib import Path

import pytest

from shared.store.embedded import EmbeddedPostgres
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.siege import Siege

pytestmark = [pytest.mark.rabbitmq, pytest.mark.rule(id="X6")]

EVENTS, KILLS = 2000, 20


def test_of_2000_events_none_is_lost_and_none_counts_twice_while_20_processes_are_killed(
    rabbitmq_node: PrivateRabbitMQ, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    with Siege(rabbitmq_node, postgres, tmp_path, tellers=2, seed=20) as siege:
        siege.tell(EVENTS, KILLS)
        assert siege.told == EVENTS
        assert siege.kills.total() == KILLS
        assert {name.partition("-")[0] for name in siege.kills} == {"teller", "listener"}
        siege.right()
