"""Running `_child.py`: parse a workbook or JSON where its memory, time and output are bounded."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from placefinder.intake.errors import FileRefused
from placefinder.intake.limits import Limits

_CHILD = Path(__file__).with_name("_child.py")
_LAST_LINE_BYTES = 4_096
_REMEDY = "不要なシート・書式・空行を消し、「CSV UTF-8」で保存し直してください。"
_WHAT = {
    "too_large": "中身が大きすぎます",
    "too_slow": "読み取りに時間がかかりすぎます",
    "unreadable": "中身を読み取れません(壊れているか、対応していない形式です)",
    "not_json": "JSONとして読めません",
    "not_points": "GeoJSONのFeatureCollectionではありません",
}


@dataclass(frozen=True, slots=True)
class Spooled:
    """One sheet in the child's output: rows are read from `start`, as often as one likes."""

    path: Path
    sheet: str
    start: int
    end: int

    def rows(self) -> Iterator[list[str]]:
        with self.path.open("rb") as file:
            file.seek(self.start)
            while file.tell() < self.end:
                yield orjson.loads(file.readline())


def parse(form: str, source: Path, name: str, output: Path, limits: Limits) -> list[Spooled]:
    """The sheets of the workbook or GeoJSON at `source`, written to `output`. Raises FileRefused."""
    command = [
        sys.executable, "-I", str(_CHILD), form, str(source), str(limits.child_memory_bytes), str(limits.child_seconds),
        str(limits.child_output_bytes), str(limits.columns), str(limits.rows),
    ]  # fmt: skip
    with output.open("wb") as spool:
        try:
            status = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=spool, stderr=subprocess.DEVNULL, check=False,
                timeout=limits.child_seconds, env={"PATH": os.environ.get("PATH", "")},
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            raise _refused("too_slow", f"{limits.child_seconds}秒以上", name) from None
    if status:
        raise _refused("too_large", "記憶域か時間の上限を超えました", name)
    _check_last_line(output, name)
    return list(_sheets(output))


def _check_last_line(output: Path, name: str) -> None:
    with output.open("rb") as file:
        file.seek(max(0, output.stat().st_size - _LAST_LINE_BYTES))
        lines = file.read().splitlines()
    last: Any = orjson.loads(lines[-1]) if lines else {}
    if "refused" in last:
        rule, detail = last["refused"]
        raise _refused(rule, detail, name)


def _sheets(output: Path) -> Iterator[Spooled]:
    sheet, start = None, 0
    with output.open("rb") as file:
        position = 0
        for line in file:
            if line.startswith(b"{"):
                if sheet is not None:
                    yield Spooled(output, sheet, start, position)
                sheet, start = orjson.loads(line).get("sheet"), position + len(line)
            position += len(line)


def _refused(rule: str, detail: str, name: str) -> FileRefused:
    return FileRefused(rule, f"{_WHAT.get(rule, _WHAT['unreadable'])}。[{detail}]", where=name, remedy=_REMEDY)
