import csv
from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"

LISTS = {"journey_states": "journey_state", "journey_moves": "journey_move", "reasons": "reason"}
"""Code lists of the journey. They are part of the schema: a change of them is a migration."""
ARRAYS = ("from_states", "parties", "reason_groups")


def upgrade() -> None:
    folder = Path(__file__).parents[1]
    connection = op.get_bind().connection.driver_connection
    connection.execute(folder.joinpath("0008_people.sql").read_text("utf-8"))
    for file, table in LISTS.items():
        with (folder.parent / "codelists" / f"{file}.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, strict=True):
                values = [value.split() if name in ARRAYS else value or None for name, value in row.items()]
                slots = ", ".join(["%s"] * len(values))
                connection.execute(f"INSERT INTO rx.{table} ({', '.join(row)}) VALUES ({slots})", values)
