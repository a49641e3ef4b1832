"""Structured logs, one JSON object a line, whose fields are an allow-list.

Personal data cannot leak through a field nobody thought of: a field that is not listed here is
dropped before anything is written.
"""

from __future__ import annotations

import logging
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog

FIELDS: Final = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "logger",
        "request_id",
        "method",
        "route",
        "status",
        "ms",
        "caller",
        "code",
        "error",
        "where",
        "count",
        "dropped",
        "outcome",
        "source",
        "kind",
        "key_id",
        "version",
    }
)


def keep_listed_fields(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every field that is not on the list, and say how many were dropped."""
    surplus = [name for name in event if name not in FIELDS]
    for name in surplus:
        del event[name]
    if surplus:
        event["dropped"] = len(surplus)
    return event


def configure_logs(*, level: str, stream: TextIO) -> None:
    """Send all logs to a stream as JSON lines."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            keep_listed_fields,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
