"""Cells of official forms as values: positions, codes, prices, ages, status. Each reader of a cell notes what it saw."""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from geo import CodeError, MunicipalityCode, Postcode, municipality_code, postcode
from geo.findings import Finding, Severity
from geo.points import LonLat, in_japan, is_swapped
from placefinder.clock import today
from placefinder.intake.contacts import cleaned_finding, may_hold_personal, without_personal
from placefinder.intake.tables import Row
from placefinder.opening import Schedule
from placefinder.status import StatusSaid, read_status

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_YEN = re.compile(r"(?:各?(?:一人|1人|お一人)?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?円?(?:/回)?")
_FREE = frozenset({"無料", "0円", "なし", "無し", "無", "不要"})
_AGES = re.compile(
    r"(\d{1,3})(?:歳|才)?[~～〜-](\d{1,3})(?:歳|才)(?:まで)?|(\d{1,3})(?:歳|才)以上|(\d{1,3})(?:歳|才)(?:以下|まで)|(\d{1,3})(?:歳|才)未満"
)
_VAGUE = re.compile(r"周辺|付近|近辺|非公開|要問合|お?問い?合わ?せ|未定|各所|各地|市内|区内|町内$|など$|ほか$|外$")


@dataclass(slots=True)
class Reading:
    """One row while it is read, as of the day its list speaks of: gathers findings and counts private contacts left out."""

    row: Row
    as_of: date = field(default_factory=today)
    findings: list[Finding] = field(default_factory=list)
    dropped: int = 0
    _private: bool = field(init=False)

    def __post_init__(self) -> None:
        self._private = may_hold_personal("\n".join(self.row.cells))

    def cell(self, column: str | None) -> str:
        """The cleaned cell without private contacts; "" where the form has no such column."""
        text, dropped = self._cleaned(column)
        self.dropped += dropped
        return text

    def status(self, *columns: str | None, name: str = "") -> StatusSaid:
        """What these cells, and a name that another row gives, say of whether it still takes place."""
        return read_status([name, *(self._cleaned(column)[0] for column in columns)], self.as_of)

    def _cleaned(self, column: str | None) -> tuple[str, int]:
        text = self.row.get(column) if column else ""
        return without_personal(text) if text and self._private else (text, 0)

    def notice(self, rule: str, message: str, column: str | None = None, severity: Severity = "note") -> None:
        value = self.row.get(column) if column else None
        self.findings.append(cleaned_finding(Finding(self.row.row_no, column, rule, severity, message, value)))


def read_point(reading: Reading, lat_column: str | None, lon_column: str | None) -> LonLat | None:
    """The row's own position: swapped pairs are put right and noted, unusable ones set aside and noted."""
    if lat_column is None or lon_column is None:
        return None
    lat_text, lon_text = reading.row.get(lat_column), reading.row.get(lon_column)
    if not lat_text and not lon_text:
        return None
    lat, lon = _number(lat_text), _number(lon_text)
    if lat is None or lon is None:
        reading.notice(
            "position_not_numeric", "緯度・経度が数値の組ではないため使わず、住所から位置を求めます。", lat_column
        )
        return None
    if in_japan(lon, lat):
        return LonLat(lon, lat)
    if is_swapped(lon, lat):
        reading.notice(
            "position_swapped",
            "緯度と経度が入れ替わっていたため、直して使いました。元の表を直してください。",
            lat_column,
        )
        return LonLat(lat, lon)
    reading.notice(
        "position_outside_japan", "緯度・経度が日本の外を指すため使わず、住所から位置を求めます。", lat_column
    )
    return None


def _number(text: str) -> float | None:
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace(",", "")
    return float(plain) if _NUMBER.fullmatch(plain) else None


def read_municipality(reading: Reading, column: str | None) -> MunicipalityCode | None:
    """The stated municipality, six digits; a wrong code is noted and left to be found by the address."""
    text = reading.row.get(column) if column else ""
    if not text:
        return None
    code = _municipality_code(text)
    if code is None:
        reading.notice(
            "municipality_code_wrong",
            "市区町村コードとして正しくありません(検査数字が合いません)。住所から求めます。",
            column,
        )
    return code


@lru_cache(maxsize=5_000)
def _municipality_code(text: str) -> MunicipalityCode | None:
    try:
        return municipality_code(re.sub(r"\.0+$", "", text))
    except CodeError:
        return None


def read_postcode(reading: Reading, column: str | None) -> Postcode | None:
    text = reading.row.get(column) if column else ""
    if not text:
        return None
    try:
        return postcode(text.zfill(7) if text.isdigit() and len(text) == 6 else text)
    except CodeError:
        reading.notice("postcode_wrong", "郵便番号が7桁ではないため使いませんでした。", column)
        return None


@lru_cache(maxsize=5_000)
def read_yen(text: str) -> int | None:
    """Yen of 「300円」「無料」「100.0」; None for anything that says more than one plain amount."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "")
    if plain in _FREE:
        return 0
    match = _YEN.fullmatch(plain)
    return int(match[1].replace(",", "")) if match else None


@lru_cache(maxsize=5_000)
def read_ages(text: str) -> tuple[int | None, int | None]:
    """Lowest and highest age in full years of 「0歳～2歳」「65歳以上」「18歳未満」; (None, None) for anything else."""
    match = _AGES.fullmatch(unicodedata.normalize("NFKC", text).replace(" ", ""))
    if not match:
        return None, None
    first, last, least, most, below = (int(group) if group else None for group in match.groups())
    highest = last if last is not None else most if most is not None else below - 1 if below else None
    return (first if first is not None else least), highest


def note_schedule(reading: Reading, schedule: Schedule, column: str | None) -> None:
    """Columns that contradict each other are a question to the clerk, never settled by luck."""
    if "conflict" in schedule.missing:
        reading.notice(
            "schedule_conflict",
            "開催の頻度・曜日・日・時間の書き方が互いに合いません。正しくはいつ開かれますか。団体に確かめて、表を直してください。",
            column,
            "question",
        )


def is_vague(address: str) -> bool:
    """Whether the source keeps the address vague on purpose: then it is never drawn as a point."""
    return bool(_VAGUE.search(address))


def count_of(text: str) -> int | None:
    """A plain number of people: 「30」「30人」「30名」."""
    match = re.fullmatch(r"(\d{1,5})(?:\.0+)?(?:人|名)?", unicodedata.normalize("NFKC", text))
    return int(match[1]) if match else None
