"""How much of a foreign file is believed before it is refused."""

from dataclasses import dataclass

_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one foreign file. Sizes in bytes, times in seconds; a file beyond any of them is refused, never cut."""

    file_bytes: int = 512 * _MB  # the file itself, and all that its archives hold together
    json_bytes: int = 100 * _MB
    workbook_bytes: int = 250 * _MB  # what the parts of one workbook hold, unpacked
    archive_members: int = 2_000
    archive_depth: int = 3  # archives within archives
    archive_ratio: int = 200  # unpacked to packed, looked at only above `ratio_from_bytes`
    ratio_from_bytes: int = 20 * _MB
    line_chars: int = 1_000_000  # one physical line of a text table
    columns: int = 2_000
    rows: int = 2_000_000  # of one sheet
    child_memory_bytes: int = 850 * _MB  # address space of the process that parses workbooks and JSON
    child_seconds: int = 9  # of processor time, for all workbooks and JSON of one opening together
    child_wall_seconds: int = 60  # by the clock, for each; only a machine in trouble comes near it
    child_output_bytes: int = 1_000 * _MB  # what that process may hand back


LIMITS = Limits()
