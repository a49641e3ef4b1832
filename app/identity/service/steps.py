"""Takes the answer to a step, judges it once, and says what comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.errors import NOT_FOUND, DomainError
from app.identity.errors import (
    FRAMES_MISSING,
    STEP_IN_PROGRESS,
    STEP_OUT_OF_ORDER,
    STEP_REPEATED,
    TOO_MANY_FRAMES,
    VERIFICATION_ENDED,
    VERIFICATION_EXPIRED,
    VERIFICATION_FOREIGN,
)
from app.identity.models.verification import VerificationSession
from app.identity.ports import Capture, FacePort, Finding, Frame
from app.identity.service.answers import Answer, Answers, KeptAnswer, fingerprint_of
from app.identity.service.conclusions import Conclusions, Judged
from app.identity.service.replays import Replays
from app.identity.service.seals import SessionSeals
from app.identity.service.sessions import Sessions, StepClaim, StepKey

REJECTED: Final = "REJECTED_PROTOCOL"
NOT_VERIFIED: Final = "NOT_VERIFIED"
log = structlog.get_logger("identity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A capture and when it had arrived."""

    frames: Sequence[Frame]
    at: datetime


class StepService:
    """Takes the answers to the steps of a session."""

    def __init__(
        self,
        *,
        clock: Clock,
        faces: FacePort,
        sessions: Sessions,
        answers: Answers,
        conclusions: Conclusions,
        replays: Replays,
        seals: SessionSeals,
    ) -> None:
        """Take the ports."""
        self._clock = clock
        self._faces = faces
        self._sessions = sessions
        self._answers = answers
        self._conclusions = conclusions
        self._replays = replays
        self._seals = seals

    def admit(self, key: StepKey) -> None:
        """Whether a body for this step is worth reading, checked in this order.

        1. The session exists.
        2. It belongs to the calling device.
        3. The step was answered and the answer is still kept; or else
        4. the session has neither ended nor expired, and
        5. the step is the one that is due.

        Raises:
            DomainError: NOT_FOUND, VERIFICATION_FOREIGN, VERIFICATION_ENDED,
                VERIFICATION_EXPIRED or STEP_OUT_OF_ORDER.
        """
        session = self._owned(key)
        # 3
        if self._answers.kept(key) is None:
            self._due(session, key)

    def submit(self, key: StepKey, frames: Sequence[Frame]) -> Answer:
        """Judge a capture, in this order.

        1. to 5. as `admit`; a repeat of what was answered gets the same answer.
        6. There are frames, and no more than the step allows.
        7. Each frame's header is that of an acceptable picture.
        8. The step is claimed: what comes now happens once.
        9. The capture is judged. Until then the session is as it was before.

        Raises:
            DomainError: as `admit`; STEP_REPEATED, STEP_IN_PROGRESS, FRAMES_MISSING,
                TOO_MANY_FRAMES, a FRAME_ kind, BUSY or UNAVAILABLE: the session stays open.
        """
        arrived = Arrived(frames=frames, at=self._clock.now())
        fingerprint = fingerprint_of(frames)
        # 1 to 5
        session = self._owned(key)
        kept = self._answers.kept(key)
        if kept is not None:
            return _repeated(kept, fingerprint)
        self._due(session, key)
        # 6
        self._counted(session, key, frames)
        # 7
        self._faces.probe([frame.content for frame in frames])
        # 8
        with self._claimed(key) as claim:
            # 9
            return self._judged(Judged(claim=claim, fingerprint=fingerprint), arrived)

    def _owned(self, key: StepKey) -> VerificationSession:
        # 1
        session = self._sessions.find(key.session_id)
        if session is None:
            raise NOT_FOUND()
        # 2
        if session.thumbprint != key.thumbprint:
            raise VERIFICATION_FOREIGN()
        return session

    def _due(self, session: VerificationSession, key: StepKey) -> None:
        # 4
        if session.state == "EXPIRED":
            raise VERIFICATION_EXPIRED()
        if session.ended_at is not None:
            raise VERIFICATION_ENDED()
        if session.expires_at <= self._clock.now():
            self._sessions.expire(session.id)
            raise VERIFICATION_EXPIRED()
        # 5
        if session.step != key.n:
            raise STEP_OUT_OF_ORDER()

    def _counted(self, session: VerificationSession, key: StepKey, frames: Sequence[Frame]) -> None:
        if not frames:
            raise FRAMES_MISSING(pointer="/frames")
        step = self._faces.reveal(self._seals.challenge(session), key.n)
        if len(frames) > step.max_frames:
            raise TOO_MANY_FRAMES(pointer="/frames")

    @contextmanager
    def _claimed(self, key: StepKey) -> Iterator[StepClaim]:
        claim = self._sessions.claim(key)
        if claim is None:
            raise self._lost(key)
        finished = False
        try:
            yield claim
            finished = True
        finally:
            if not finished:
                self._release(claim)

    def _lost(self, key: StepKey) -> DomainError:
        """Why a step that was due a moment ago cannot be claimed."""
        session = self._owned(key)
        if session.ended_at is None and session.step == key.n:
            return STEP_IN_PROGRESS(retry_after=1)
        return VERIFICATION_ENDED() if session.ended_at is not None else STEP_OUT_OF_ORDER()

    def _release(self, claim: StepClaim) -> None:
        # While the database is away the claim cannot be given back; it lapses by itself.
        try:
            self._sessions.release(claim)
        except DomainError:
            log.warning("claim_not_released")

    def _judged(self, judged: Judged, arrived: Arrived) -> Answer:
        """Judge a claimed step.

        a. None of the files was sent in another session.
        b. Chain, order, counts and timing hold.
        c. The frames are measured.
        d. Nothing speaks against going on; or, after the last step,
        e. its movements do not repeat those of another session of the same person, and
        f. the verdict is that this is the person, alive.
        """
        session = judged.claim.session
        # a
        if not self._replays.first_seen_in(session.id, arrived.frames):
            return self._refused(judged, Finding(gate="frame_replayed", code=REJECTED))
        # b
        capture = self._capture(judged.claim, arrived)
        checked = self._faces.check(capture)
        if checked.finding is not None:
            return self._refused(judged, checked.finding)
        # c
        measured = self._faces.measure(capture, chain=checked.chain)
        self._replays.remember(session, judged.claim.n, measured.likeness)
        evidence = [*self._conclusions.evidence(judged.claim), measured.evidence]
        if judged.claim.last:
            return self._decided(judged, evidence)
        # d
        finding = self._faces.screen(evidence)
        if finding is not None:
            return self._refused(judged, finding)
        return self._conclusions.accept(judged, chain=checked.chain, evidence=measured.evidence)

    def _decided(self, judged: Judged, evidence: Sequence[bytes]) -> Answer:
        claim = judged.claim
        # e: over the whole session; steps that hold still have left nothing to compare
        seen = self._replays.likenesses(claim.session)
        if any(self._faces.alike(seen.own, other) for other in seen.others):
            return self._refused(judged, Finding(gate="likeness_replayed", code=REJECTED))
        # f
        judgement = self._faces.judge(
            evidence,
            challenge=self._seals.challenge(claim.session),
            template=self._seals.template(claim.session),
        )
        if judgement.passed:
            return self._conclusions.admit(judged, judgement)
        finding = Finding(gate="verdict", code=judgement.retry_code or NOT_VERIFIED)
        return self._conclusions.refuse(judged, finding, judgement.audit)

    def _refused(self, judged: Judged, finding: Finding) -> Answer:
        return self._conclusions.refuse(judged, finding, {})

    def _capture(self, claim: StepClaim, arrived: Arrived) -> Capture:
        session = claim.session
        return Capture(
            challenge=self._seals.challenge(session),
            chain=session.chain or b"",
            n=claim.n,
            frames=arrived.frames,
            revealed_ms=_milliseconds(session.revealed_at),
            received_ms=_milliseconds(arrived.at),
        )


def _repeated(kept: KeptAnswer, fingerprint: bytes) -> Answer:
    if kept.fingerprint != fingerprint:
        raise STEP_REPEATED()
    return kept.answer


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
