from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    sql = Path(__file__).parents[1].joinpath("0001_roles_and_schemas.sql").read_text("utf-8")
    op.get_bind().connection.driver_connection.execute(sql)
