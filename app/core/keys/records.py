"""The life of one key in a ring: made, published, active, outgoing, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """One key and its dates, all aware UTC. Its state follows from the clock; none is stored."""

    kid: str
    material: bytes = field(repr=False)
    """The secret itself: PKCS#8 DER for signing keys, 32 bytes for secrets."""
    created_at: datetime
    active_from: datetime
    """Published before, so that others know the key when its first signature arrives."""
    withdrawn_at: datetime | None = None
    """From here on nothing made with the key counts; None while no other follows it."""

    def published(self, now: datetime) -> bool:
        """Whether what the key made counts at `now`."""
        return self.withdrawn_at is None or now < self.withdrawn_at

    def usable(self, now: datetime) -> bool:
        """Whether the key may make something at `now`."""
        return self.active_from <= now and self.published(now)


def active_record(records: Sequence[KeyRecord], now: datetime) -> KeyRecord | None:
    """The usable key added last: a replacement made in a hurry overtakes one already announced.

    Args:
        records: the ring, in the order in which the keys were made.
        now: the present moment, aware.
    """
    return next((record for record in reversed(records) if record.usable(now)), None)


def follow(
    records: Sequence[KeyRecord], new: KeyRecord, *, overlap: timedelta | None
) -> tuple[KeyRecord, ...]:
    """The ring after a rotation to `new`.

    Args:
        records: the ring so far.
        new: the key to come.
        overlap: how long after `new` becomes active what the others made still counts; at least
            the longest life of a token. None for ever: old fields must stay readable.

    Returns:
        The ring, without the keys that were withdrawn before `new` was made.
    """
    end = None if overlap is None else new.active_from + overlap
    kept = [record for record in records if record.published(new.created_at)]
    return (*(_withdraw(record, end) for record in kept), new)


def _withdraw(record: KeyRecord, end: datetime | None) -> KeyRecord:
    known = [moment for moment in (record.withdrawn_at, end) if moment is not None]
    return replace(record, withdrawn_at=min(known, default=None))
