from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """The queue in a schema of its own, as the locked procrastinate brings it; then ours.

    A later procrastinate that changes its tables needs a migration with its own upgrade file.
    """
    connection = op.get_bind().connection.driver_connection
    connection.execute("CREATE SCHEMA jobs")
    connection.execute("SET LOCAL search_path = jobs")
    connection.execute(files("procrastinate.sql").joinpath("schema.sql").read_text("utf-8"))
    connection.execute("RESET search_path")
    connection.execute(f"COMMENT ON SCHEMA jobs IS 'procrastinate {version('procrastinate')}'")
    connection.execute(Path(__file__).parents[1].joinpath("0011_jobs.sql").read_text("utf-8"))
