"""Lists, page by page: by a cursor that names the last row seen, so that rows added meanwhile shift nothing."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson
from marshmallow import validate
from sqlalchemy import Numeric, Select, cast, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.api import fields as f
from shared.api.messages import say
from shared.errors import Invalid
from shared.text import Text

LIMIT = 200


class PageQuery(f.Schema):
    """What every list takes beside its own filters."""

    limit = f.Integer(
        "每页条数",
        "Rows a page",
        load_default=50,
        validate=validate.Range(1, LIMIT, error=say(f"每页 1 至 {LIMIT} 条", f"Between 1 and {LIMIT} rows")),
    )
    cursor = f.String("续页标记", "Where the last page ended", load_default=None, allow_none=True, max_length=600)
    sort = f.String("排序（前加 - 为倒序）", "Order; a leading - reverses it", load_default=None, allow_none=True)


@dataclass(frozen=True)
class PageRequest:
    """The page somebody asks for."""

    limit: int = 50
    cursor: str | None = None
    sort: str | None = None


@dataclass(frozen=True)
class Page:
    """A page of rows and the cursor of the next, None at the end."""

    items: Sequence[Any]
    next: str | None


def _wrong(field: str, zh: str, en: str) -> Invalid:
    return Invalid(zh, en, errors={field: [Text(zh, en)]})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else str(value) if value is not None else None


def _encode(order: str, values: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([order, *values], default=_plain)).decode().rstrip("=")


def _decode(cursor: str, order: str) -> list[Any]:
    try:
        found = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise _wrong("cursor", "续页标记无效", "The cursor does not hold") from error
    if not isinstance(found, list) or len(found) != 3 or found[0] != order:
        raise _wrong("cursor", "续页标记与排序不符", "The cursor belongs to another order")
    return found[1:]


def read_page(
    session: Session,
    query: Select[Any],
    page: PageRequest,
    *,
    key: InstrumentedAttribute[Any],
    sorts: Mapping[str, InstrumentedAttribute[Any]],
    default: str,
) -> Page:
    """The rows of ``query`` that ``page`` asks for, ordered by one of ``sorts`` (none of them nullable) and ``key``.

    ``default`` names the order when none is asked for, e.g. "-created".
    """
    if not 1 <= page.limit <= LIMIT:
        raise _wrong("limit", f"每页 1 至 {LIMIT} 条", f"Between 1 and {LIMIT} rows")
    order = page.sort or default
    column = sorts.get(order.removeprefix("-"))
    if column is None:
        names = "、".join(sorts)
        raise _wrong("sort", f"可按 {names} 排序", f"Sort by one of {', '.join(sorts)}")
    down = order.startswith("-")
    ordered = query.order_by(*((column.desc(), key.desc()) if down else (column, key)))
    if page.cursor:
        last = tuple_(*(_bind(c, v) for c, v in zip((column, key), _decode(page.cursor, order), strict=True)))
        here = tuple_(column, key)
        ordered = ordered.where(here < last if down else here > last)
    rows = list(session.scalars(ordered.limit(page.limit + 1)))
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    tail = _encode(order, [getattr(rows[-1], column.key), getattr(rows[-1], key.key)]) if more else None
    return Page(rows, tail)


def _bind(column: InstrumentedAttribute[Any], value: Any) -> Any:
    """``value`` as the column's own type; a cursor that was tampered with is refused, not sent to the database."""
    kind = column.type.python_type
    try:
        if kind is datetime or kind is date:
            value = kind.fromisoformat(value)
        elif kind is not str:
            value = kind(value)
        elif not isinstance(value, str) or "\0" in value:
            raise ValueError("no text that a database can hold")
        if kind in (int, Decimal) and not -(2**63) <= value < 2**63:
            raise ValueError("no number that a column here holds")
    except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise _wrong("cursor", "续页标记无效", "The cursor does not hold") from error
    type = Numeric() if kind is Decimal else column.type
    return cast(literal(value, type), type)
