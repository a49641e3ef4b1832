"""How a session ends: passed or failed. Each in one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from app.audit import actions
from app.audit.service import SYSTEM, AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.identity.ports import Judgement
from app.identity.service.answers import LAST_KEPT, Answer, Answers, KeptAnswer
from app.identity.service.lockouts import (
    ADDRESS_USE,
    Lockouts,
    address_subject,
    device_subject,
    person_subject,
)
from app.identity.service.persons import FoundPerson, PersonIdentity, Persons
from app.identity.service.progress import Judged
from app.identity.service.receipts import Ending, Receipt, Receipts
from app.identity.service.seals import SessionSeals
from app.identity.service.sessions import Sessions, StepClaim
from app.identity.service.verifications import REGISTRY_FIELDS, REGISTRY_SOURCE

CODE_LASTS: Final = timedelta(seconds=60)
CODE_USE: Final = "verification-code"
_CODE_BYTES: Final = 32
_DEVICE_NAME: Final = "本人设备 Your device"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a session ends as FAILED."""

    gate: str
    """Which check; for the audit record only."""
    code: str
    """The coarse code the device is told."""
    outcome: str = "UNCERTAIN"
    """What the verdict was, where it came to one."""
    figures: Mapping[str, object] = field(default_factory=dict)
    """For the audit record only."""


class Conclusions:
    """Writes down the end of a session."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        cipher: FieldCipher,
        access_log: AccessLog,
        persons: Persons,
        lockouts: Lockouts,
        sessions: Sessions,
        answers: Answers,
        receipts: Receipts,
        seals: SessionSeals,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._cipher = cipher
        self._access_log = access_log
        self._persons = persons
        self._lockouts = lockouts
        self._sessions = sessions
        self._answers = answers
        self._receipts = receipts
        self._seals = seals

    def refuse(self, judged: Judged, refusal: Refusal) -> Answer:
        """End the session as FAILED, counted against the person, the device and the address."""
        session = judged.claim.session
        answer = Answer(id=session.id, status="FAILED", retry_code=refusal.code)
        ending = Ending(state="FAILED", chain=judged.chain, retry_code=refusal.code)
        record = {
            "outcome": refusal.outcome,
            "gate": refusal.gate,
            "figures": refusal.figures,
        }
        with self._database.transaction():
            self._finish(judged, ending, record, retry_code=refusal.code)
            self._lockouts.count(
                person_subject(session.person_hash),
                device_subject(session.thumbprint),
                self._address(judged),
            )
            self._record_refusal(judged.claim)
            self._keep(judged, answer)
        return answer

    def admit(self, judged: Judged, judgement: Judgement) -> Answer:
        """End the session as PASSED: the person is found or made, and a one-time code issued."""
        session = judged.claim.session
        subject = self._seals.subject(session)
        ending = Ending(state="PASSED", chain=judged.chain, level=judgement.level)
        record = {"outcome": judgement.outcome, "gate": None, "figures": judgement.audit}
        code = secrets.token_urlsafe(_CODE_BYTES)
        code_expires_at = self._clock.now() + CODE_LASTS
        with self._database.transaction():
            person = self._persons.find_or_create(
                PersonIdentity(citizen_number=subject.citizen_number, name=subject.name)
            )
            self._finish(
                judged,
                ending,
                record,
                level=judgement.level,
                person_id=person.id,
                code_hash=self._cipher.index(CODE_USE, code),
                code_expires_at=code_expires_at,
            )
            # Before the person's row: whoever counts a failure takes them in this order, too.
            self._lockouts.ease(self._address(judged))
            answer = Answer(
                id=session.id,
                status="PASSED",
                level=judgement.level,
                code=code,
                code_expires_at=code_expires_at,
                notice=self._lockouts.clear(person_subject(session.person_hash)),
            )
            self._record_pass(judged.claim, person)
            self._keep(judged, answer)
        return answer

    def _finish(
        self,
        judged: Judged,
        ending: Ending,
        record: Mapping[str, object],
        **values: object,
    ) -> None:
        claim, session = judged.claim, judged.claim.session
        receipt: Receipt = self._receipts.issue(session, ending)
        whole = {
            **record,
            "variant": session.variant,
            "standing": self._seals.subject(session).standing,
            "step": claim.n,
        }
        self._sessions.finish(
            claim,
            state=ending.state,
            audit=self._seals.seal_audit(session.id, whole),
            receipt=self._seals.seal(session.id, "receipt", receipt.text),
            receipt_digest=receipt.digest,
            **values,
        )

    def _address(self, judged: Judged) -> str:
        return address_subject(self._cipher.index(ADDRESS_USE, judged.address))

    def _keep(self, judged: Judged, answer: Answer) -> None:
        kept = KeptAnswer(fingerprint=judged.fingerprint, answer=answer)
        self._answers.keep(judged.claim, kept, until=self._clock.now() + LAST_KEPT)

    def _record_pass(self, claim: StepClaim, person: FoundPerson) -> None:
        session = claim.session
        if person.created:  # the look at the registry came before there was a log to write it to
            self._access_log.record(
                person_id=person.id,
                actor=SYSTEM,
                action=actions.REGISTRY_READ,
                purpose=session.purpose,
                fields=REGISTRY_FIELDS,
                source=REGISTRY_SOURCE,
                outcome="live",
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
