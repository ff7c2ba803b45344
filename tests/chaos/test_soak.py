"""``make soak`` at a size that fits: events, kills, an outage each of broker and database, and what is written."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.books.declared import Finding
from shared.store.embedded import EmbeddedPostgres
from shared.testing.rabbitmq import PrivateRabbitMQ
from shared.testing.soak import NOTES, PRODUCERS, Soak, report, soak
from shared.text import Text

EVENTS, KILLS = PRODUCERS * NOTES * 5, 3


@pytest.fixture
def own_postgres() -> Iterator[EmbeddedPostgres]:
    """A server that may go away."""
    place = Path(tempfile.mkdtemp(prefix="xiehui-soaked-"))
    # As root the server runs as another user, who must be able to enter.
    place.chmod(0o711)
    try:
        with EmbeddedPostgres(place, databases=()) as server:
            yield server
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.mark.rabbitmq
@pytest.mark.rule(id="X6")
def test_after_kills_and_outages_the_books_are_right(
    rabbitmq_node: PrivateRabbitMQ, own_postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    seen: list[int] = []
    done = soak(
        *(rabbitmq_node, own_postgres, tmp_path),
        events=EVENTS,
        kills=KILLS,
        outage=1.0,
        seen=lambda so_far: seen.append(so_far.told),
    )
    assert done.findings == []
    assert (done.told, done.heard, sum(done.killed.values())) == (EVENTS, EVENTS, KILLS)
    assert done.away.keys() == {"RabbitMQ", "PostgreSQL"}
    assert min(done.away.values()) >= 1.0
    assert done.fine
    assert seen == sorted(seen)
    assert seen[-1] == EVENTS


def fine() -> Soak:
    return Soak(events=100, kills=2, outage=1.0, told=100, heard=100, killed={"teller-0": 1, "listener-1": 1})


def test_a_soak_is_fine_only_if_everything_was_done_and_counts() -> None:
    assert fine().fine
    wrong = Finding("listener", "heard", "chassis.inbox x", Text("未收到", "not heard"))
    for spoilt in ({"told": 99}, {"heard": 99}, {"heard": 101}, {"killed": {"teller-0": 1}}, {"findings": [wrong]}):
        assert not Soak(**{**vars(fine()), **spoilt}).fine


def test_the_report_says_what_was_done_and_what_was_wrong() -> None:
    wrong = Finding("listener", "heard", "chassis.inbox x", Text("未收到", "not heard"))
    done = Soak(
        **{**vars(fine()), "findings": [wrong], "waiting": 7, "grown": {"teller": 12.3}, "away": {"RabbitMQ": 60}}
    )
    said = report(done, image="img/x.svg")
    for part in (
        "| events told by commands that were answered | 100 |",
        "| processes of teller killed (SIGKILL) | 1 |",
        "| RabbitMQ away | 60 s |",
        "| **discrepancies in the books** | **1** |",
        "- listener: heard: chassis.inbox x: not heard",
        "With 7 events waiting",
        "teller by 12 MiB",
        "(img/x.svg)",
    ):
        assert part in said
    assert "wrong" not in report(fine())
