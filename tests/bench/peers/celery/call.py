"""Calls the Celery task, and waits for its result."""

from callers import Call, Callers
from echo import echo
from role import obey


def connect() -> Call:
    return lambda text: echo.delay(text).get(timeout=10)["text"]


if __name__ == "__main__":
    obey(Callers(connect).burst)
