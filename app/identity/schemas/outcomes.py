"""How verifications end, on the operator's wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from app.core.http.replies import Reply


class OutcomesQuery(BaseModel):
    """By the hour for two days, or by the day for thirty."""

    model_config = ConfigDict(extra="forbid")

    each: Literal["hour", "day"] = "hour"


class CountedOutcomeReply(Reply):
    """How many ended in one way within an hour or a day."""

    begin: datetime
    status: Literal["PASSED", "FAILED", "EXPIRED"]
    retry_code: str | None
    """Of a failed one: what the person was told."""
    count: int | None
    """Left out where it is one to four: so few are not told."""


class OutcomesReply(Reply):
    """Counts over all persons. What did not happen is left out."""

    each: Literal["hour", "day"]
    """Of Asia/Shanghai."""
    since: datetime
    until: datetime
    fewest: int
    """Smaller counts are not told."""
    items: list[CountedOutcomeReply]
