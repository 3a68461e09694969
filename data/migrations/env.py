"""Alembic's entry: one transaction, one migrator at a time."""

from alembic import context
from sqlalchemy import text

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, version_table_schema="public")
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('placefinder migrations'))"))
        context.run_migrations()
