"""Publishes where certificates stand: Token Status Lists.

draft-ietf-oauth-status-list, 5.1 (the signed token), 8.1 and 8.2 (how it is fetched).
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.core.jose.tokens import sign_token
from app.core.keys.provider import SigningRing
from app.documents.models import VALID, Certificate, StatusList
from app.documents.ports import ListWriter

TYP: Final = "statuslist+jwt"
TTL: Final = timedelta(minutes=5)
"""A reader fetches the list anew after this."""
_PERIOD: Final = timedelta(hours=12)
_EXPIRES: Final = 2 * _PERIOD
"""A list is signed anew in each period, so one that is not fetched again is good for 12 hours at
least and 24 at most."""
_LOOK: Final = timedelta(seconds=1)
"""How often a process looks whether a list has changed."""
_MOST_KEPT: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedList:
    """A signed list."""

    token: str = field(repr=False)
    etag: str
    """The same in every process: it names what the list says and the period, not the bytes, for
    each process signs for itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    published: PublishedList
    looked_at: datetime


class StatusLists:
    """Signs lists when they have changed, and keeps them meanwhile. Thread-safe."""

    def __init__(
        self,
        *,
        writer: ListWriter,
        database: Database,
        ring: SigningRing,
        clock: Clock,
        public_url: str,
    ) -> None:
        """Take the ports.

        Args:
            writer: packs a list.
            database: where the certificates stand.
            ring: signs; its public keys are published as JWKS.
            clock: tells the time.
            public_url: ours, without a path.
        """
        self._writer = writer
        self._database = database
        self._ring = ring
        self._clock = clock
        self._base = f"{public_url}/v1/status-lists/"
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def uri(self, list_id: str) -> str:
        """Where a list is published: `sub` of the token, `uri` in a credential."""
        return self._base + list_id

    def published(self, list_id: str) -> PublishedList:
        """A list as it is now, at most a second old.

        Raises:
            DomainError: NOT_FOUND.
        """
        now = self._clock.now()
        with self._lock:
            kept = self._kept.get(list_id)
        if kept is not None and kept.looked_at <= now < kept.looked_at + _LOOK:
            return kept.published
        fresh = self._fresh(list_id, kept, now)  # unlocked: a slow database holds up its own reader
        with self._lock:
            self._kept[list_id] = _Kept(published=fresh, looked_at=now)
            self._kept.move_to_end(list_id)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        return fresh

    def _fresh(self, list_id: str, kept: _Kept | None, now: datetime) -> PublishedList:
        content = self._content(list_id)
        etag = _etag(content, self._ring.active.kid, now)
        if kept is not None and kept.published.etag == etag:
            return kept.published
        claims = {
            "sub": self.uri(list_id),
            "iat": int(now.timestamp()),
            "exp": int((now + _EXPIRES).timestamp()),
            "ttl": int(TTL.total_seconds()),
            "status_list": content,
        }
        token = sign_token(claims, typ=TYP, key=self._ring.active)
        return PublishedList(token=token, etag=etag)

    def _content(self, list_id: str) -> dict[str, object]:
        marked = select(Certificate.status_index, Certificate.state).where(
            Certificate.status_list == list_id, Certificate.state != VALID
        )
        with self._database.transaction() as tx:
            size = tx.scalar(select(StatusList.size).where(StatusList.id == list_id))
            if size is None:
                raise NOT_FOUND()
            states = {index: state for index, state in tx.execute(marked) if index is not None}
        return self._writer.status_list(states, size=size)


def _etag(content: dict[str, object], kid: str, now: datetime) -> str:
    period = int(now.timestamp() // _PERIOD.total_seconds())
    said = f"{content['lst']}\n{kid}\n{period}".encode()
    return hashlib.sha256(said).hexdigest()[:32]
