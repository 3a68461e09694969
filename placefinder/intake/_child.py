"""The process in which foreign workbooks and JSON are parsed: started by path, alone, with hard limits on itself.

Usage: `_child.py FORM PATH MEMORY_BYTES CPU_SECONDS OUTPUT_BYTES MAX_COLUMNS MAX_ROWS`. Writes JSON lines: `{"sheet": name}`
before each table, then one array of texts per row; the last line is `{"seconds": processor time}` or `{"refused": [rule, detail]}`.
"""

import gc
import importlib.util
import resource
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import process_time
from typing import Any

import orjson
from python_calamine import CalamineWorkbook, SheetTypeEnum


def _limit(memory_bytes: int, cpu_seconds: int, output_bytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text_of(value: Any) -> str:
    """A cell as a person reads it: 1.0 is 「1」, midnight dates are dates, times lose empty seconds."""
    writer = _WRITERS.get(type(value), str)
    return writer(value)


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _moment(value: datetime) -> str:
    return value.date().isoformat() if value.time() == time() else f"{value.date().isoformat()} {_clock(value.time())}"


def _clock(value: time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _duration(value: timedelta) -> str:
    minutes = round(value.total_seconds() / 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


_WRITERS: dict[type, Callable[[Any], str]] = {
    bool: lambda value: "TRUE" if value else "FALSE",
    float: _number,
    datetime: _moment,
    time: _clock,
    timedelta: _duration,
    date: date.isoformat,
}


def _workbook(path: str, max_columns: int, max_rows: int) -> Iterator[dict[str, str] | list[str]]:
    workbook = CalamineWorkbook.from_path(path)
    for meta in workbook.sheets_metadata:
        if meta.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        if sheet.total_width > max_columns or sheet.total_height > max_rows:
            raise OverflowError(f"{meta.name}: {sheet.total_height} × {sheet.total_width}")
        yield {"sheet": meta.name}
        for row in sheet.iter_rows():
            yield [text_of(cell) for cell in row]


def _geojson(path: str) -> Iterator[dict[str, str] | list[str]]:
    spec = importlib.util.spec_from_file_location("geojson", Path(__file__).with_name("geojson.py"))
    if spec is None or spec.loader is None:
        raise ImportError("geojson.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield {"sheet": ""}
    yield from module.rows_of(Path(path).read_bytes())


def main(form: str, path: str, *limits: str) -> int:
    memory_bytes, cpu_seconds, output_bytes, max_columns, max_rows = map(int, limits)
    _limit(memory_bytes, cpu_seconds, output_bytes)
    gc.disable()  # nothing here makes cycles, and collecting among millions of lists takes most of the time
    out = sys.stdout.buffer
    try:
        for line in _geojson(path) if form == "geojson" else _workbook(path, max_columns, max_rows):
            out.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        last: dict[str, Any] = {"seconds": process_time()}
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
