"""Why the operator's look at the outbox is refused."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

DEAD_LETTER_UNKNOWN: Final = ErrorKind(
    "DEAD_LETTER_UNKNOWN",
    404,
    "没有这条被搁置的消息。",
    "No message of this id has been given up.",
)
ALL: Final = (DEAD_LETTER_UNKNOWN,)
