"""Attempts that PostgreSQL undid for the sake of others are made again."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from shared.errors import Unavailable
from shared.store.database import lost_race

T = TypeVar("T")

ATTEMPTS = 5
"""How often an operation is begun that loses one deadlock after another."""


def through_deadlocks(attempt: Callable[[], T]) -> T:
    """What ``attempt`` gives. PostgreSQL undoes one of two transactions that wait for one another: that one is made
    again."""
    for _ in range(ATTEMPTS):
        try:
            return attempt()
        except DBAPIError as error:
            if not lost_race(error):
                raise
    raise Unavailable(
        "多个请求互相等待，本次未予办理，请再试一次",
        "Requests waited for one another and this one was not carried out: try it again",
        code="database-busy",
        retry_after=1,
    )
