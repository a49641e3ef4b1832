"""The state machine of a verification session: each change is one conditional update.

    CREATED ──advance──▶ IN_PROGRESS ──finish──▶ PASSED | FAILED
       └────────finish or expire─────────┴──expire──▶ EXPIRED

A step comes in one upload, or in parts while it is filmed and an upload that completes it. Each
is judged under a claim, so that the same one sent twice at once is judged once. A claim whose
owner died lapses by itself.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Update, delete, or_, select, update

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import ID_PATTERN
from app.identity.errors import STEP_IN_PROGRESS
from app.identity.models.verification import WHOLE, StepEvidence, VerificationSession

_ID: Final = re.compile(ID_PATTERN)
# Longer than a face worker may take, queue included, so that only a dead owner loses its claim.
CLAIM_LASTS: Final = timedelta(seconds=45)
_FORGET: Final[Mapping[str, None]] = dict.fromkeys(
    ("subject", "template", "challenge", "chain", "claim", "claimed_until")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKey:
    """Which upload of which session, and whose device asks."""

    session_id: str
    n: int
    thumbprint: str
    part: int = WHOLE
    """Number of a part; `WHOLE` for the upload that completes the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepClaim:
    """The right to judge the upload that is due."""

    session: VerificationSession
    n: int
    part: int
    token: str

    @property
    def completes(self) -> bool:
        """Whether the step ends with this upload."""
        return self.part == WHOLE

    @property
    def last(self) -> bool:
        """Whether the session ends with this upload."""
        return self.completes and self.n + 1 == self.session.steps


class Sessions:
    """Reads and changes rows of verification sessions."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def add(self, session: VerificationSession) -> None:
        """Store a new session in the transaction under way."""
        with self._database.transaction() as tx:
            tx.add(session)
            tx.flush()

    def find(self, session_id: str) -> VerificationSession | None:
        """The session as it stands; None for what cannot be an id, too."""
        if not _ID.fullmatch(session_id):
            return None
        with self._database.transaction() as tx:
            return tx.scalars(
                select(VerificationSession)
                .where(VerificationSession.id == session_id)
                .execution_options(populate_existing=True)
            ).one_or_none()

    def claim(self, key: StepKey) -> StepClaim | None:
        """Claim the upload that is due; None when it is not due, ended, or being judged."""
        table, now = VerificationSession, self._clock.now()
        token = secrets.token_hex(16)
        statement = (
            update(table)
            .where(
                table.id == key.session_id,
                table.thumbprint == key.thumbprint,
                table.step == key.n,
                *(() if key.part == WHOLE else (table.part == key.part,)),
                table.expires_at > now,
                *_unclaimed(now),
            )
            .values(claim=token, claimed_until=now + CLAIM_LASTS)
            .returning(table)
        )
        with self._database.separate() as tx:
            session = tx.scalars(statement).one_or_none()
        if session is None:
            return None
        return StepClaim(session=session, n=key.n, part=key.part, token=token)

    def release(self, claim: StepClaim) -> None:
        """Give the upload back: nothing was judged, the device may send it again."""
        with self._database.separate() as tx:
            tx.execute(_owned(claim).values(claim=None, claimed_until=None))

    def receive(self, claim: StepClaim, *, chain: bytes, received: int) -> None:
        """Make the next part of the same step due.

        Args:
            claim: of a part.
            chain: state of the frame chain after it.
            received: frames of the step so far.

        Raises:
            DomainError: STEP_IN_PROGRESS when the claim had lapsed and another request has it.
        """
        following = {"part": claim.part + 1, "received": received}
        self._apply(claim, {**_going_on(chain), **following})

    def advance(self, claim: StepClaim, *, chain: bytes) -> None:
        """Make the next step due, revealed now.

        Raises:
            DomainError: STEP_IN_PROGRESS when the claim had lapsed and another request has it.
        """
        following = {"step": claim.n + 1, "part": 0, "received": 0}
        self._apply(claim, {**_going_on(chain), **following, "revealed_at": self._clock.now()})

    def finish(self, claim: StepClaim, *, state: str, **values: object) -> None:
        """End the session as PASSED or FAILED, and forget what only a live one needs.

        Raises:
            DomainError: STEP_IN_PROGRESS when the claim had lapsed and another request has it.
        """
        ended = {**_FORGET, "ended_at": self._clock.now(), "state": state, **values}
        self._apply(claim, ended)
        with self._database.transaction() as tx:
            tx.execute(delete(StepEvidence).where(StepEvidence.session_id == claim.session.id))

    def expire(self, session_id: str | None = None) -> int:
        """End sessions whose time is over, one or all; returns how many."""
        table, now = VerificationSession, self._clock.now()
        over = [table.expires_at <= now, *_unclaimed(now)]
        if session_id is not None:
            over.append(table.id == session_id)
        statement = (
            update(table)
            .where(*over)
            .values(**_FORGET, state="EXPIRED", ended_at=now)
            .returning(table.id)
        )
        with self._database.separate() as tx:
            ended = tx.scalars(statement).all()
            tx.execute(delete(StepEvidence).where(StepEvidence.session_id.in_(ended)))
        return len(ended)

    def end_of_person(self, person_hash: bytes) -> int:
        """End what is under way for a person, in the transaction under way; returns how many.

        One that is being judged ends as well: whoever judges it is refused like a lapsed claim.
        """
        table = VerificationSession
        statement = (
            update(table)
            .where(table.person_hash == person_hash, table.ended_at.is_(None))
            .values(**_FORGET, state="EXPIRED", ended_at=self._clock.now())
            .returning(table.id)
            .execution_options(synchronize_session=False)
        )
        with self._database.transaction() as tx:
            ended = tx.scalars(statement).all()
            tx.execute(delete(StepEvidence).where(StepEvidence.session_id.in_(ended)))
        return len(ended)

    def _apply(self, claim: StepClaim, values: Mapping[str, object]) -> None:
        with self._database.transaction() as tx:
            statement = _owned(claim).values(**values).returning(VerificationSession.id)
            if tx.execute(statement).scalar() is None:
                raise STEP_IN_PROGRESS(retry_after=1)


def _going_on(chain: bytes) -> dict[str, object]:
    return {"state": "IN_PROGRESS", "chain": chain, "claim": None, "claimed_until": None}


def _unclaimed(now: datetime) -> list[ColumnElement[bool]]:
    table = VerificationSession
    return [table.ended_at.is_(None), or_(table.claim.is_(None), table.claimed_until <= now)]


def _owned(claim: StepClaim) -> Update:
    table = VerificationSession
    return (
        update(table)
        .where(table.id == claim.session.id, table.claim == claim.token, table.ended_at.is_(None))
        .execution_options(synchronize_session=False)
    )
