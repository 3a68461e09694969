"""What time it is in Japan: asked at the edges only and handed down from there."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def now() -> datetime:
    return datetime.now(TOKYO)


def today() -> date:
    return now().date()
