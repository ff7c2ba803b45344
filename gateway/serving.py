"""How gunicorn runs the gateway: ``gunicorn --config python:gateway.serving 'gateway.serving:application()'``.

The gevent worker by default, since a page that is held open must not cost a thread; ``--worker-class gthread
--threads 16`` is the plain alternative. Imports next to nothing by itself: gunicorn reads this before gevent has made
the standard library its own.
"""

import os
from typing import Any

bind = f"{os.environ.get('XIEHUI_HOST', '127.0.0.1')}:{os.environ.get('XIEHUI_PORT', '8000')}"
worker_class = "gevent"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# A worker that is told to stop waits for its idle connections too: longer would only be slower to stop.
keepalive = 5
timeout = 60
# Seconds for the requests in hand. Whoever stops a container waits ten before it is killed.
graceful_timeout = 8
control_socket_disable = True
limit_request_line = 8190
# gunicorn would believe X-Forwarded-Proto of whoever is on this machine; XIEHUI_TRUSTED_PROXIES says whom to believe.
forwarded_allow_ips = ""


def post_worker_init(worker: Any) -> None:
    """Join the bus in each worker, after the fork."""
    worker.wsgi.open()


def worker_exit(_server: Any, worker: Any) -> None:
    """Leave the bus when the worker has answered its last request."""
    application = getattr(worker, "wsgi", None)
    if application is not None:
        application.shut_down()


def child_exit(_server: Any, worker: Any) -> None:
    """A worker that is gone no longer counts among those whose gauges are gathered."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]


def application() -> Any:
    """The WSGI application, set up from the environment."""
    from gateway.app import create_app
    from shared.observe.logs import configure
    from shared.settings import from_environment

    configure()
    return create_app(from_environment())
