"""Calls the floor's echo: a connection a thread, since kombu's are not for sharing. ``python call.py URL``."""

import sys
import uuid

from callers import Call, Callers
from kombu import Connection, Consumer, Producer, Queue
from role import obey


def connect() -> Call:
    connection = Connection(sys.argv[1])
    channel = connection.channel()
    mailbox = str(uuid.uuid4())
    producer = Producer(channel, serializer="json")
    answers = {}

    def keep(body, message):
        answers[message.properties["correlation_id"]] = body

    replies = Queue(mailbox, exclusive=True, auto_delete=True, durable=False)
    Consumer(channel, [replies], callbacks=[keep], no_ack=True, accept=["json"]).consume()

    def call(text: str) -> str:
        number = str(uuid.uuid4())
        producer.publish({"text": text}, routing_key="echo", reply_to=mailbox, correlation_id=number, delivery_mode=1)
        while number not in answers:
            connection.drain_events(timeout=10)
        return answers.pop(number)["text"]

    return call


if __name__ == "__main__":
    obey(Callers(connect).burst)
