"""What the dispatcher asks of those who handle messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from app.core.statements import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as its handler gets it."""

    id: str
    """The same at each attempt: what tells a repetition."""
    topic: str
    key: str
    payload: Mapping[str, Any] = field(repr=False)
    created_at: datetime
    attempts: int
    """Earlier ones, all failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """A message that could not be handled now. What its handler wrote is kept."""

    failure: str
    """Stable name of the reason; it may be logged."""
    not_before: datetime | None = None
    """When another try makes sense; None: by the topic's own pauses."""
    counts: bool = True
    """Whether this was an attempt; False where nothing was tried."""


class Handler(Protocol):
    """Handles the messages of one topic.

    It runs in the transaction that marks the message as delivered: what it writes into the
    database is done exactly once. What it does outside may be repeated after a crash.
    """

    def __call__(self, message: Message, /) -> Postponed | None:
        """Handle one message; None: it is done.

        An exception undoes what was written and counts as a failed attempt.
        """
        ...


class Together(Protocol):
    """Handles several messages of one topic in one transaction, as its `Handler` would each.

    For topics whose handling is nothing but writes into the database. The messages come in the
    order of posting within a key.
    """

    def __call__(self, tx: Tx, messages: Sequence[Message], /) -> None:
        """Handle all of them.

        An exception undoes what was written; then each is handled by itself, and the one that
        fails is found.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How a topic is tried again."""

    first: timedelta = timedelta(seconds=2)
    """Pause after the first failure; it doubles with each."""
    longest: timedelta = timedelta(hours=1)
    most: int = 12
    """Attempts before a message is given up."""

    def pause(self, attempts: int, *, jitter: float) -> timedelta:
        """The pause after so many failed attempts.

        Args:
            attempts: failed ones, from 1.
            jitter: 0 to 1: how much of the second half is waited, so that many do not come at
                once.
        """
        doubled: timedelta = self.first * (1 << min(attempts - 1, 30))
        return min(doubled, self.longest) * (0.5 + jitter / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic at work."""

    handler: Handler
    retries: Retries = Retries()
    together: Together | None = None
    """Handles many at once, where that is possible."""
