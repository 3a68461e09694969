"""Where the checkout keeps what goes into a database (migrations, code lists, the demo town): never imported."""

from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
