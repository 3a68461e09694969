"""The process in which foreign workbooks and JSON are parsed: started by path, alone, with hard limits on itself.

Usage: `_child.py FORM PATH MEMORY_BYTES CPU_SECONDS OUTPUT_BYTES MAX_COLUMNS MAX_ROWS`. Writes JSON lines: `{"sheet": name}`
before each table, then one array of texts per row; the last line is `{"end": true}` or `{"refused": [rule, detail]}`.
"""

import importlib.util
import resource
import sys
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any


def _limit(memory_bytes: int, cpu_seconds: int, output_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text_of(value: Any) -> str:
    """A cell as a person reads it: 1.0 is 「1」, midnight dates are dates, times lose empty seconds."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes" if not value.second else "seconds")
    if isinstance(value, time):
        return value.isoformat("minutes" if not value.second else "seconds")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _workbook(path: str, max_columns: int, max_rows: int) -> Iterator[dict[str, str] | list[str]]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    workbook = CalamineWorkbook.from_path(path)
    for meta in workbook.sheets_metadata:
        if meta.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        if sheet.total_width > max_columns or sheet.total_height > max_rows:
            raise OverflowError(f"{meta.name}: {sheet.total_height} × {sheet.total_width}")
        yield {"sheet": meta.name}
        left = [""] * (sheet.start[1] if sheet.start else 0)
        for _ in range(sheet.start[0] if sheet.start else 0):
            yield []
        for row in sheet.iter_rows():
            yield left + [text_of(cell) for cell in row]


def _geojson(path: str) -> Iterator[dict[str, str] | list[str]]:
    spec = importlib.util.spec_from_file_location("geojson", Path(__file__).with_name("geojson.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield {"sheet": ""}
    yield from module.rows_of(Path(path).read_bytes())


def main(form: str, path: str, *limits: str) -> int:
    memory_bytes, cpu_seconds, output_bytes, max_columns, max_rows = map(int, limits)
    import orjson

    _limit(memory_bytes, cpu_seconds, output_bytes)
    out = sys.stdout.buffer
    try:
        for line in _geojson(path) if form == "geojson" else _workbook(path, max_columns, max_rows):
            out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        last: dict[str, Any] = {"end": True}
    except OverflowError as error:
        last = {"refused": ["too_large", str(error)]}
    except (MemoryError, RecursionError) as error:
        last = {"refused": ["too_large", type(error).__name__]}
    except Exception as error:
        last = {"refused": [getattr(error, "rule", "unreadable"), f"{type(error).__name__}: {error}"[:300]]}
    out.write(orjson.dumps(last, option=orjson.OPT_APPEND_NEWLINE))
    out.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
