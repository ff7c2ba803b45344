"""The books counted at the end of a test, queues included.

books_are_right([echo.TELLER, echo.LISTENER], urls, node=rabbitmq_node, amqp_url=rabbitmq_url)
"""

from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

from shared.books.counting import count
from shared.books.declared import Finding
from shared.books.queues import Depth, check_queues
from shared.plugins import Plugin
from shared.testing.association import eventually
from shared.testing.rabbitmq import PrivateRabbitMQ

# What the management keeps of a quorum queue is seconds old; its state machine is asked itself.
_DEPTHS = """
lists:flatten([begin
    {_, _, _, Name} = amqqueue:get_name(Queue),
    {Ready, Held} = case amqqueue:get_type(Queue) of
        rabbit_quorum_queue ->
            {ok, {_, Both}, _} = ra:local_query(amqqueue:get_pid(Queue), fun(State) ->
                {rabbit_fifo:query_messages_ready(State), rabbit_fifo:query_messages_checked_out(State)} end),
            Both;
        _ ->
            [{_, Waiting}, {_, Out}] = rabbit_amqqueue:info(Queue, [messages_ready, messages_unacknowledged]),
            {Waiting, Out}
    end,
    io_lib:format("~s ~b ~b;", [Name, Ready, Held])
end || Queue <- rabbit_amqqueue:list(<<VHOST>>)])
"""


def depths_on(node: PrivateRabbitMQ, amqp_url: str) -> dict[str, Depth]:
    """Every queue of the virtual host at ``amqp_url`` with what waits there and what consumers hold."""
    vhost = ",".join(str(byte) for byte in unquote(urlsplit(amqp_url).path[1:]).encode())
    listed = node.eval(" ".join(_DEPTHS.replace("VHOST", vhost).split()))
    found = {}
    for line in listed.strip('"').split(";")[:-1]:
        name, ready, held = line.rsplit(" ", 2)
        found[name] = Depth(int(ready), int(held))
    return found


def count_all(
    services: Sequence[Plugin], urls: Mapping[str, str], *, node: PrivateRabbitMQ | None = None, amqp_url: str = ""
) -> list[Finding]:
    """Every discrepancy in these databases (service → URL) and, where there is a node, in its queues."""
    found = count(services, urls.__getitem__)
    return [*found, *check_queues(services, depths_on(node, amqp_url))] if node else found


def books_are_right(
    services: Sequence[Plugin],
    urls: Mapping[str, str],
    *,
    node: PrivateRabbitMQ | None = None,
    amqp_url: str = "",
    within: float = 60.0,
) -> None:
    """Wait until nothing is wrong, which what was under way needs; fail with what is, after ``within`` seconds."""

    def right() -> bool:
        found = count_all(services, urls, node=node, amqp_url=amqp_url)
        assert not found, "\n".join([f"{len(found)} discrepancies", *map(str, found[:40])])
        return True

    eventually(right, within=within, every=0.3)
