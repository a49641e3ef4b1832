"""What a cashier does next after a refusal. Sent as the problem's member `action`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.core.errors import ErrorKind


class Action(StrEnum):
    """The one thing to do now."""

    RESCAN = "RESCAN"
    """Ask for a new code and scan that."""
    RETRY = "RETRY"
    """Send the same again, after `retry_after` where given."""
    QUERY = "QUERY"
    """Look up what the earlier request led to."""
    CANCEL = "CANCEL"
    """Stop: this cannot be done now."""
    CONTACT = "CONTACT"
    """Call the operator: the terminal's set-up or its program is at fault."""


_BY_CODE: Final[Mapping[str, Action]] = MappingProxyType(
    {
        # The token has ended, which is no fault: the program signs in and sends the same again.
        "INVALID_TOKEN": Action.RETRY,
        "UNAUTHENTICATED": Action.RETRY,
        "IDEMPOTENCY_IN_PROGRESS": Action.RETRY,
    }
)
_PASSING: Final = frozenset({429, 503})
_FIRST_FAULT: Final = 500


def general_action(kind: ErrorKind) -> Action:
    """What a cashier does after a refusal that no service has an action of its own for.

    What passes by itself is sent again. After a fault of ours nobody knows whether the request
    took effect, so the cashier looks it up. All else is a matter of set-up or program.
    """
    known = _BY_CODE.get(kind.code)
    if known is not None:
        return known
    if kind.status in _PASSING:
        return Action.RETRY
    return Action.QUERY if kind.status >= _FIRST_FAULT else Action.CONTACT
