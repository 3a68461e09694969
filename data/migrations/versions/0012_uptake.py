from pathlib import Path

from alembic import op

revision = "0012"
down_revision = max(path.name[:4] for path in Path(__file__).parent.glob("0*.py") if path.name < "0012")


def upgrade() -> None:
    sql = Path(__file__).parents[1].joinpath("0012_uptake.sql").read_text("utf-8")
    op.get_bind().connection.driver_connection.execute(sql)
