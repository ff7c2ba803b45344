"""Alembic's way in, the same for every history; shared.store.migrations says which one it is."""

from alembic import context

from shared.store.migrations import options

connection = context.config.attributes["connection"]
history = context.config.attributes["history"]

context.configure(connection=connection, **options(history))
with context.begin_transaction():
    context.run_migrations()
