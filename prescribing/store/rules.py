"""Rules (きまり) that a deployment sets and the database itself keeps."""

import psycopg

from geo.store.queries import Queries

QUERIES = Queries("prescribing.store", "rules.sql")


def keep_rules(owner_dsn: str, *, guardian_below: int) -> None:
    """Make the database know below which age a guardian says yes. As the owner, at each start of the program."""
    with psycopg.connect(owner_dsn) as connection:
        connection.execute(QUERIES.keep_rules, {"guardian_below": guardian_below})
