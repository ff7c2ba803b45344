"""What an operator reads when a command cannot do its work: one clear line in both languages instead of a traceback."""

from pathlib import Path

import psycopg
from sqlalchemy.exc import DBAPIError

from shared.errors import Problem
from shared.running import CannotRun
from shared.store.database import is_away
from shared.store.embedded.errors import EmbeddedPostgresError
from shared.text import Text


def refusal(error: BaseException) -> Text | None:
    """What to tell about ``error``; None for a fault of ours, whose traceback is wanted."""
    if isinstance(error, CannotRun | EmbeddedPostgresError):
        return error.message
    if isinstance(error, Problem):
        return error.detail
    if isinstance(error, psycopg.OperationalError) or (isinstance(error, DBAPIError) and is_away(error)):
        reason = _first_line(error.orig if isinstance(error, DBAPIError) else error)
        return Text(f"数据库连不上：{reason}", f"The database cannot be reached: {reason}")
    if isinstance(error, FileNotFoundError) and isinstance(error.filename, str | Path):
        return Text(f"没有文件 {error.filename}", f"There is no file {error.filename}")
    return None


def _first_line(error: BaseException | None) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
