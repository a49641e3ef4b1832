"""Payment notifications on the wire."""

from __future__ import annotations

from typing import Literal

from app.core.http.replies import Reply


class PaymentNoticeReply(Reply):
    """A notification was taken."""

    outcome: Literal["taken", "repeated"]
    """repeated: it had been taken before, and changes nothing."""
