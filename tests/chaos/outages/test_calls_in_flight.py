"""Calls in flight when their way back is lost: each is answered or failed in time, and repeating it is safe."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from shared.store.base import new_id
from shared.testing.association import eventually
from shared.testing.house import House, outcome
from shared.testing.traffic import AGAIN, PATIENCE, Send, over_bus, over_http

pytestmark = pytest.mark.rabbitmq

CALLS = 64


def reply_queues(house: House, act: str = "ok") -> int:
    """How many reply queues there are; ``act`` is done to each (Erlang, with the queue as Q)."""
    done = house.node.eval(
        f'[{act} || Q <- rabbit_amqqueue:list(<<"{house.vhost}">>),'
        ' binary:match(element(4, amqqueue:get_name(Q)), <<"rpc.reply-">>) =/= nomatch]'
    )
    return done.count("ok")


def test_a_client_whose_reply_queue_is_deleted_opens_another_line(house: House) -> None:
    house.hears()  # so that everybody who calls has a line
    lines = reply_queues(house)
    with ThreadPoolExecutor(4) as pool:
        naps = [pool.submit(outcome, house.client, "nap", 20, seconds="2") for _ in range(4)]
        napping = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
        eventually(lambda: house.pair.rows("teller", napping), within=PATIENCE, every=0.01)
        began = time.monotonic()
        assert reply_queues(house, 'element(1, rabbit_amqqueue:delete(Q, false, false, <<"tester">>))') == lines
        assert {nap.result() for nap in naps} <= {"bus-away", "answered"}
        assert time.monotonic() - began < 20, "the deadline"
    house.answers()
    house.hears()
    eventually(lambda: reply_queues(house) == lines, within=PATIENCE)
    assert outcome(house.client) == "answered"


def through_the_bus(house: House) -> Send:
    return over_bus(house.pair, house.client, deadline=20)


def through_the_gateway(house: House) -> Send:
    return over_http(house.http.as_("teller"))


@pytest.mark.parametrize("through", [through_the_bus, through_the_gateway])
def test_a_connection_lost_with_64_commands_in_flight(house: House, through: Callable[[House], Send]) -> None:
    pair, send = house.pair, through(house)
    commands = [(topic, str(new_id())) for topic in [pair.topic() for _ in range(8)] for _ in range(CALLS // 8)]

    def give(command: tuple[str, str]) -> tuple[int, str]:
        return send(command[0], command[1], command[1])

    def again(command: tuple[str, str]) -> tuple[int, str]:
        return eventually(lambda: (told := give(command))[0] not in AGAIN and told, within=PATIENCE)

    with ThreadPoolExecutor(CALLS) as pool:
        with pair.database("teller").begin() as held:
            held.execute(text("LOCK TABLE topics IN SHARE MODE"))
            given = [pool.submit(give, command) for command in commands]
            waiting = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'topics'::regclass"
            eventually(lambda: len(pair.rows("teller", waiting)) >= 4, within=PATIENCE)
            began = time.monotonic()
            house.before.cut()
            first = [call.result() for call in given]
            assert time.monotonic() - began < 20, "the deadline"
        assert {status for status, _ in first} <= AGAIN
        second = list(pool.map(again, commands))
        third = list(pool.map(again, commands))
    assert set(second) == set(third) == {(200, "")}
    for topic in {topic for topic, _ in commands}:
        told = [key for about, key in commands if about == topic]
        eventually(lambda: sorted(pair.heard(topic)) == sorted(told), within=PATIENCE)  # noqa: B023 (asked at once)
        assert len(pair.told(topic)) == len(told)
