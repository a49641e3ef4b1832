"""Rules of booking: data. An empty policy books nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

_NONE: Final = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPolicy:
    """What a hospital's patients may do, and until when."""

    version: str = "empty"
    window_days: int = 0
    """How many days ahead can be booked, today included."""
    releases_at: time = time(23, 59)
    """When a new day of the window opens; local time."""
    hold: timedelta = _NONE
    """How long a place is kept for somebody who has yet to pay; ten minutes at most."""
    payment: timedelta = _NONE
    """By how much beginning to pay moves that deadline, once."""
    hold_again_after: timedelta = timedelta.max
    """After a hold expired: how long the person waits before the next in the same session."""
    offer: timedelta = _NONE
    """How long a waitlist offer stands."""
    offer_same_day: timedelta = _NONE
    """Likewise, on the day itself."""
    most_waiting: int = 0
    """Open waitlist entries a person may have."""
    cancel_expert_until: time = time(0, 0)
    """The day before, local time: until then cancelling an expert's place costs nothing."""
    cancel_ordinary_before: timedelta = timedelta.max
    """Before the window: until then cancelling an ordinary place costs nothing."""
    refunds_late: bool = False
    """Whether the fee goes back when somebody cancels later than that."""
    check_in_before: timedelta = _NONE
    """How long before the window the desk takes people; until the session ends it still does."""
    closes_after: timedelta = _NONE
    """How long after its end a session closes: who has not come by then is a no-show."""
    no_shows: int = 1
    """So many within `no_show_within` and the person is restricted."""
    no_show_within: timedelta = timedelta.max
    no_show_restricts: timedelta = _NONE
    late_cancels: int = 1
    """So many within `late_cancel_within` and the person is restricted."""
    late_cancel_within: timedelta = timedelta.max
    late_cancel_restricts: timedelta = _NONE
    replan_days: int = 0
    """How many days before or after a session that is called off a patient may be put, by consent;
    0: on the day itself."""
    replan_notice: timedelta = timedelta.max
    """How long before its beginning a session may still be given instead."""
