"""What a person's face left behind, shown to that person and deleted at their wish.

A person may see what they agreed to, take it back, and have deleted what was made of their face
(Personal Information Protection Law, articles 15, 44, 45 and 47). Pictures and templates go when
a session ends; what is left then are the figures of the judgement, and for a day the perceptual
hashes by which a recording of the same frames is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.identity.models.consent import Consent
from app.identity.models.person import Person
from app.identity.models.seen_frame import SeenCapture
from app.identity.models.verification import VerificationSession
from app.identity.service.consents import TEXTS, ConsentText
from app.identity.service.sessions import Sessions

_PURPOSE: Final = "biometrics"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnConsent:
    """One consent, and how the verification it was given for ended."""

    id: str
    """Of the verification."""
    accepted_at: datetime
    purpose: str
    text_version: str
    text: ConsentText | None
    """None for a version that is not known any more."""
    state: str
    this_device: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentsPage:
    """Some consents, newest first, and the cursor of the next page."""

    items: Sequence[OwnConsent]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What was deleted, and what goes by itself."""

    sessions_ended: int
    """Verifications under way, with template and measurements."""
    judgements_deleted: int
    """Past ones whose figures are gone."""
    hashes_until: datetime | None
    """When the last perceptual hash is forgotten; None: there are none."""


class OwnFaces:
    """Consents and traces of one person's face."""

    def __init__(
        self, *, database: Database, sessions: Sessions, accesses: AccessLog, clock: Clock
    ) -> None:
        """Take the ports."""
        self._database = database
        self._sessions = sessions
        self._accesses = accesses
        self._clock = clock

    def consents(
        self, person_id: str, *, device: str, before: str | None, limit: int
    ) -> ConsentsPage:
        """What the person agreed to: in verifications they passed, and on the calling device.

        Others may have typed the same number elsewhere: what they agreed to is not this person's.

        Args:
            person_id: whose.
            device: thumbprint of the caller's key.
            before: cursor: the last id of the page before.
            limit: consents a page.
        """
        session = VerificationSession
        query = select(session, Consent).join(Consent, Consent.id == session.consent_id)
        with self._database.transaction() as tx:
            query = query.where(_own(tx, person_id, device))
            if before is not None:
                query = query.where(session.id < before)
            rows = tx.execute(query.order_by(session.id.desc()).limit(limit + 1)).all()
            items = [_consent(one, consent, device) for one, consent in rows[:limit]]
        return ConsentsPage(items=items, next=items[-1].id if len(rows) > limit else None)

    def delete(self, person_id: str, *, device: str) -> Deletion:
        """Delete what was made of the person's face; repeating it is harmless.

        1. Verifications under the person's number that are under way end, whoever began them: each
        holds a template of this person. 2. Figures of the person's own past ones are deleted; what
        others tried in their name stays evidence. 3. Perceptual hashes stay for their day: whoever
        holds a stolen phone and a recording could otherwise clear the way for it. 4. The deletion
        itself is recorded.
        """
        with self._database.transaction() as tx:
            number = _number(tx, person_id)
            ended = self._sessions.end_of_person(number)  # 1
            forgotten = tx.scalars(
                update(VerificationSession)
                .where(_own(tx, person_id, device), VerificationSession.audit.is_not(None))
                .values(audit=None)
                .returning(VerificationSession.id)
                .execution_options(synchronize_session=False)
            ).all()  # 2
            until = self._hashes_until(tx, number)  # 3
            self._accesses.record(
                person_id=person_id,
                actor=Actor(kind="self", id=device, name="本人 self"),
                action=actions.BIOMETRICS_DELETED,
                purpose=_PURPOSE,
                fields=("face",),
            )  # 4
        return Deletion(sessions_ended=ended, judgements_deleted=len(forgotten), hashes_until=until)

    def _hashes_until(self, tx: Session, number: bytes) -> datetime | None:
        return tx.scalar(
            select(SeenCapture.expires_at)
            .where(SeenCapture.person_hash == number, SeenCapture.expires_at > self._clock.now())
            .order_by(SeenCapture.expires_at.desc())
            .limit(1)
        )


def _number(tx: Session, person_id: str) -> bytes:
    return tx.get_one(Person, person_id).citizen_hash


def _own(tx: Session, person_id: str, device: str) -> ColumnElement[bool]:
    session = VerificationSession
    mine = or_(session.person_id == person_id, session.thumbprint == device)
    return and_(session.person_hash == _number(tx, person_id), mine)


def _consent(session: VerificationSession, consent: Consent, device: str) -> OwnConsent:
    return OwnConsent(
        id=session.id,
        accepted_at=consent.accepted_at,
        purpose=consent.purpose,
        text_version=consent.text_version,
        text=TEXTS.get(consent.text_version),
        state=session.state,
        this_device=session.thumbprint == device,
    )
