"""What follows from a good upload that does not end the session. Each in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.core.database import Database
from app.identity.ports import FacePort
from app.identity.service.answers import Answer, Answers, KeptAnswer
from app.identity.service.evidence import Evidence
from app.identity.service.seals import SessionSeals
from app.identity.service.sessions import Sessions, StepClaim


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A claimed upload on its way through the checks."""

    claim: StepClaim
    fingerprint: bytes
    """Of what was sent."""
    address: str
    """Network address it came from."""
    chain: bytes
    """State of the frame chain, after it once it was accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is kept of an accepted upload."""

    evidence: bytes
    """Of the part, or of the whole step."""
    frames: int
    """In this upload."""


class Progress:
    """Lets a session go on."""

    def __init__(
        self,
        *,
        database: Database,
        faces: FacePort,
        sessions: Sessions,
        evidence: Evidence,
        answers: Answers,
        seals: SessionSeals,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._faces = faces
        self._sessions = sessions
        self._evidence = evidence
        self._answers = answers
        self._seals = seals

    def receive(self, judged: Judged, measured: Measured) -> Answer:
        """Keep a part; the step goes on."""
        claim = judged.claim
        received = claim.session.received + measured.frames
        answer = Answer(
            id=claim.session.id,
            status="IN_PROGRESS",
            received=received,
            next_part=claim.part + 1,
        )
        with self._database.transaction():
            self._sessions.receive(claim, chain=judged.chain, received=received)
            self._evidence.keep(claim, measured.evidence)
            self._keep(judged, answer)
        return answer

    def accept(self, judged: Judged, measured: Measured) -> Answer:
        """Keep a good step and reveal the next one."""
        claim = judged.claim
        challenge = self._seals.challenge(claim.session)
        following = self._faces.reveal(challenge, claim.n + 1)
        answer = Answer(id=claim.session.id, status="IN_PROGRESS", step=following.public)
        with self._database.transaction():
            self._sessions.advance(claim, chain=judged.chain)
            self._evidence.keep(claim, measured.evidence)
            self._keep(judged, answer)
        return answer

    def _keep(self, judged: Judged, answer: Answer) -> None:
        kept = KeptAnswer(fingerprint=judged.fingerprint, answer=answer)
        until: datetime = judged.claim.session.expires_at
        self._answers.keep(judged.claim, kept, until=until)
