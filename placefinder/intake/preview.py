"""A look at a file before it is loaded (取込の下見): what would be taken, asked about or refused, row by row. It writes nothing."""

from pathlib import Path

import psycopg

from geo.codes import PREFECTURES, MunicipalityCode, PrefectureCode
from geo.errors import TableError
from geo.geocoding import Geocoder
from geo.store.towns import TownStore
from placefinder.intake.pipeline import prepare
from placefinder.intake.reading import FileReading, read_files
from placefinder.intake.report import Report, report_of


def preview(dsn: str, path: Path, municipality_code: MunicipalityCode) -> Report:
    """The report of a file that a coordinator of a municipality looks at. Raises FileRefused, as reading does.

    `dsn` may be the public's: only temporary tables are filled, and rolled back. Addresses are looked up in the prefecture of
    the municipality alone: those of all Japan would take 300 MB of the server's memory.
    """
    reading = read_files([path], municipality_code=municipality_code)
    with psycopg.connect(dsn) as connection:
        prepared = prepare(connection, reading, _finder(connection, reading, municipality_code), municipality_code)
        connection.rollback()
    return report_of(prepared)


def _finder(
    connection: psycopg.Connection, reading: FileReading, municipality_code: MunicipalityCode
) -> Geocoder | None:
    """Nothing where no row has an address, or where no addresses of the prefecture are loaded."""
    if not any(getattr(outcome.record, "address", None) for outcome in reading.outcomes):
        return None
    try:
        return TownStore(connection).geocoder(PREFECTURES[PrefectureCode(municipality_code[:2])])
    except TableError:
        return None
