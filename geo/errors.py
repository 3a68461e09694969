"""Everything geo can refuse.

GeoError
├── ClusterError        the embedded database cannot run
│   └── ClusterInUse    another process owns it
├── CodeError           a text is not the code it should be
├── EditionError        an edition cannot do what was asked of it
│   ├── EditionUnknown      no edition has this id
│   ├── EditionIncomplete   rows of its file are unaccounted for
│   └── EditionEmpty        none of its rows was accepted
├── MigrationError      the database's schema does not fit this program
├── PopulationLost      apportioned people do not add up to the whole
├── PositionError       a position cannot be used; its coordinates are never in the text
└── TableError          a file is not the table it should be
"""

from pathlib import Path
from uuid import UUID


class GeoError(Exception):
    """Base of all errors of this package; the text says what, where and what to do."""


class CodeError(GeoError, ValueError):
    """A text is not the code it should be."""

    def __init__(self, kind: str, text: str, expected: str) -> None:
        super().__init__(f"{text[:40]!r} is no {kind}: {expected}.")


class PositionError(GeoError, ValueError):
    """A position cannot be used; the text never holds its coordinates, which may be somebody's home."""


class TableError(GeoError, ValueError):
    """A file is not the table it should be; names the file, what is missing and what is expected."""


class ClusterError(GeoError):
    """The embedded database cannot run."""


class ClusterInUse(ClusterError):
    """Another process owns the embedded database; its pid is named."""

    def __init__(self, home: Path, owner_pid: str) -> None:
        super().__init__(
            f"The database in {home} is already served by process {owner_pid or 'unknown'}. "
            f"Use that one (`placefinder psql` reaches it), end it, or set PLACEFINDER_HOME to another folder."
        )


class MigrationError(GeoError):
    """The database's schema does not fit this program."""


class EditionError(GeoError):
    """An edition cannot do what was asked of it."""


class EditionUnknown(EditionError):
    """No edition has this id."""

    def __init__(self, edition_id: UUID) -> None:
        super().__init__(f"There is no edition {edition_id}. `placefinder sources` lists those that are loaded.")


class EditionIncomplete(EditionError):
    """Rows of the edition's file are unaccounted for."""

    def __init__(self, edition_id: UUID) -> None:
        super().__init__(
            f"Edition {edition_id} does not account for every row of its file, so it was not made current. "
            "Load the file again; if that repeats, the reader is at fault."
        )


class EditionEmpty(EditionError):
    """None of the edition's rows was accepted."""

    def __init__(self, edition_id: UUID) -> None:
        super().__init__(
            f"Edition {edition_id} has no accepted row, so it was not made current and the older one stays. "
            "See its findings for what is wrong with the file."
        )


class PopulationLost(GeoError):
    """Apportioned people do not add up to the whole."""

    def __init__(self, edition_id: UUID, whole: float, parts: float) -> None:
        super().__init__(
            f"Apportioning population edition {edition_id} gave {parts:.3f} people of {whole:.3f}. Nothing was kept; "
            "the districts' polygons are probably damaged: check them with `placefinder check-data`."
        )
