"""Reading files of data: never more than they may hold, faults said without quoting values."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from app.settlement.benefits.errors import DataRefused

_OWN = "value_error"


def read_bounded(path: Path, *, file: str, most: int) -> bytes:
    """Return a file's bytes.

    Args:
        path: where it lies.
        file: what the refusal calls it.
        most: bytes.

    Raises:
        DataRefused: it cannot be read, or is larger.
    """
    try:
        with path.open("rb") as opened:
            body = opened.read(most + 1)
    except OSError:
        raise DataRefused(file, "cannot be read") from None
    if len(body) > most:
        raise DataRefused(file, "too large")
    return body


def said(wrong: ValidationError) -> str:
    """Return the first fault by member and kind."""
    error = wrong.errors(include_url=False, include_input=False)[0]
    # Our own validators name the member in their words; pydantic's types say what is wrong.
    words = str(error["ctx"]["error"]) if error["type"] == _OWN else error["type"]
    where = ".".join(str(step) for step in error["loc"])
    return f"{where}: {words}" if where else words
