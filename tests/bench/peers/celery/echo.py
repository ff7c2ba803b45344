"""The echo as a Celery task that answers through the rpc backend. The address of the bus is in ``BENCH_AMQP_URL``."""

import os

from celery import Celery

app = Celery("echo", broker=os.environ["BENCH_AMQP_URL"], backend="rpc://")
app.conf.update(task_serializer="json", accept_content=["json"], result_serializer="json", task_ignore_result=False)


@app.task(name="echo")
def echo(text):
    return {"text": text}
