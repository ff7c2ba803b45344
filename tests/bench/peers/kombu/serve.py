"""The floor: an echo on RabbitMQ with kombu alone, one thread, no framework. ``python serve.py URL``."""

import sys

from kombu import Connection, Consumer, Producer, Queue

PREFETCH = 16


def main(url: str) -> None:
    with Connection(url, heartbeat=30) as connection:
        channel = connection.channel()
        producer = Producer(channel, serializer="json")

        def echo(body, message):
            producer.publish(
                {"text": body["text"]},
                routing_key=message.properties["reply_to"],
                correlation_id=message.properties["correlation_id"],
                delivery_mode=1,
            )
            message.ack()

        with Consumer(channel, [Queue("echo")], callbacks=[echo], prefetch_count=PREFETCH, accept=["json"]):
            while True:
                try:
                    connection.drain_events(timeout=10)
                except TimeoutError:
                    connection.heartbeat_check()


if __name__ == "__main__":
    main(sys.argv[1])
