"""Tens of thousands of spoiled sessions against the hard gates; not one may get through.

Each is an honest session of one of the variants with one change that matters: on the wire (frames,
lines, hashes, numbers, parts, session), in its times, or in what was filmed and sealed anew.

What is not probed, since it is allowed: times inside the tolerances (a pause of 400 ms, a frame
older than its reveal by no more than the room between the clocks' bounds, a clock off by less than
half a second beyond its slope, or that of a phone that does not stream); pictures in another order
inside a step, sealed in that order; one single copy encoded anew; a still picture with fresh noise.
The last three are for the cues: nothing moves or shines there as it was asked.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.liveness.filming import FILMED
from bench.liveness.spoiling import Attempt, Case
from bench.liveness.stills import described, measured
from bench.liveness.takes import Posted, Session, honest, sealed
from bench.liveness.timing import TIMED
from bench.liveness.wire import WIRE
from verify.defaults.challenge import CHALLENGE
from verify.defaults.presence import PRESENCE
from verify.defaults.protocol import PROTOCOL
from verify.liveness.challenge import KINDS, Challenge
from verify.liveness.evidence import StepEvidence
from verify.liveness.gates import check_frames, check_session, repeats
from verify.liveness.protocol import Capture, ChainState, check_capture, to_measure

MUTATIONS = {**WIRE, **TIMED, **FILMED}
"""Every sort of change, by name."""
_EACH = 60
_SEED = 20261125


def run(mutations: int = 30_000, *, seed: int = _SEED, each: int = _EACH) -> dict[str, Any]:
    """Spoil so many sessions, each once.

    Args:
        mutations: How many.
        seed: Of everything drawn.
        each: Honest sessions of each variant, from which all others are made.

    Returns:
        `mutations`, `accepted`, `by_gate` (gate → found there), `by_mutation` (name → tried),
        `accepted_by` (name → not found), and `honest` with `n` and `accepted`.
    """
    rng = np.random.default_rng(seed)
    pool = [
        Earlier.of(honest(variant, number=number * len(CHALLENGE.variants) + place, rng=rng))
        for number in range(each)
        for place, variant in enumerate(CHALLENGE.variants)
    ]
    gates, tried, missed = Counter[str](), Counter[str](), Counter[str]()
    for name, gate in _trials(pool, rng, mutations):
        tried[name] += 1
        gates.update([gate] if gate else [])
        missed.update([] if gate else [name])
    refused = [gate for gate in _untouched(pool) if gate]
    return {
        "mutations": tried.total(),
        "accepted": missed.total(),
        "by_gate": dict(gates.most_common()),
        "by_mutation": dict(sorted(tried.items())),
        "accepted_by": dict(missed),
        "honest": {"n": len(pool), "accepted": len(pool) - len(refused)},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A session, and what the API would remember of it."""

    session: Session
    posted: Sequence[Posted]
    """Its requests."""
    files: frozenset[bytes]
    """SHA-256 of each frame."""
    looks: tuple[bytes, ...]
    """Perceptual hashes of the frames in which the head moved."""

    @classmethod
    def of(cls, session: Session) -> Earlier:
        """Remember an honest session."""
        posted = tuple(sealed(session))
        captures = [post.capture for post in posted]
        moving = (c for c in captures if KINDS[c.step.kind].moves)
        return cls(
            session=session,
            posted=posted,
            files=frozenset(_digest(jpeg) for c in captures for jpeg in c.frames),
            looks=tuple(measured(jpeg).phash for c in moving for jpeg in c.frames),
        )


def judge(attempt: Attempt, challenge: Challenge, earlier: Earlier) -> str | None:
    """Return the gate that finds an attempt, or None where it gets through.

    In the order in which the API looks, but for the pictures, which are looked at last.
    """
    desk = _Desk(challenge=challenge, earlier=earlier, chain=ChainState.start(attempt.session))
    found = (desk.take(post) for post in attempt.posted)
    return next(filter(None, found), None) or desk.look()


@dataclass(slots=True, kw_only=True)
class _Desk:
    """The server's side of one session."""

    challenge: Challenge
    earlier: Earlier
    chain: ChainState
    part: int = 0
    parts: list[StepEvidence] = field(default_factory=list)
    steps: list[StepEvidence] = field(default_factory=list)

    def take(self, post: Posted) -> str | None:
        """Take an upload in, or return what is wrong with it."""
        if (post.n, post.part) != (len(self.steps), self.part):
            return "due"
        capture = post.capture
        if any(_digest(jpeg) in self.earlier.files for jpeg in capture.frames):
            return "frame_replayed"
        checked = check_capture(capture, chain=self.chain, policy=PROTOCOL)
        if checked.finding is not None:
            return checked.finding.gate
        self._keep(capture, checked.chain)
        return None

    def look(self) -> str | None:
        """Return what is wrong with the whole session, pictures included."""
        if tuple(step.step for step in self.steps) != self.challenge.steps:
            return "steps"
        found = next(filter(None, (check_frames(step, PRESENCE) for step in self.steps)), None)
        found = found or check_session(self.steps, PRESENCE, PROTOCOL)
        if found is not None:
            return found.gate
        moving = [frame.phash for step in self.steps if step.kind.moves for frame in step.frames]
        again = bool(moving) and repeats(moving, self.earlier.looks, PRESENCE)
        return "likeness_replayed" if again else None

    def _keep(self, capture: Capture, after: ChainState) -> None:
        wanted = to_measure(capture, chain=self.chain)
        frames = described([measured(jpeg) for jpeg in capture.frames], wanted.described)
        self.chain = after
        self.part = 0 if capture.final else self.part + 1
        self.parts.append(StepEvidence.of(capture, chain=after, frames=frames))
        if capture.final:
            self.steps.append(StepEvidence.joined(self.parts))
            self.parts = []


def _trials(
    pool: Sequence[Earlier], rng: np.random.Generator, count: int
) -> Iterator[tuple[str, str | None]]:
    """Yield the name of a change and the gate that found it, `count` times."""
    names = list(MUTATIONS)
    while count:
        one, other = rng.choice(len(pool), 2, replace=False).tolist()
        mine, earlier = pool[one], pool[other]
        name = names[int(rng.integers(len(names)))]
        attempt = MUTATIONS[name](_case(mine, earlier, rng))
        if attempt is None:
            continue
        yield name, judge(attempt, mine.session.challenge, earlier)
        count -= 1


def _untouched(pool: Sequence[Earlier]) -> Iterator[str | None]:
    """Yield what is found in each honest session, beside its neighbour."""
    for place, one in enumerate(pool):
        attempt = Attempt(session=one.session.id, posted=one.posted)
        yield judge(attempt, one.session.challenge, pool[place - 1])


def _case(mine: Earlier, earlier: Earlier, rng: np.random.Generator) -> Case:
    return Case(
        session=mine.session,
        posted=mine.posted,
        donor=earlier.session,
        other=earlier.posted,
        rng=rng,
    )


def _digest(jpeg: bytes) -> bytes:
    return hashlib.sha256(jpeg).digest()
