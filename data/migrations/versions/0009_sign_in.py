from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    sql = Path(__file__).parents[1].joinpath("0009_sign_in.sql").read_text("utf-8")
    op.get_bind().connection.driver_connection.execute(sql)
