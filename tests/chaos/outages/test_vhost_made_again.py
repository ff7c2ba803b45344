"""A virtual host is deleted and made again: whoever was on it declares again all it uses, before it says anything."""

import pytest
from sqlalchemy import text

from shared.store.database import lock_key
from shared.testing.association import eventually
from shared.testing.house import House, outcome
from shared.testing.traffic import PATIENCE

pytestmark = pytest.mark.rabbitmq


def queues(house: House) -> set[str]:
    """The queues of this house's two services, where they hear requests and events."""
    listed = house.node.eval(
        f'[binary_to_list(element(4, amqqueue:get_name(Q))) || Q <- rabbit_amqqueue:list(<<"{house.vhost}">>)]'
    )
    names = {name.strip('"') for name in listed.strip("[]").split(",")}
    return {name for name in names if "teller" in name or "listener" in name}


def deleted(house: House) -> None:
    house.node.delete_vhost(house.vhost)


def made_again(house: House) -> None:
    house.node.create_vhost(house.vhost)


def test_everything_is_declared_again_and_goes_on(house: House) -> None:
    before = queues(house)
    assert {"rpc-teller", "rpc-listener", "listener.inbox"} <= before
    deleted(house)
    assert outcome(house.client) == "bus-away"
    assert house.http.problem("POST", "/v1/teller/echoes", 503, json={"text": "x"})["code"] == "bus-away"
    made_again(house)
    house.answers()
    house.hears()
    house.http.ready("teller", "listener", within=PATIENCE)
    eventually(lambda: queues(house) == before, within=PATIENCE)


def test_what_was_committed_meanwhile_is_not_told_to_a_house_without_ears(house: House) -> None:
    """An exchange drops what no queue is bound for: whoever tells first sees to the queues first."""
    topic = house.pair.topic()
    texts = [str(number) for number in range(20)]
    with house.pair.database("teller").begin() as relay_held:
        relay_held.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key("relay")})
        house.pair.tell(topic, *texts)
        deleted(house)
        # The listener looks for the bus less and less often.
        waited = len(house.pair.logged(event="bus away", service="listener"))
        eventually(lambda: len(house.pair.logged(event="bus away", service="listener")) >= waited + 5, within=PATIENCE)
    made_again(house)
    eventually(lambda: house.pair.heard(topic) == texts, within=PATIENCE)


def test_what_lay_in_its_queues_is_told_again_from_the_outboxes(house: House) -> None:
    pair, topic = house.pair, house.pair.topic()
    texts = [str(number) for number in range(200)]
    with pair.database("listener").begin() as held:
        held.execute(text("LOCK TABLE heard_notes IN SHARE MODE"))
        pair.tell(topic, *texts)
        eventually(lambda: all(row["sent_at"] for row in pair.told(topic)), within=PATIENCE)
        deleted(house)
    made_again(house)
    house.answers()
    house.hears()
    heard = pair.heard(topic)
    assert heard == texts[: len(heard)], "what was in hand"
    assert len(heard) < len(texts), "the rest went with its queue"
    with pair.database("teller").begin() as outbox:
        # As `xiehui events replay teller` does.
        outbox.execute(text("UPDATE chassis.outbox SET sent_at = NULL"))
    eventually(lambda: pair.heard(topic) == texts, within=PATIENCE)
