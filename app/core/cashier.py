"""What a cashier does next after a refusal. Sent as the problem's member `action`."""

from __future__ import annotations

from enum import StrEnum


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
