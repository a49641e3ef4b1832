"""Keys that merchants publish at an address of theirs (JWKS, RFC 7517): fetched, kept, renewed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Any, Final

import structlog
from sqlalchemy import update

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.partners.models import Terminal, TerminalState
from app.partners.ports import Failure, KeyAddresses, KeysNotFetched
from app.partners.service.changes import ADDRESS, TERMINAL_KEYS_FETCHED, PartnerChanges
from app.partners.service.public_keys import registered

FRESH: Final = timedelta(minutes=10)
"""So long a set is good before it is fetched anew: so long at most a key that was taken out of it
still logs in."""
INTERVAL: Final = timedelta(minutes=1)
"""From one attempt to the next at least, among all processes, whatever strangers send."""
PLACES: Final = 4
"""Fetches under way in a process at most: silent addresses hold no more threads than that."""
_MOST_LISTED: Final = 20
log = structlog.get_logger("partners")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKeys:
    """What is known of a terminal whose keys are elsewhere."""

    terminal_id: str
    merchant_id: str
    uri: str
    keys: Sequence[Mapping[str, object]] = field(repr=False)
    fetched_at: datetime | None

    def holds(self, kid: str | None) -> bool:
        """Whether a key of that name is among them; one without a name may be any."""
        return kid is None or any(key["kid"] == kid for key in self.keys)


class PublishedTerminalKeys:
    """Keeps the sets in the database, so that all processes and the next start share them."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        addresses: KeyAddresses,
        kept: timedelta,
        places: int = PLACES,
    ) -> None:
        """Take the ports.

        Args:
            database: where terminals live.
            clock: tells the time.
            addresses: asks.
            kept: so long the last good set counts while the address gives none.
            places: fetches under way at most.
        """
        self._database = database
        self._clock = clock
        self._addresses = addresses
        self._kept = kept
        self._places = BoundedSemaphore(places)
        self._changes = PartnerChanges(database=database, clock=clock)

    def current(self, known: KeptKeys, *, kid: str | None) -> Sequence[Mapping[str, object]] | None:
        """The keys a terminal may log in with now, or None: none was there for too long.

        1. A set that is fresh, and holds the key in question, is not fetched again.
        2. Nobody is asked while a transaction is under way, nor when too many are asked already.
        3. One attempt an interval, among all processes: an update claims it.
        4. What was fetched last counts as long as that is not too long ago.
        """
        now = self._clock.now()
        if known.holds(kid) and self._within(known.fetched_at, FRESH, now):  # 1
            return known.keys
        found = self._renewed(known, now)
        if found is not None:
            return found
        return known.keys if self._within(known.fetched_at, self._kept, now) else None  # 4

    def _within(self, since: datetime | None, span: timedelta, now: datetime) -> bool:
        return since is not None and now - since < span

    def _renewed(self, known: KeptKeys, now: datetime) -> Sequence[Mapping[str, object]] | None:
        if self._database.under_way or not self._places.acquire(blocking=False):  # 2
            return None
        try:
            if not self._claimed(known, now):  # 3
                return None
            keys = read_key_set(self._addresses.fetch(known.uri))
        except KeysNotFetched as refused:
            self._note(known, {"jwks_failure": refused.failure.value})
            log.warning("terminal_keys_not_fetched", kind=refused.failure.value)
            return None
        finally:
            self._places.release()
        self._keep(known, keys)
        return keys

    def _claimed(self, known: KeptKeys, now: datetime) -> bool:
        late = (Terminal.jwks_tried_at.is_(None)) | (Terminal.jwks_tried_at <= now - INTERVAL)
        claim = (
            update(Terminal)
            .where(
                Terminal.id == known.terminal_id,
                Terminal.jwks_uri == known.uri,
                Terminal.state == TerminalState.ACTIVE,
                late,
            )
            .values(jwks_tried_at=now)
            .returning(Terminal.id)
        )
        with self._database.transaction() as tx:
            return tx.scalars(claim).one_or_none() is not None

    def _keep(self, known: KeptKeys, keys: list[dict[str, str]]) -> None:
        """Write the set down; another one than before is told among the partner's changes."""
        now = self._clock.now()
        with self._database.transaction():
            self._note(known, {"jwks": keys, "jwks_fetched_at": now, "jwks_failure": None})
            if list(known.keys) != keys:
                self._changes.record(
                    TERMINAL_KEYS_FETCHED,
                    by=ADDRESS,
                    merchant_id=known.merchant_id,
                    terminal_id=known.terminal_id,
                    detail=[key["kid"] for key in keys],
                )

    def _note(self, known: KeptKeys, values: Mapping[str, Any]) -> None:
        change = update(Terminal).where(
            Terminal.id == known.terminal_id, Terminal.jwks_uri == known.uri
        )
        with self._database.transaction() as tx:
            tx.execute(change.values(**values))


def read_key_set(body: bytes) -> list[dict[str, str]]:
    """Read a published set: one to five P-256 keys for signatures; others do not count.

    Raises:
        KeysNotFetched: keys_invalid: no such set, or a private key is in it.
    """
    try:
        listed = json.loads(body)["keys"]
        if not isinstance(listed, list) or len(listed) > _MOST_LISTED:
            raise KeysNotFetched(Failure.KEYS_INVALID)
        return registered([key for key in listed if _counts(key)])
    except (ValueError, TypeError, KeyError, RecursionError, DomainError):
        raise KeysNotFetched(Failure.KEYS_INVALID) from None


def _counts(key: Any) -> bool:  # noqa: ANN401 - whatever a stranger wrote
    """Whether a key may be a terminal's. A private member anywhere spoils the set."""
    if not isinstance(key, dict) or "d" in key or "k" in key:
        raise KeysNotFetched(Failure.KEYS_INVALID)
    fits = (key.get("kty"), key.get("crv")) == ("EC", "P-256")
    return fits and key.get("use") in (None, "sig")
