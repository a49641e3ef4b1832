"""Why calling a session off is refused."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

STOP_UNKNOWN: Final = ErrorKind(
    "STOP_UNKNOWN", 404, "没有这次停诊。", "Nothing of yours was called off under this id."
)
STOP_TOO_MANY: Final = ErrorKind(
    "STOP_TOO_MANY",
    422,
    "一次停诊涉及的出诊过多，请分批提交。",
    "These are too many sessions for one call. Send them in parts.",
)

ALL: Final = (STOP_UNKNOWN, STOP_TOO_MANY)
"""For the published table."""
