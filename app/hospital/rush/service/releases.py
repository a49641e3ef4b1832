"""Releases: which sessions open together, when, and in what order people are let in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg.errors import UniqueViolation
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher, Place
from app.core.ids import new_id
from app.hospital.models.planning import ClinicSession
from app.hospital.rush.errors import (
    RELEASE_BEGUN,
    RELEASE_SESSION_TAKEN,
    RELEASE_SESSIONS_INVALID,
    RELEASE_TERMS_INVALID,
    RELEASE_UNKNOWN,
)
from app.hospital.rush.models import QueueTail, Release, ReleaseSession
from app.hospital.rush.policy import RushPolicy
from app.hospital.rush.states import ReleaseMode
from app.hospital.states import SessionState

SEED_BYTES: Final = 32
_OPEN: Final = (SessionState.DRAFT, SessionState.PUBLISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a hospital wants."""

    name: str
    mode: ReleaseMode
    session_ids: Sequence[str]
    tickets_from: datetime
    tickets_until: datetime
    opens_at: datetime
    closes_at: datetime
    admits_per_minute: int
    admission_seconds: int
    most_tickets: int
    public_source: str | None


def place_of_seed(release_id: str) -> Place:
    """Where a lottery's seed is sealed for."""
    return Place("releases", "seed", release_id)


class Releases:
    """Makes releases and withdraws them."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        cipher: FieldCipher,
        random_bytes: Callable[[int], bytes],
        policy: RushPolicy,
    ) -> None:
        """Take the ports; `random_bytes` gives so many unpredictable bytes."""
        self._database = database
        self._clock = clock
        self._cipher = cipher
        self._random_bytes = random_bytes
        self._policy = policy

    def make(self, hospital_id: str, terms: Terms) -> str:
        """Make a release; from now on its sessions ask for a ticket. Returns its id.

        1. The moments follow each other, and none but the first has passed.
        2. A lottery, and nothing else, names the public number it will be drawn with.
        3. The sessions are the hospital's, not over, and open when the release does.
        4. None belongs to another release: a primary key.

        Raises:
            DomainError: RELEASE_TERMS_INVALID, RELEASE_SESSIONS_INVALID or
                RELEASE_SESSION_TAKEN.
        """
        now = self._clock.now()
        self._require_terms(terms, now)  # 1, 2
        release_id = new_id("rls", now)
        links = [{"session_id": one, "release_id": release_id} for one in terms.session_ids]
        with self._database.transaction() as tx:
            self._require_sessions(tx, hospital_id, terms, now)  # 3
            tx.execute(insert(Release), self._values(release_id, hospital_id, terms, now))
            tail = {"release_id": release_id, "tickets": 0, "admits_next": terms.opens_at}
            tx.execute(insert(QueueTail), tail)
            try:
                tx.execute(insert(ReleaseSession), links)  # 4
            except IntegrityError as refused:
                if not isinstance(refused.orig, UniqueViolation):
                    raise
                raise RELEASE_SESSION_TAKEN() from None
        return release_id

    def withdraw(self, hospital_id: str, release_id: str) -> None:
        """Withdraw a release before it opens; its sessions ask for no ticket any more.

        Raises:
            DomainError: RELEASE_UNKNOWN or RELEASE_BEGUN.
        """
        now, table = self._clock.now(), Release
        own = (table.id == release_id, table.hospital_id == hospital_id)
        change = update(table).where(*own, table.withdrawn_at.is_(None), table.opens_at > now)
        with self._database.transaction() as tx:
            if tx.scalar(select(table.id).where(*own)) is None:
                raise RELEASE_UNKNOWN()
            done = tx.execute(change.values(withdrawn_at=now).returning(table.id))
            if done.scalar() is None:
                raise RELEASE_BEGUN()
            tx.execute(delete(ReleaseSession).where(ReleaseSession.release_id == release_id))

    def _require_terms(self, terms: Terms, now: datetime) -> None:
        lottery = terms.mode is ReleaseMode.LOTTERY
        in_order = (
            terms.tickets_from < terms.tickets_until <= terms.closes_at
            and terms.tickets_from <= terms.opens_at < terms.closes_at
            and now < terms.opens_at
            and now < terms.tickets_until
            and terms.closes_at - terms.tickets_from <= self._policy.longest
        )
        fits = terms.tickets_until <= terms.opens_at if lottery else True
        if not (in_order and fits and lottery == (terms.public_source is not None)):
            raise RELEASE_TERMS_INVALID()

    def _require_sessions(self, tx: Session, hospital_id: str, terms: Terms, now: datetime) -> None:
        wanted, table = set(terms.session_ids), ClinicSession
        if len(wanted) != len(terms.session_ids) or len(wanted) > self._policy.most_sessions:
            raise RELEASE_SESSIONS_INVALID()
        fitting = select(table.id).where(
            table.id.in_(wanted),
            table.hospital_id == hospital_id,
            table.state.in_(_OPEN),
            table.opens_at <= terms.opens_at,
            table.ends_at > now,
        )
        if set(tx.scalars(fitting)) != wanted:
            raise RELEASE_SESSIONS_INVALID()

    def _values(
        self, release_id: str, hospital_id: str, terms: Terms, now: datetime
    ) -> dict[str, object]:
        seed = self._random_bytes(SEED_BYTES) if terms.mode is ReleaseMode.LOTTERY else None
        return {
            "id": release_id,
            "hospital_id": hospital_id,
            "name": terms.name,
            "mode": terms.mode,
            "tickets_from": terms.tickets_from,
            "tickets_until": terms.tickets_until,
            "opens_at": terms.opens_at,
            "closes_at": terms.closes_at,
            "admits_per_minute": terms.admits_per_minute,
            "admission_seconds": terms.admission_seconds,
            "most_tickets": terms.most_tickets,
            "seed": seed and self._cipher.seal(seed, place_of_seed(release_id)),
            "commitment": seed and hashlib.sha256(seed).digest(),
            "public_source": terms.public_source,
            "created_at": now,
        }
