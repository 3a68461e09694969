from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    sql = Path(__file__).parents[1].joinpath("0011_jobs.sql").read_text("utf-8")
    op.get_bind().connection.driver_connection.execute(sql)
