"""Days as people count them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

CHINA: Final = ZoneInfo("Asia/Shanghai")


def local_day(moment: datetime) -> date:
    """The day in China."""
    return moment.astimezone(CHINA).date()
