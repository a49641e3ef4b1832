"""From points to a restriction: arithmetic over times, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.hospital.conduct.states import PointKind
from app.hospital.policy import BookingPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A point that has not been taken away. It counts from `at` to before `expires_at`."""

    kind: PointKind
    at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """Why and until when somebody may not book."""

    kind: PointKind
    since: datetime
    """Time of the point that was one too many."""
    until: datetime
    """From that moment on they may."""


def restriction_of(
    points: Collection[Counted], policy: BookingPolicy, now: datetime
) -> Restriction | None:
    """The restriction that lasts longest among those in force; None: the person may book.

    One begins with each point at whose time as many of its kind count, it among them, as the rules
    allow at most, and lasts as long as they say. A point that expired earlier does not count any
    more; a restriction outlasts the points it came from.

    Args:
        points: of one person, in any order.
        policy: the rules; a limit of n means that the n-th point restricts.
        now: the present moment.
    """
    found = [
        one
        for kind, limit, restricts in (
            (PointKind.NO_SHOW, policy.no_shows, policy.no_show_restricts),
            (PointKind.LATE_CANCEL, policy.late_cancels, policy.late_cancel_restricts),
        )
        for one in _begun((point for point in points if point.kind is kind), limit, restricts)
        if one.since <= now < one.until
    ]
    return max(found, key=lambda one: one.until, default=None)


def _begun(points: Iterable[Counted], limit: int, restricts: timedelta) -> list[Restriction]:
    begun: list[Restriction] = []
    counting: list[Counted] = []
    for point in sorted(points, key=lambda one: one.at):
        counting = [one for one in counting if one.expires_at > point.at] + [point]
        if len(counting) >= limit:
            until = point.at + restricts
            begun.append(Restriction(kind=point.kind, since=point.at, until=until))
    return begun
