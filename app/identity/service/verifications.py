"""Begins verification sessions, and tells how they stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.audit import actions
from app.audit.service import SYSTEM, AccessLog
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.core.fields import FieldCipher
from app.core.ids import new_id
from app.core.limits import RateLimits
from app.identity.errors import VARIANT_UNSUPPORTED
from app.identity.models.verification import VerificationSession
from app.identity.ports import FacePort, Plan
from app.identity.service.consents import Consented, Consents
from app.identity.service.lockouts import (
    ADDRESS_USE,
    Lockouts,
    address_subject,
    device_subject,
    person_subject,
)
from app.identity.service.persons import Persons
from app.identity.service.references import Reference, References
from app.identity.service.seals import SessionSeals, Standing, Subject
from app.identity.service.sessions import Sessions

REGISTRY_FIELDS = ("citizen_number", "name", "photo", "status")
REGISTRY_SOURCE = "population"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What a device says it wants; format and check digit have been looked at."""

    citizen_number: str
    name: str
    purpose: str
    text_version: str
    variants: Collection[str]
    thumbprint: str
    address: str
    """Network address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """How a session stands, as its own device may know."""

    id: str
    status: str
    variant: str
    """Sort of challenge."""
    steps: int
    """How many there are."""
    expires_at: datetime
    step: Mapping[str, object] | None = None
    """The step that is due, while the session lives."""
    retry_code: str | None = None


class VerificationService:
    """Begins verification sessions, and tells how they stand."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        cipher: FieldCipher,
        limits: RateLimits,
        access_log: AccessLog,
        faces: FacePort,
        references: References,
        persons: Persons,
        lockouts: Lockouts,
        consents: Consents,
        sessions: Sessions,
        seals: SessionSeals,
        lasts: timedelta,
    ) -> None:
        """Take the ports and how long a session lasts."""
        self._database = database
        self._clock = clock
        self._cipher = cipher
        self._limits = limits
        self._access_log = access_log
        self._faces = faces
        self._references = references
        self._persons = persons
        self._lockouts = lockouts
        self._consents = consents
        self._sessions = sessions
        self._seals = seals
        self._lasts = lasts

    def begin(self, claimed: Claimed) -> SessionView:
        """Begin a session, in this order.

        1. The consent is to a text in force, and the device can show a challenge.
        2. The address has not begun too many sessions.
        3. Neither person nor device nor address is paused, and neither of the first two has begun
           too many sessions.
        4. The registry is asked and a reference enrolled: the same work for everybody.
        5. The attempt is counted; a failure of ours until here costs the person none.
        6. Consent, session and the look at the registry are stored together.

        Raises:
            DomainError: CONSENT_TEXT_UNKNOWN, VARIANT_UNSUPPORTED, TOO_MANY_REQUESTS,
                VERIFICATION_PAUSED, UNAVAILABLE, UPSTREAM_FAILED or BUSY.
        """
        session_id = new_id("vrf", self._clock.now())
        person = person_subject(self._persons.hash_of(claimed.citizen_number))
        subjects = (person, device_subject(claimed.thumbprint))
        # 1
        self._consents.check(claimed.text_version)
        plan = self._faces.plan(session_id, purpose=claimed.purpose, variants=claimed.variants)
        if plan is None:
            raise VARIANT_UNSUPPORTED(pointer="/capabilities/variants")
        # 2
        address = address_subject(self._cipher.index(ADDRESS_USE, claimed.address))
        self._limits.hit("verifications_address", address)
        # 3
        self._lockouts.check(*subjects, address)
        self._limits.check("verifications", *subjects)
        # 4
        reference = self._references.of(
            citizen_number=claimed.citizen_number, name=claimed.name, case_id=session_id
        )
        # 5
        self._limits.hit("verifications", *subjects)
        # 6
        return self._store(claimed, session_id, plan, reference)

    def view(self, session_id: str, thumbprint: str) -> SessionView:
        """How a session stands; a session of another device is as unknown as none.

        Raises:
            DomainError: NOT_FOUND.
        """
        session = self._sessions.find(session_id)
        if session is None or session.thumbprint != thumbprint:
            raise NOT_FOUND()
        if session.ended_at is None and session.expires_at <= self._clock.now():
            return _shown(session, status="EXPIRED")
        return self._view(session)

    def _store(
        self, claimed: Claimed, session_id: str, plan: Plan, reference: Reference
    ) -> SessionView:
        person_hash = self._persons.hash_of(claimed.citizen_number)
        consented = Consented(
            person_hash=person_hash,
            thumbprint=claimed.thumbprint,
            purpose=claimed.purpose,
            text_version=claimed.text_version,
        )
        subject = Subject(
            citizen_number=claimed.citizen_number, name=claimed.name, standing=reference.standing
        )
        now, template = self._clock.now(), reference.template
        with self._database.transaction():
            session = VerificationSession(
                id=session_id,
                thumbprint=claimed.thumbprint,
                person_hash=person_hash,
                purpose=claimed.purpose,
                variant=plan.variant,
                consent_id=self._consents.record(consented),
                state="CREATED",
                step=0,
                steps=plan.steps,
                created_at=now,
                revealed_at=now,
                expires_at=now + self._lasts,
                subject=self._seals.seal_subject(session_id, subject),
                template=template and self._seals.seal(session_id, "template", template),
                challenge=self._seals.seal(session_id, "challenge", plan.challenge),
                chain=plan.chain,
            )
            self._sessions.add(session)
            self._record_look(person_hash, claimed.purpose, reference)
        return self._view(session)

    def _record_look(self, person_hash: bytes, purpose: str, reference: Reference) -> None:
        # Somebody who never passed has no log yet; their first pass records this look.
        person_id = self._persons.known(person_hash)
        if person_id is not None:
            self._access_log.record(
                person_id=person_id,
                actor=SYSTEM,
                action=actions.REGISTRY_READ,
                purpose=purpose,
                fields=REGISTRY_FIELDS,
                source=REGISTRY_SOURCE,
                outcome="not_found" if reference.standing is Standing.UNKNOWN else "live",
            )

    def _view(self, session: VerificationSession) -> SessionView:
        step = None
        if session.ended_at is None:
            step = self._faces.reveal(self._seals.challenge(session), session.step).public
        return _shown(session, status=session.state, step=step)


def _shown(
    session: VerificationSession, *, status: str, step: Mapping[str, object] | None = None
) -> SessionView:
    return SessionView(
        id=session.id,
        status=status,
        variant=session.variant,
        steps=session.steps,
        expires_at=session.expires_at,
        step=step,
        retry_code=session.retry_code,
    )
