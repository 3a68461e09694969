from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    sql = Path(__file__).parents[1].joinpath("0016_cards.sql").read_text("utf-8")
    op.get_bind().connection.driver_connection.execute(sql)
