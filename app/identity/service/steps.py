"""Takes the answer to a step, whole or in parts, and has each upload judged once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from app.core.clock import Clock
from app.core.errors import NOT_FOUND, DomainError
from app.identity.errors import (
    FRAMES_MISSING,
    PART_OUT_OF_ORDER,
    PART_REPEATED,
    STEP_IN_PROGRESS,
    STEP_OUT_OF_ORDER,
    STEP_REPEATED,
    TOO_MANY_FRAMES,
    VERIFICATION_ENDED,
    VERIFICATION_EXPIRED,
    VERIFICATION_FOREIGN,
)
from app.identity.models.verification import WHOLE, VerificationSession
from app.identity.ports import FacePort, Upload
from app.identity.service.answers import Answer, Answers, KeptAnswer, fingerprint_of
from app.identity.service.judging import Arrived, Judging
from app.identity.service.progress import Judged
from app.identity.service.seals import SessionSeals
from app.identity.service.sessions import Sessions, StepClaim, StepKey

log = structlog.get_logger("identity")


class StepService:
    """Takes the answers to the steps of a session."""

    def __init__(
        self,
        *,
        clock: Clock,
        faces: FacePort,
        sessions: Sessions,
        answers: Answers,
        judging: Judging,
        seals: SessionSeals,
    ) -> None:
        """Take the ports."""
        self._clock = clock
        self._faces = faces
        self._sessions = sessions
        self._answers = answers
        self._judging = judging
        self._seals = seals

    def admit(self, key: StepKey) -> None:
        """Whether a body for this upload is worth reading, checked in this order.

        1. The session exists.
        2. It belongs to the calling device.
        3. The upload was answered and the answer is still kept; or else
        4. the session has neither ended nor expired, and
        5. the step is the one that is due, and so is the part.

        Raises:
            DomainError: NOT_FOUND, VERIFICATION_FOREIGN, VERIFICATION_ENDED,
                VERIFICATION_EXPIRED, STEP_OUT_OF_ORDER or PART_OUT_OF_ORDER.
        """
        session = self._owned(key)
        # 3
        if self._answers.kept(key) is None:
            self._due(session, key)

    def submit(self, key: StepKey, upload: Upload, *, address: str) -> Answer:
        """Have an upload judged, in this order.

        1. to 5. as `admit`; a repeat of what was answered gets the same answer.
        6. There are frames, and with the earlier parts no more than the step allows.
        7. Each frame's header is that of an acceptable picture.
        8. The upload is claimed: what comes now happens once.
        9. It is judged. Until then the session is as it was before.

        Args:
            key: which upload.
            upload: what was sent.
            address: of the network, where it came from.

        Raises:
            DomainError: as `admit`; STEP_REPEATED, PART_REPEATED, STEP_IN_PROGRESS,
                FRAMES_MISSING, TOO_MANY_FRAMES, a FRAME_ kind, BUSY or UNAVAILABLE: the session
                stays open.
        """
        arrived = Arrived(upload=upload, at=self._clock.now())
        fingerprint = fingerprint_of(upload)
        # 1 to 5
        session = self._owned(key)
        kept = self._answers.kept(key)
        if kept is not None:
            return _repeated(key, kept, fingerprint)
        self._due(session, key)
        # 6
        self._counted(session, key, upload)
        # 7
        self._faces.probe([frame.content for frame in upload.frames])
        # 8
        claim = self._sessions.claim(key)
        if claim is None:
            return self._lost(key, fingerprint)
        with self._held(claim):
            # 9
            judged = Judged(
                claim=claim,
                fingerprint=fingerprint,
                address=address,
                chain=claim.session.chain or b"",
            )
            return self._judging.judge(judged, arrived)

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
        if key.part not in {WHOLE, session.part}:
            raise PART_OUT_OF_ORDER()

    def _counted(self, session: VerificationSession, key: StepKey, upload: Upload) -> None:
        if not upload.frames:
            raise FRAMES_MISSING(pointer="/frames")
        step = self._faces.reveal(self._seals.challenge(session), key.n)
        if session.received + len(upload.frames) > step.max_frames:
            raise TOO_MANY_FRAMES(pointer="/frames")

    @contextmanager
    def _held(self, claim: StepClaim) -> Iterator[None]:
        finished = False
        try:
            yield
            finished = True
        finally:
            if not finished:
                self._release(claim)

    def _lost(self, key: StepKey, fingerprint: bytes) -> Answer:
        """What to say of an upload that was due a moment ago and cannot be claimed."""
        # The session before the answer: a twin that ends in between has left its answer.
        session = self._owned(key)
        kept = self._answers.kept(key)
        if kept is not None:  # its twin was quicker
            return _repeated(key, kept, fingerprint)
        self._due(session, key)
        raise STEP_IN_PROGRESS(retry_after=1)

    def _release(self, claim: StepClaim) -> None:
        # While the database is away the claim cannot be given back; it lapses by itself.
        try:
            self._sessions.release(claim)
        except DomainError:
            log.warning("claim_not_released")


def _repeated(key: StepKey, kept: KeptAnswer, fingerprint: bytes) -> Answer:
    if kept.fingerprint != fingerprint:
        raise STEP_REPEATED() if key.part == WHOLE else PART_REPEATED()
    return kept.answer
