"""The echo as a FastStream subscriber, on uvloop. ``python serve.py URL``."""

import sys

import uvloop
from faststream import FastStream
from faststream.rabbit import Channel, RabbitBroker

broker = RabbitBroker(sys.argv[1], default_channel=Channel(prefetch_count=16))
app = FastStream(broker)


@broker.subscriber("echo")
async def echo(message: dict) -> dict:
    return {"text": message["text"]}


if __name__ == "__main__":
    uvloop.run(app.run())
