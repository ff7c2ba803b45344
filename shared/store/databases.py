"""A database for each service, and a role of the same name that owns it and can enter no other."""

import re
from typing import Any

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_RESERVED = frozenset({SUPERUSER, "public", "none", "template0", "template1"})


def check_name(name: str) -> None:
    """Raises ValueError for a name that is not [a-z][a-z0-9_-]*, is over 63 long, or is PostgreSQL's own."""
    if not _NAME.fullmatch(name) or name in _RESERVED or name.startswith("pg_"):
        raise ValueError(f"{name!r} cannot be the name of a database")


def ensure(connection: psycopg.Connection[Any], name: str, password: str) -> None:
    """See to it that role and database are there and that the role has this password."""
    identifier = sql.Identifier(name)
    # The server gets a verifier and never the password, which a failed statement would put in the log.
    verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(
            sql.SQL("ALTER" if known else "CREATE"), identifier, sql.Literal(verifier.decode())
        )
    )
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(identifier, identifier))
    close_to_public(connection, name)


def drop(connection: psycopg.Connection[Any], name: str) -> None:
    """Remove database and role, ending the sessions in it, where they exist."""
    identifier = sql.Identifier(name)
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
    connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(identifier))


def close_to_public(connection: psycopg.Connection[Any], database: str) -> None:
    """Take from PUBLIC what it has in every new database; its owner and the superuser need no grant."""
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
