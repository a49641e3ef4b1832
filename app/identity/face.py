"""The only door to `verify/`: sessions see a port, the library sees bytes and policies."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

import structlog

from app.core.errors import BUSY, INTERNAL, UNAVAILABLE, DomainError, ErrorKind
from app.identity.errors import (
    FRAME_BROKEN,
    FRAME_EMPTY,
    FRAME_TOO_LARGE,
    FRAME_TOO_MANY_PIXELS,
    FRAME_UNSUPPORTED,
)
from app.identity.ports import (
    Capture,
    ChainHead,
    CheckedCapture,
    Finding,
    Judgement,
    MeasuredStep,
    Plan,
    Provenance,
    RevealedStep,
)
from verify.errors import (
    EngineBusy,
    EngineClosed,
    EngineFailed,
    FaceRefused,
    ImageRefused,
    ModelRefused,
    VerifyError,
)
from verify.images import probe
from verify.liveness import challenge as challenges
from verify.liveness import findings, fusion, gates, protocol
from verify.liveness.evidence import StepEvidence
from verify.policy.verification import VerificationPolicy
from verify.results import FrameMeasurement, Template
from verify.wanted import Wanted

_RETRY_AFTER_S: Final = 1
_FRAME_KINDS: Final[Mapping[str, ErrorKind]] = {
    "IMAGE_EMPTY": FRAME_EMPTY,
    "IMAGE_TOO_LARGE": FRAME_TOO_LARGE,
    "IMAGE_TOO_MANY_PIXELS": FRAME_TOO_MANY_PIXELS,
    "UNSUPPORTED_IMAGE": FRAME_UNSUPPORTED,
    "IMAGE_BROKEN": FRAME_BROKEN,
}
log = structlog.get_logger("faces")


class Engine(Protocol):
    """What is used of `verify.engine.FaceEngine`."""

    def measure(self, frames: Sequence[bytes], *, wanted: Wanted) -> tuple[FrameMeasurement, ...]:
        """Measure frames in order."""
        ...

    def enrol(self, photo: bytes) -> Template:
        """Describe the one face of a reference photograph."""
        ...


class Faces:
    """Implements `app.identity.ports.FacePort` with the face library."""

    def __init__(
        self,
        *,
        engine: Engine,
        policy: VerificationPolicy,
        models: Mapping[str, str],
        decoy: bytes,
    ) -> None:
        """Take the engine and what it decides by.

        Args:
            engine: worker processes.
            policy: limits and thresholds.
            models: name → SHA-256 of the model files, for the audit record.
            decoy: a photograph of nobody who can be verified; enrolled in place of a missing one.
        """
        self._engine = engine
        self._policy = policy
        self._models = models
        self._decoy = decoy

    def plan(self, session_id: str, *, purpose: str, variants: Collection[str]) -> Plan | None:
        """Draw a challenge of the best variant the purpose accepts and the device offers."""
        policy = self._policy.challenge
        variant = challenges.choose_variant(policy, purpose=purpose, offered=variants)
        if variant is None:
            return None
        drawn = challenges.plan(
            variant, policy=policy, randbelow=secrets.randbelow, token=secrets.token_bytes
        )
        chain = protocol.ChainState.start(session_id)
        return Plan(
            challenge=drawn.to_bytes(),
            chain=chain.to_bytes(),
            steps=len(drawn.steps),
            variant=drawn.variant,
        )

    def reveal(self, challenge: bytes, n: int) -> RevealedStep:
        """Step `n`, as the phone is told of it."""
        with _translated():
            step = challenges.Challenge.from_bytes(challenge).steps[n]
        return RevealedStep(n=n, public=step.public(), max_frames=step.max_frames)

    def enrol(self, photo: bytes | None) -> bytes | None:
        """A template, or None where the photograph cannot be used or there is none."""
        with _translated():
            try:
                template = self._engine.enrol(self._decoy if photo is None else photo)
            except (FaceRefused, ImageRefused) as refused:
                log.warning("reference_refused", code=refused.code)
                return None
        return None if photo is None else template.to_bytes()

    def probe(self, frames: Sequence[bytes]) -> None:
        """Check every header."""
        for index, frame in enumerate(frames):
            try:
                probe(frame, self._policy.frame)
            except ImageRefused as refused:
                raise translation(refused.at(index)) from refused

    def check(self, capture: Capture) -> CheckedCapture:
        """Check chain, order, counts and timing."""
        with _translated():
            checked = protocol.check_capture(
                _capture(capture),
                chain=protocol.ChainState.from_bytes(capture.chain),
                policy=self._policy.protocol,
            )
        return CheckedCapture(finding=_finding(checked.finding), chain=checked.chain.to_bytes())

    def head(self, chain: bytes) -> ChainHead:
        """How far a chain has come."""
        with _translated():
            state = protocol.ChainState.from_bytes(chain)
        return ChainHead(digest=state.head, frames=state.next_seq)

    def measure(self, capture: Capture, *, chain: bytes) -> bytes:
        """Measure every frame of an accepted capture."""
        with _translated():
            told, after = _capture(capture), protocol.ChainState.from_bytes(chain)
            before = protocol.ChainState.from_bytes(capture.chain)
            wanted = protocol.to_measure(told, chain=before)
            frames = self._engine.measure(told.frames, wanted=wanted)
        return StepEvidence.of(told, chain=after, frames=frames).to_bytes()

    def join(self, pieces: Sequence[bytes]) -> MeasuredStep:
        """Put the pieces of a step together."""
        with _translated():
            whole = StepEvidence.joined(_steps(pieces))
        # Two honest people who hold still in the same chair look alike; a recording that helps
        # has to repeat the movement too, so only movement is compared.
        moving = whole.frames if whole.kind.moves else ()
        return MeasuredStep(
            evidence=whole.to_bytes(), likeness=tuple(frame.phash for frame in moving)
        )

    def alike(self, likeness: Sequence[bytes], earlier: Sequence[bytes]) -> bool:
        """Whether a session repeats an earlier one nearly throughout."""
        return bool(likeness) and gates.repeats(likeness, earlier, self._policy.presence)

    def screen(self, evidence: Sequence[bytes]) -> Finding | None:
        """Look at the steps so far."""
        with _translated():
            return _finding(fusion.screen(_steps(evidence), policy=self._policy))

    def judge(
        self, evidence: Sequence[bytes], *, challenge: bytes, template: bytes | None
    ) -> Judgement:
        """Decide."""
        with _translated():
            verdict = fusion.judge(
                _steps(evidence),
                challenge=challenges.Challenge.from_bytes(challenge),
                template=None if template is None else Template.from_bytes(template),
                policy=self._policy,
                models=self._models,
            )
        return Judgement(
            passed=verdict.passed,
            level=verdict.level,
            retry_code=None if verdict.retry_code is None else str(verdict.retry_code),
            outcome=str(verdict.outcome),
            gate=None if verdict.audit["gate"] is None else str(verdict.audit["gate"]),
            audit=verdict.audit,
        )

    def provenance(self) -> Provenance:
        """The policy's version and the models."""
        return Provenance(policy=self._policy.version, models=self._models)


def translation(refused: VerifyError) -> DomainError:
    """What an error of the library means to a caller; none of them leaves as it is."""
    if isinstance(refused, ImageRefused):
        return _FRAME_KINDS[refused.code](pointer=f"/frames/{refused.index}")
    if isinstance(refused, EngineBusy):
        return BUSY(retry_after=refused.retry_after_s)
    log.error("faces_failed", code=refused.code)
    if isinstance(refused, EngineFailed | EngineClosed | ModelRefused):
        return UNAVAILABLE(retry_after=_RETRY_AFTER_S)
    return INTERNAL()  # an empty policy or broken stored evidence: ours, and no retry helps


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except VerifyError as refused:
        raise translation(refused) from refused


def _capture(capture: Capture) -> protocol.Capture:
    step = challenges.Challenge.from_bytes(capture.challenge).steps[capture.n]
    frames = capture.upload.frames
    entries = tuple(
        protocol.FrameEntry(seq=frame.seq, t_ms=frame.t_ms, digest=frame.link) for frame in frames
    )
    return protocol.Capture(
        step=step,
        entries=entries,
        frames=tuple(frame.content for frame in frames),
        timing=protocol.StepTiming(
            revealed_ms=capture.revealed_ms, received_ms=capture.received_ms
        ),
        shown_ms=capture.upload.shown_ms,
        final=capture.final,
    )


def _finding(found: findings.Finding | None) -> Finding | None:
    return None if found is None else Finding(gate=found.gate, code=str(found.code))


def _steps(evidence: Sequence[bytes]) -> list[StepEvidence]:
    return [StepEvidence.from_bytes(content) for content in evidence]
