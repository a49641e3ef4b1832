"""The parts of face verification, put together in one place for the composition root."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.audit.service import AccessLog
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.keys.provider import SigningRing
from app.core.limits import RateLimits
from app.identity.ports import FacePort, PopulationRegistry
from app.identity.service.answers import Answers
from app.identity.service.codes import CodeRedeemer
from app.identity.service.conclusions import Conclusions
from app.identity.service.consents import Consents
from app.identity.service.evidence import Evidence
from app.identity.service.judging import Judging
from app.identity.service.lockouts import Lockouts
from app.identity.service.own_faces import OwnFaces
from app.identity.service.persons import Persons
from app.identity.service.progress import Progress
from app.identity.service.receipt_checks import ReceiptChecks
from app.identity.service.receipts import Receipts
from app.identity.service.references import References
from app.identity.service.replays import Replays
from app.identity.service.seals import SessionSeals
from app.identity.service.sessions import Sessions
from app.identity.service.steps import StepService
from app.identity.service.sweeping import VerificationSweeper
from app.identity.service.verifications import VerificationService


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationNeeds:
    """What face verification takes from outside."""

    database: Database
    clock: Clock
    cipher: FieldCipher
    limits: RateLimits
    """Must know the rates `verifications`, `verifications_address` and `checks`."""
    access_log: AccessLog
    registry: PopulationRegistry
    faces: FacePort
    receipts: SigningRing
    """Signs receipts."""
    issuer: str
    """What receipts state of their origin."""
    lasts: timedelta
    """How long a session lives."""
    address_failures: int
    """How many failed sessions from one address begin a pause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationParts:
    """What face verification offers."""

    verifications: VerificationService
    """For the routes."""
    steps: StepService
    """For the routes."""
    receipts: Receipts
    """For the routes."""
    receipt_checks: ReceiptChecks
    """For the routes."""
    own_faces: OwnFaces
    """For the routes."""
    persons: Persons
    """Whoever needs a person's number and name."""
    codes: CodeRedeemer
    """For the token endpoint."""
    sweeper: VerificationSweeper
    """To be run about once a minute."""


def build_verification(needs: VerificationNeeds) -> VerificationParts:
    """Put the parts together; nothing is connected or started."""
    database, clock, cipher, faces = needs.database, needs.clock, needs.cipher, needs.faces
    seals = SessionSeals(cipher)
    persons = Persons(database=database, cipher=cipher, clock=clock)
    receipts = Receipts(
        issuer=needs.issuer,
        ring=needs.receipts,
        clock=clock,
        faces=faces,
        sessions=Sessions(database=database, clock=clock),
        consents=Consents(database=database, clock=clock),
        seals=seals,
    )
    return VerificationParts(
        verifications=VerificationService(
            database=database,
            clock=clock,
            cipher=cipher,
            limits=needs.limits,
            access_log=needs.access_log,
            faces=faces,
            references=References(registry=needs.registry, faces=faces, clock=clock),
            persons=persons,
            lockouts=_lockouts(needs),
            consents=Consents(database=database, clock=clock),
            sessions=Sessions(database=database, clock=clock),
            seals=seals,
            lasts=needs.lasts,
        ),
        steps=_steps(needs, seals=seals, persons=persons, receipts=receipts),
        receipts=receipts,
        receipt_checks=ReceiptChecks(
            issuer=needs.issuer,
            ring=needs.receipts,
            clock=clock,
            cipher=cipher,
            limits=needs.limits,
        ),
        own_faces=OwnFaces(
            database=database,
            sessions=Sessions(database=database, clock=clock),
            accesses=needs.access_log,
            clock=clock,
        ),
        persons=persons,
        codes=CodeRedeemer(database=database, cipher=cipher, clock=clock),
        sweeper=build_sweeper(database=database, cipher=cipher, clock=clock),
    )


def _steps(
    needs: VerificationNeeds, *, seals: SessionSeals, persons: Persons, receipts: Receipts
) -> StepService:
    database, clock, faces = needs.database, needs.clock, needs.faces
    sessions = Sessions(database=database, clock=clock)
    answers = Answers(database=database, seals=seals, clock=clock)
    evidence = Evidence(database=database, seals=seals)
    judging = Judging(
        faces=faces,
        evidence=evidence,
        progress=Progress(
            database=database,
            faces=faces,
            sessions=sessions,
            evidence=evidence,
            answers=answers,
            seals=seals,
        ),
        conclusions=Conclusions(
            database=database,
            clock=clock,
            cipher=needs.cipher,
            access_log=needs.access_log,
            persons=persons,
            lockouts=_lockouts(needs),
            sessions=sessions,
            answers=answers,
            receipts=receipts,
            seals=seals,
        ),
        replays=Replays(database=database, seals=seals, clock=clock),
        seals=seals,
    )
    return StepService(
        clock=clock,
        faces=faces,
        sessions=sessions,
        answers=answers,
        judging=judging,
        seals=seals,
    )


def _lockouts(needs: VerificationNeeds) -> Lockouts:
    return Lockouts(
        database=needs.database, clock=needs.clock, address_failures=needs.address_failures
    )


def build_sweeper(*, database: Database, cipher: FieldCipher, clock: Clock) -> VerificationSweeper:
    """The housekeeping alone, for a process that verifies nobody."""
    seals = SessionSeals(cipher)
    return VerificationSweeper(
        sessions=Sessions(database=database, clock=clock),
        answers=Answers(database=database, seals=seals, clock=clock),
        replays=Replays(database=database, seals=seals, clock=clock),
        lockouts=Lockouts(database=database, clock=clock),
    )
