"""One ring in its file, followed through every change another process makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Generic

from app.core.clock import Clock
from app.core.keys.directory import KeyDirectory, Stamp
from app.core.keys.errors import Fault, KeysUnusable
from app.core.keys.kinds import KeyT, Kind
from app.core.keys.records import KeyRecord, active_record, follow
from app.core.keys.ring_text import read_ring, write_ring


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot(Generic[KeyT]):
    stamp: Stamp
    records: tuple[KeyRecord, ...]
    keys: dict[str, KeyT] = field(repr=False)


class RingFile(Generic[KeyT]):
    """The keys of one name. Threads may share it: a snapshot is never changed, only replaced."""

    def __init__(
        self, name: str, *, kind: Kind[KeyT], directory: KeyDirectory, clock: Clock
    ) -> None:
        """Use the file of this name; it is made with a first key when first asked for one."""
        self._name = name
        self._kind: Kind[KeyT] = kind
        self._directory = directory
        self._clock = clock
        self._snapshot: _Snapshot[KeyT] | None = None

    def active(self) -> KeyT:
        """The key to use now.

        Raises:
            KeysUnusable: with what is wrong.
        """
        snapshot = self._current()
        record = active_record(snapshot.records, self._clock.now())
        if record is None:
            raise KeysUnusable(self._name, Fault.NO_ACTIVE_KEY)
        return snapshot.keys[record.kid]

    def published(self) -> tuple[KeyT, ...]:
        """Every key whose work counts now, newest first.

        Raises:
            KeysUnusable: with what is wrong.
        """
        snapshot, now = self._current(), self._clock.now()
        return tuple(snapshot.keys[r.kid] for r in reversed(snapshot.records) if r.published(now))

    def find(self, kid: str) -> KeyT | None:
        """The key of that id, where its work counts now.

        Raises:
            KeysUnusable: with what is wrong.
        """
        return next((key for key in self.published() if key.kid == kid), None)

    def rotate(self, *, publish_ahead: timedelta, overlap: timedelta | None) -> str:
        """Add a key that will follow the others.

        Args:
            publish_ahead: how long it is published before it is used; zero in an emergency.
            overlap: how long the others still count once it is used; None for ever.

        Returns:
            The new key's id.

        Raises:
            KeysUnusable: with what is wrong.
        """
        self._current()
        with self._directory.locked(self._name):
            records = self._read().records
            new = self._new_record(publish_ahead)
            self._directory.replace(self._name, write_ring(follow(records, new, overlap=overlap)))
        return new.kid

    def _current(self) -> _Snapshot[KeyT]:
        stamp = self._directory.stamp(self._name)
        snapshot = self._snapshot
        if stamp is None and snapshot is not None:
            # Another first key would hide that everything made with the lost ones is lost too.
            raise KeysUnusable(self._name, Fault.MISSING)
        if stamp is None:
            self._create()
        if snapshot is None or snapshot.stamp != stamp:
            snapshot = self._snapshot = self._read()
        return snapshot

    def _create(self) -> None:
        with self._directory.locked(self._name):
            # Asked again under the lock: of two that start together the second finds the file.
            if self._directory.stamp(self._name) is None:
                self._directory.replace(self._name, write_ring([self._new_record(timedelta(0))]))

    def _read(self) -> _Snapshot[KeyT]:
        data, stamp = self._directory.read(self._name)
        records = read_ring(data)
        keys = None if records is None else self._load(records)
        if records is None or keys is None:
            raise KeysUnusable(self._name, Fault.MALFORMED)
        return _Snapshot(stamp=stamp, records=records, keys=keys)

    def _load(self, records: tuple[KeyRecord, ...]) -> dict[str, KeyT] | None:
        try:
            return {record.kid: self._kind.load(record) for record in records}
        except (ValueError, TypeError):
            return None

    def _new_record(self, publish_ahead: timedelta) -> KeyRecord:
        kid, material = self._kind.generate()
        now = self._clock.now()
        return KeyRecord(
            kid=kid, material=material, created_at=now, active_from=now + publish_ahead
        )
