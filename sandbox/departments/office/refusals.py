"""Why a department does not do what it was asked."""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - reads as what happened
    """A request that is not allowed; never repeats what was sent."""

    def __init__(self, *, status: int, code: str, pointer: str | None = None) -> None:
        """Keep the HTTP status, the stable code and the JSON pointer of the member at fault."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.pointer = pointer


class CannotStart(Exception):  # noqa: N818 - reads as what happened
    """What a department needs is missing or wrong; the text says what."""


def invalid(*, at: str) -> Refused:
    """Return the refusal of the member a JSON pointer leads to; ``""`` is the whole body."""
    return Refused(status=422, code="INVALID_FIELD", pointer=at)
