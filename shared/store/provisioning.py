"""A database and a role for each service on a PostgreSQL server that is not ours to run."""

from collections.abc import Iterable

import psycopg
from sqlalchemy import make_url

from shared.store.databases import check_name, ensure


def provision(admin_url: str, urls: Iterable[str]) -> None:
    """See to it that every database of ``urls`` is there, with its role and password. Safe to run again.

    ``admin_url`` is a superuser's URL. A role and its database bear the same name; ValueError where they do not.
    """
    admin = make_url(admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        for url in map(make_url, urls):
            if url.database is None or url.username != url.database or url.password is None:
                raise ValueError(f"{url!r} must name a role and a database of one name, and a password")
            check_name(url.database)
            ensure(connection, url.database, url.password)
