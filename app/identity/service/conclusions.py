"""What follows from a judged step: the next one, or the end. Each in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from app.audit import actions
from app.audit.service import SYSTEM, AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.identity.models.verification import StepEvidence
from app.identity.ports import FacePort, Finding, Judgement
from app.identity.service.answers import LAST_KEPT, Answer, Answers, KeptAnswer
from app.identity.service.lockouts import Lockouts, device_subject, person_subject
from app.identity.service.persons import FoundPerson, PersonIdentity, Persons
from app.identity.service.seals import SessionSeals
from app.identity.service.sessions import Sessions, StepClaim
from app.identity.service.verifications import REGISTRY_FIELDS

CODE_LASTS: Final = timedelta(seconds=60)
CODE_USE: Final = "verification-code"
_CODE_BYTES: Final = 32
_DEVICE_NAME: Final = "本人设备 Your device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A claimed step and the fingerprint of what was sent."""

    claim: StepClaim
    fingerprint: bytes


class Conclusions:
    """Writes down the end of a step."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        cipher: FieldCipher,
        access_log: AccessLog,
        faces: FacePort,
        persons: Persons,
        lockouts: Lockouts,
        sessions: Sessions,
        answers: Answers,
        seals: SessionSeals,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._cipher = cipher
        self._access_log = access_log
        self._faces = faces
        self._persons = persons
        self._lockouts = lockouts
        self._sessions = sessions
        self._answers = answers
        self._seals = seals

    def evidence(self, claim: StepClaim) -> list[bytes]:
        """What was measured in the earlier steps of a session, in order."""
        table = StepEvidence
        with self._database.transaction() as tx:
            rows = tx.scalars(
                select(table)
                .where(table.session_id == claim.session.id, table.n < claim.n)
                .order_by(table.n)
            ).all()
        return [self._seals.open_step(table, row.session_id, row.n, row.content) for row in rows]

    def accept(self, judged: Judged, *, chain: bytes, evidence: bytes) -> Answer:
        """Keep the evidence of a good step and reveal the next one."""
        claim, session = judged.claim, judged.claim.session
        following = self._faces.reveal(self._seals.challenge(session), claim.n + 1)
        answer = Answer(id=session.id, status="IN_PROGRESS", step=following.public)
        sealed = self._seals.seal_step(StepEvidence, session.id, claim.n, evidence)
        with self._database.transaction() as tx:
            self._sessions.advance(claim, chain=chain)
            tx.add(StepEvidence(session_id=session.id, n=claim.n, content=sealed))
            self._keep(judged, answer, until=session.expires_at)
        return answer

    def refuse(self, judged: Judged, finding: Finding, figures: Mapping[str, object]) -> Answer:
        """End the session as FAILED, counted against the person and the device."""
        claim, session = judged.claim, judged.claim.session
        answer = Answer(id=session.id, status="FAILED", retry_code=finding.code)
        record = {
            "gate": finding.gate,
            "standing": self._seals.subject(session).standing,
            "step": claim.n,
            "figures": figures,
        }
        with self._database.transaction():
            self._sessions.finish(
                claim,
                state="FAILED",
                retry_code=finding.code,
                audit=self._seals.seal_audit(session.id, record),
            )
            self._lockouts.count(
                person_subject(session.person_hash), device_subject(session.thumbprint)
            )
            self._record_refusal(claim)
            self._keep(judged, answer, until=self._clock.now() + LAST_KEPT)
        return answer

    def admit(self, judged: Judged, judgement: Judgement) -> Answer:
        """End the session as PASSED: the person is found or made, and a one-time code issued."""
        claim, session = judged.claim, judged.claim.session
        subject = self._seals.subject(session)
        code = secrets.token_urlsafe(_CODE_BYTES)
        code_expires_at = self._clock.now() + CODE_LASTS
        record = {"standing": subject.standing, "step": claim.n, "figures": judgement.audit}
        answer = Answer(
            id=session.id,
            status="PASSED",
            level=judgement.level,
            code=code,
            code_expires_at=code_expires_at,
        )
        with self._database.transaction():
            person = self._persons.find_or_create(
                PersonIdentity(citizen_number=subject.citizen_number, name=subject.name)
            )
            self._sessions.finish(
                claim,
                state="PASSED",
                level=judgement.level,
                person_id=person.id,
                code_hash=self._cipher.index(CODE_USE, code),
                code_expires_at=code_expires_at,
                audit=self._seals.seal_audit(session.id, record),
            )
            self._lockouts.clear(person_subject(session.person_hash))
            self._record_pass(claim, person)
            self._keep(judged, answer, until=self._clock.now() + LAST_KEPT)
        return answer

    def _keep(self, judged: Judged, answer: Answer, *, until: datetime) -> None:
        kept = KeptAnswer(fingerprint=judged.fingerprint, answer=answer)
        self._answers.keep(judged.claim.n, kept, until=until)

    def _record_pass(self, claim: StepClaim, person: FoundPerson) -> None:
        session = claim.session
        if person.created:  # the look at the registry came before there was a log to write it to
            self._access_log.record(
                person_id=person.id,
                actor=SYSTEM,
                action=actions.REGISTRY_READ,
                purpose=session.purpose,
                fields=REGISTRY_FIELDS,
            )
        self._access_log.record(
            person_id=person.id,
            actor=Actor(kind="self", id=session.thumbprint, name=_DEVICE_NAME),
            action=actions.FACE_VERIFIED,
            purpose=session.purpose,
            fields=("face",),
        )

    def _record_refusal(self, claim: StepClaim) -> None:
        # Only somebody who has passed before has a log; others leave no trace here.
        person_id = self._persons.known(claim.session.person_hash)
        if person_id is not None:
            self._access_log.record(
                person_id=person_id,
                actor=SYSTEM,
                action=actions.FACE_REFUSED,
                purpose=claim.session.purpose,
                fields=("face",),
            )
