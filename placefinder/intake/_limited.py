"""Running `_child.py`: parse a workbook or JSON where its memory, time and output are bounded."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from typing import Any

import orjson

from placefinder.intake.errors import FileRefused
from placefinder.intake.files import ForeignFile
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


@dataclass(slots=True)
class Budget:
    """Processor seconds that all files of one opening share; the clock on the wall would punish a busy machine."""

    seconds: float


def parse(file: ForeignFile, output: Path, limits: Limits, budget: Budget) -> list[Spooled]:
    """The sheets of a workbook or GeoJSON, written to `output`. Raises FileRefused.

    What it took is taken off `budget`.
    """
    if budget.seconds <= 0:
        raise _refused("too_slow", f"全体で{limits.child_seconds}秒以上", file.name)
    command = [
        sys.executable, "-I", str(_CHILD), file.form, str(file.path), str(limits.child_memory_bytes), str(ceil(budget.seconds)),
        str(limits.child_output_bytes), str(limits.columns), str(limits.rows),
    ]  # fmt: skip
    with output.open("wb") as spool:
        try:
            status = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=spool, stderr=subprocess.DEVNULL, check=False,
                timeout=limits.child_wall_seconds, env={"PATH": os.environ.get("PATH", "")},
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            raise _refused("too_slow", f"{limits.child_wall_seconds}秒以上", file.name) from None
    if status in (-SIGXCPU, -SIGKILL):
        raise _refused("too_slow", f"全体で{limits.child_seconds}秒以上", file.name)
    if status:
        raise _refused("too_large", "記憶域か時間の上限を超えました", file.name)
    budget.seconds -= _last_line(output, file.name)["seconds"]
    return list(_sheets(output))


def _last_line(output: Path, name: str) -> dict[str, Any]:
    with output.open("rb") as file:
        file.seek(max(0, output.stat().st_size - _LAST_LINE_BYTES))
        lines = file.read().splitlines()
    last: dict[str, Any] = orjson.loads(lines[-1])
    if "refused" in last:
        rule, detail = last["refused"]
        raise _refused(rule, detail, name)
    return last


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
