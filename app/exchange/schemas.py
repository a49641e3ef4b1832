"""Sources and contracts on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from app.core.http.replies import Reply


class LastFailureReply(Reply):
    """The latest exchange that brought no live answer, within a week."""

    at: datetime
    failure: str
    """A stable name, such as `timed_out`."""
    fault: Literal["ours", "theirs"]


class FaultsReply(Reply):
    """Failures in the window by whose fault they were."""

    ours: int
    theirs: int


class WindowReply(Reply):
    """What was asked in the last minutes, by all processes."""

    minutes: int
    exchanges: int
    failed: int
    """Without a live answer."""
    error_share: float | None
    """Between 0 and 1; left out where nothing was asked."""
    faults: FaultsReply
    kept: int
    """Failures where an earlier answer served."""
    p50_ms: int | None
    """Left out where nothing was sent."""
    p95_ms: int | None


class SourceReply(Reply):
    """One source."""

    source: str
    department: str
    name_zh: str
    name_en: str
    way: Literal["rest", "sql", "files"]
    contract: str
    """In force: name and version."""
    circuit: Literal["closed", "open", "half_open"]
    """In the process that answers; each has its own."""
    promised_p95_ms: int
    """By the contract."""
    window: WindowReply
    last_success_at: datetime | None
    """Left out where there was none within a week."""
    last_failure: LastFailureReply | None


class SourcesReply(Reply):
    """All sources, by name."""

    items: list[SourceReply]


class ReloadedReply(Reply):
    """What became of one contract."""

    source: str
    contract: str
    """In force now."""
    refused: str | None
    """Why what lies in its folder is not, where it is not; left out otherwise."""


class ContractsReply(Reply):
    """All contracts, by source."""

    items: list[ReloadedReply]
