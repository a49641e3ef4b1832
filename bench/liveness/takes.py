"""Honest sessions of all variants, filmed and sealed without a camera, ready to be spoiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bench.liveness.stills import Still
from verify.defaults.challenge import CHALLENGE
from verify.liveness.challenge import Challenge, Step, plan
from verify.liveness.protocol import (
    Capture,
    ChainState,
    FrameEntry,
    StepTiming,
    frame_hash,
)
from verify.policy.challenge import Variant

PART = 12
"""Frames the phone posts at a time."""
_FRAME_MS = 67
_LOOKS = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One frame as filmed."""

    still: Still
    t_ms: int
    """The phone's clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One step as filmed and sent."""

    step: Step
    nonce: bytes
    """What the phone seals with; honestly the step's."""
    shots: tuple[Shot, ...]
    parts: tuple[int, ...]
    """After how many of the frames each part ends; the last ends the step."""
    revealed_ms: int
    """Our clock."""
    arrivals: tuple[int, ...]
    """Our clock, one a part."""
    shown_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session as the phone plays it."""

    id: str
    challenge: Challenge
    takes: tuple[Take, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """One request: which step and part it says it is, and what came with it."""

    n: int
    part: int
    capture: Capture


def honest(variant: Variant, *, number: int, rng: np.random.Generator) -> Session:
    """Play an honest session on a network of 20 to 150 ms, streamed or not."""
    challenge = plan(
        variant,
        policy=CHALLENGE,
        randbelow=lambda limit: int(rng.integers(limit)),
        token=rng.bytes,
    )
    network = _Network(
        ahead_ms=int(rng.integers(10**6, 10**9)),
        delay_ms=int(rng.integers(20, 150)),
        streams=bool(rng.random() < 0.7),  # noqa: PLR2004 - most phones stream
        rng=rng,
    )
    takes: list[Take] = []
    reveal = network.ahead_ms + int(rng.integers(5_000, 10**6))
    for step in challenge.steps:
        takes.append(network.take(step, reveal))
        reveal = takes[-1].arrivals[-1] + int(rng.integers(20, 200))
    return Session(id=f"vrf_{number}", challenge=challenge, takes=tuple(takes))


def sealed(session: Session) -> list[Posted]:
    """Return the requests of a session, each frame chained to the last."""
    head, seq, posted = ChainState.start(session.id).head, 0, list[Posted]()
    for take in session.takes:
        files = [shot.still.jpeg() for shot in take.shots]
        entries: list[FrameEntry] = []
        for shot, jpeg in zip(take.shots, files, strict=True):
            head = frame_hash(previous=head, nonce=take.nonce, seq=seq, t_ms=shot.t_ms, jpeg=jpeg)
            entries.append(FrameEntry(seq=seq, t_ms=shot.t_ms, digest=head))
            seq += 1
        posted += _posted(take, entries, files)
    return posted


def cut(count: int, *, streams: bool) -> tuple[int, ...]:
    """Return where the parts of so many frames end; a short rest joins its neighbour."""
    inner = range(PART, count - PART + 1, PART) if streams else ()
    return (*inner, count)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Network:
    """Between one phone and us."""

    ahead_ms: int
    """Our clock against the phone's."""
    delay_ms: int
    streams: bool
    rng: np.random.Generator

    def take(self, step: Step, revealed_ms: int) -> Take:
        start = revealed_ms - self.ahead_ms + self._delay() + int(self.rng.integers(20, 120))
        count = max(step.min_frames, -(-step.hold_ms // _FRAME_MS) + 3) + int(
            self.rng.integers(0, 12)
        )
        count = min(count, step.max_frames)
        jitter = self.rng.integers(-4, 5, count)
        times = [start + 5 + _FRAME_MS * index + int(late) for index, late in enumerate(jitter)]
        parts = cut(count, streams=self.streams)
        arrivals = [self.ahead_ms + times[end - 1] + self._delay() for end in parts]
        shown = times[0] - int(self.rng.integers(0, 60))
        return Take(
            step=step,
            nonce=step.nonce,
            shots=tuple(self._shots(times)),
            parts=parts,
            revealed_ms=revealed_ms,
            arrivals=tuple(np.maximum.accumulate(arrivals).tolist()),
            shown_ms=max(shown, revealed_ms - self.ahead_ms) if step.segments else None,
        )

    def _delay(self) -> int:
        return self.delay_ms + int(self.rng.exponential(20))

    def _shots(self, times: Sequence[int]) -> list[Shot]:
        looks = self.rng.integers(1, _LOOKS, len(times)).tolist()
        sway = self.rng.integers(-3, 4, (len(times), 2)).tolist()
        return [
            Shot(still=Still(look=look, x=120 + x, y=160 + y), t_ms=t_ms)
            for look, (x, y), t_ms in zip(looks, sway, times, strict=True)
        ]


def _posted(take: Take, entries: Sequence[FrameEntry], files: Sequence[bytes]) -> list[Posted]:
    edges = list(pairwise((0, *take.parts)))
    return [
        Posted(
            n=take.step.n,
            part=part,
            capture=Capture(
                step=take.step,
                entries=tuple(entries[a:b]),
                frames=tuple(files[a:b]),
                timing=StepTiming(revealed_ms=take.revealed_ms, received_ms=take.arrivals[part]),
                shown_ms=take.shown_ms if part == 0 else None,
                final=part == len(edges) - 1,
            ),
        )
        for part, (a, b) in enumerate(edges)
    ]


def edited(session: Session, n: int, take: Take) -> Session:
    """Return the session with another take of step `n`."""
    return replace(session, takes=(*session.takes[:n], take, *session.takes[n + 1 :]))
