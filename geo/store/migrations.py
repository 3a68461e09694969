"""Brings a database's schema up to date: numbered SQL files, run by alembic under an advisory lock."""

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool
from sqlalchemy.exc import DBAPIError

from geo.folders import DATA


def _config(dsn: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(DATA / "migrations"))
    config.attributes["engine"] = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), poolclass=pool.NullPool
    )
    return config


def migrate(dsn: str) -> str:
    """Run what is missing and give the schema's number now. Safe to call twice, at once or after a kill."""
    config = _config(dsn)
    try:
        command.upgrade(config, "head")
    except DBAPIError as wrapped:
        raise wrapped.orig or wrapped from None  # everyone here knows psycopg's errors, and only those
    return newest(dsn)


def newest(dsn: str) -> str:
    """The number this program expects: that of the newest migration."""
    return ScriptDirectory.from_config(_config(dsn)).get_current_head() or ""


def current(connection: psycopg.Connection) -> str:
    """The number the database has, '' where it has never been migrated."""
    exists = connection.execute("SELECT to_regclass('public.alembic_version')").fetchone()
    if exists is None or exists[0] is None:
        return ""
    row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return str(row[0]) if row else ""
