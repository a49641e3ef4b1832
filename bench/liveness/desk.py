"""The server's side of a session on the real library path, without a server.

plan → reveal → film → check_capture → measure → screen → judge, in the parts the phone streams and
stopping at the first finding, as the API does.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from bench.liveness.memory import Memory
from sandbox.phone.chain import Sealed
from sandbox.phone.session import Actor
from sandbox.phone.steps import Step as Told
from verify.engine.tasks import Measuring
from verify.liveness.challenge import Challenge, Step
from verify.liveness.cues import Cue
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding
from verify.liveness.fusion import CUES, judge, screen
from verify.liveness.protocol import (
    Capture,
    ChainState,
    FrameEntry,
    StepTiming,
    check_capture,
    to_measure,
)
from verify.models import ModelFiles
from verify.policy.verification import VerificationPolicy
from verify.results import Template

_AHEAD_MS = 5000  # our clock against the phone's
_TRANSIT_MS = 40
_A_MOMENT = 1e-4  # no sleep is quite as short as asked


class Watch:
    """Monotonic seconds that pass only while the phone waits."""

    def __init__(self) -> None:
        """Start where no clock starts, at 1000."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the phone's time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += max(0.0, seconds) + _A_MOMENT

    def server_ms(self) -> int:
        """Return the server's time."""
        return int(self.now * 1000) + _AHEAD_MS


@dataclass(slots=True)
class Meter:
    """What the library cost, without what the rendering cost."""

    cpu_s: float = 0.0
    last_ms: float = 0.0
    """The latest measured stretch, by the wall's clock."""

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure one stretch."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu_s += time.process_time() - cpu
        self.last_ms = 1000 * (time.perf_counter() - wall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a session ended."""

    passed: bool
    outcome: str
    """A value of `verify.liveness.fusion.Outcome`; UNCERTAIN where it ended early."""
    gate: str | None
    """What stopped it; None when it passed."""
    code: str | None
    """What the person is told."""
    level: str | None = None
    cues: Sequence[Mapping[str, object]] = ()
    """Figures of a judged session."""
    match: Mapping[str, object] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    """What was asked, as far as it was revealed."""
    frames: int = 0
    cpu_s: float = 0.0
    """In the library."""
    verdict_ms: float = 0.0
    """From the arrival of the last part to the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Plays sessions against a reference. One per process: it holds native objects."""

    measurer: Measuring
    policy: VerificationPolicy
    watch: Watch
    part_frames: int = 12
    """Frames the phone posts at a time; 0: a step at once."""
    cues: Sequence[Cue] = CUES
    early: bool = True
    """Whether what is seen in a step may end the session, as it does for real; a fit wants the
    figures of every step, whatever was seen before."""

    def play(
        self,
        actor: Actor,
        challenge: Challenge,
        *,
        session: str,
        template: Template | None,
        memory: Memory,
    ) -> Outcome:
        """Ask one step after the other until something is found or all are answered."""
        visit = _Visit(desk=self, actor=actor, session=session, memory=memory)
        for step in challenge.steps:
            finding = visit.answer(step)
            if finding is not None:
                return visit.ended(finding)
        return visit.judged(challenge, template)


class _Visit:
    """One session in progress."""

    def __init__(self, *, desk: Desk, actor: Actor, session: str, memory: Memory) -> None:
        self._desk = desk
        self._session = session
        self._memory = memory
        self._filming = actor.filming
        self._sealing = actor.sealing(session)
        self._chain = ChainState.start(session)
        self._steps: list[StepEvidence] = []
        self._kinds: list[str] = []
        self._frames = 0
        self._meter = Meter()

    def answer(self, step: Step) -> Finding | None:
        """Reveal a step, film it, take it in part by part."""
        self._kinds.append(step.kind)
        watch = self._desk.watch
        revealed = watch.server_ms()
        told = Told.from_json(step.public())
        sealed = self._sealing.seal(told, self._filming.film(told))
        parts: list[StepEvidence] = []
        for piece, final in _pieces(sealed, self._desk.part_frames):
            # Frames that claim to be older than their reveal arrive after it all the same.
            arrived = max(revealed, piece[-1].t_ms + _AHEAD_MS) + _TRANSIT_MS
            capture = Capture(
                step=step,
                entries=tuple(_entry(frame) for frame in piece),
                frames=tuple(frame.jpeg for frame in piece),
                timing=StepTiming(revealed_ms=revealed, received_ms=arrived),
                shown_ms=_shown(piece),
                final=final,
            )
            finding = self._take(capture, parts)
            if finding is not None:
                return finding
        return None

    def _take(self, capture: Capture, parts: list[StepEvidence]) -> Finding | None:
        self._frames += len(capture.frames)
        with self._meter.running():
            policy = self._desk.policy
            known = self._memory.seen_elsewhere(self._session, capture.frames)
            if known is not None:
                return known
            checked = check_capture(capture, chain=self._chain, policy=policy.protocol)
            if checked.finding is not None:
                return checked.finding
            wanted = to_measure(capture, chain=self._chain)
            self._chain = checked.chain
            frames = self._desk.measurer.measure(capture.frames, wanted=wanted)
            parts.append(StepEvidence.of(capture, chain=self._chain, frames=frames))
            if not capture.final:
                return None
            self._steps.append(StepEvidence.joined(parts))
            self._memory.remember(self._session, self._steps[-1])
            return screen(self._steps, policy) if self._desk.early else None

    def ended(self, finding: Finding) -> Outcome:
        """Return how a session that was not judged ended."""
        return Outcome(
            passed=False,
            outcome="UNCERTAIN",
            gate=finding.gate,
            code=finding.code.value,
            kinds=tuple(self._kinds),
            frames=self._frames,
            cpu_s=self._meter.cpu_s,
            verdict_ms=self._meter.last_ms,
        )

    def judged(self, challenge: Challenge, template: Template | None) -> Outcome:
        """Return the verdict."""
        last_part_ms = self._meter.last_ms
        finding = self._memory.repeated(self._session, self._desk.policy.presence)
        if finding is not None:
            return self.ended(finding)
        with self._meter.running():
            verdict = judge(
                self._steps,
                challenge=challenge,
                template=template,
                policy=self._desk.policy,
                models=ModelFiles.digests(),
                cues=self._desk.cues,
            )
        audit: Mapping[str, Any] = verdict.audit
        return Outcome(
            passed=verdict.passed,
            outcome=verdict.outcome.value,
            gate=audit["gate"],
            code=None if verdict.retry_code is None else verdict.retry_code.value,
            level=verdict.level,
            cues=audit["cues"],
            match=audit["match"],
            kinds=tuple(self._kinds),
            frames=self._frames,
            cpu_s=self._meter.cpu_s,
            verdict_ms=last_part_ms + self._meter.last_ms,
        )


def _pieces(sealed: Sequence[Sealed], size: int) -> list[tuple[Sequence[Sealed], bool]]:
    """Return the parts of a step, and which is the last; a short rest joins its neighbour."""
    if not size or len(sealed) < 2 * size:
        return [(sealed, True)]
    edges = [*range(0, len(sealed) - size + 1, size), len(sealed)]
    return [(sealed[a:b], b == len(sealed)) for a, b in pairwise(edges)]


def _shown(piece: Sequence[Sealed]) -> int | None:
    """Return what the manifest of a part says of the first picture."""
    return next((frame.shown_ms for frame in piece if frame.shown_ms is not None), None)


def _entry(frame: Sealed) -> FrameEntry:
    return FrameEntry(seq=frame.seq, t_ms=frame.t_ms, digest=bytes.fromhex(frame.hash))
