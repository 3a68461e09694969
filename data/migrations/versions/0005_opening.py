from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    sql = Path(__file__).parents[1].joinpath("0005_opening.sql").read_text("utf-8")
    op.get_bind().connection.driver_connection.execute(sql)
