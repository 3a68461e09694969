from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    sql = Path(__file__).parents[1].joinpath("0004_narrowing_index.sql").read_text("utf-8")
    op.get_bind().connection.driver_connection.execute(sql)
