"""Sessions without a camera: captures with a true chain, and measured frames of a turning mesh."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from verify import geometry
from verify.liveness.challenge import KINDS, Challenge, Step
from verify.liveness.evidence import StepEvidence
from verify.liveness.protocol import Capture, ChainState, FrameEntry, StepTiming, frame_hash
from verify.results import Box, Embedding, FaceMeasurement, FrameMeasurement, Template

SESSION = "vrf_test"
FACE = Embedding(
    sface=np.eye(1, 128, dtype="<f4").tobytes(),
    dlib=np.zeros(128, "<f4").tobytes(),
)
STRANGER = Embedding(
    sface=np.eye(1, 128, 5, dtype="<f4").tobytes(),
    dlib=np.full(128, 0.1, "<f4").tobytes(),
)
TEMPLATE = Template(embedding=FACE)

Shape = NDArray[np.float64]


def step(kind: str = "baseline", *, n: int = 0) -> Step:
    """A step as drawn, but described at least twice: these sessions have one movement only."""
    known = KINDS[kind]
    return Step(
        n=n,
        kind=kind,
        nonce=bytes([n + 1]) * 16,
        window_ms=known.window_ms,
        min_frames=known.min_frames,
        max_frames=known.max_frames,
        hold_ms=known.hold_ms,
        described=tuple(range(3 if kind == "baseline" else 2)),
    )


def challenge(turn: str = "turn_left") -> Challenge:
    return Challenge(variant="no_light", level="L2", steps=(step(), step(turn, n=1)))


def chained(
    asked: Step,
    chain: ChainState,
    times: Sequence[int],
    *,
    seqs: Sequence[int] | None = None,
    nonce: bytes | None = None,
) -> tuple[tuple[FrameEntry, ...], tuple[bytes, ...]]:
    """Entries and files sealed as an honest phone does, but for what is overridden."""
    head, entries, frames = chain.head, [], []
    numbers = seqs or range(chain.next_seq, chain.next_seq + len(times))
    for seq, t_ms in zip(numbers, times, strict=True):
        jpeg = f"picture {seq}".encode()
        head = frame_hash(previous=head, nonce=nonce or asked.nonce, seq=seq, t_ms=t_ms, jpeg=jpeg)
        entries.append(FrameEntry(seq=seq, t_ms=t_ms, digest=head))
        frames.append(jpeg)
    return tuple(entries), tuple(frames)


def capture(
    asked: Step | None = None,
    *,
    chain: ChainState | None = None,
    times: Sequence[int] | None = None,
    revealed_ms: int = 1_000_000,
    latency_ms: int = 80,
    offset_ms: int = 990_000,
    shown_ms: int | None = None,
    final: bool = True,
    **overrides: object,
) -> Capture:
    """An honest upload: 15 frames a second, from 100 ms after the reveal."""
    asked = asked or step()
    chain = chain or ChainState.start(SESSION)
    first = revealed_ms - offset_ms + 100
    times = times or [first + 67 * index for index in range(15 if asked.n == 0 else 30)]
    entries, frames = chained(asked, chain, times, **overrides)  # type: ignore[arg-type]
    received = times[-1] + offset_ms + latency_ms
    timing = StepTiming(revealed_ms=revealed_ms, received_ms=received)
    return Capture(
        step=asked, entries=entries, frames=frames, timing=timing, shown_ms=shown_ms, final=final
    )


def turned(rest: Shape, yaw: float, *, pitch: float = 0.0, distance: float = 6.0) -> Shape:
    """A head at rest, turned to the person's left by `yaw` degrees and seen in perspective."""
    a, b = np.radians([yaw, pitch])
    side = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    nod = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    solid = rest @ (nod @ side).T
    far = distance * np.ptp(rest[:, 0])
    solid[:, :2] *= far / (far + solid[:, 2:])
    return np.asarray(solid)


def flattened(rest: Shape, yaw: float) -> Shape:
    """A flat picture of the head, turned: only the plane moves, the net still sees depth."""
    flat = rest * [1, 1, 0]
    seen = turned(flat, yaw)
    return np.column_stack([seen[:, :2], turned(rest, yaw)[:, 2]])


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Makes measured frames from a shape and a pose."""

    rest: Shape
    embedding: Embedding = FACE
    flat: bool = False
    seed: int = 1

    def frame(self, index: int, yaw: float, *, pitch: float = 0.0) -> FrameMeasurement:
        rng = np.random.default_rng([self.seed, index])
        solid = flattened(self.rest, yaw) if self.flat else turned(self.rest, yaw, pitch=pitch)
        points = np.asarray(
            solid + np.array([320, 240, 0]) + rng.normal(0, 0.1, solid.shape),
        )
        pose = geometry.pose(turned(self.rest, yaw, pitch=pitch))
        low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
        five = np.array(
            [points[[33, 133], :2].mean(0), points[[263, 362], :2].mean(0), points[4, :2]],
            np.float32,
        )
        face = FaceMeasurement(
            box=Box(x=low[0], y=low[1], width=high[0] - low[0], height=high[1] - low[1]),
            confidence=1.0,
            eye_distance=geometry.eye_distance(points),
            yaw=pose.yaw,
            pitch=pose.pitch,
            roll=pose.roll,
            nose=geometry.nose_offset(five) if index % 2 == 0 else None,
            mesh=np.rint(points * 16).astype("<i2").tobytes(),
            luma=120.0,
            sharpness=100.0,
        )
        return FrameMeasurement(
            width=640,
            height=480,
            faces=1,
            face=face,
            reasons=(),
            digest=rng.bytes(16),
            phash=rng.bytes(32),
            thumb=rng.integers(100, 140, 576, np.uint8).tobytes(),
        )

    def step(
        self,
        asked: Step,
        yaws: Sequence[float],
        *,
        pitch: Callable[[float], float] = lambda _: 0.0,
        described: int | None = None,
    ) -> StepEvidence:
        """One measured step, described where it asks for it."""
        start = 100 * asked.n
        frames = [self.frame(start + i, yaw, pitch=pitch(yaw)) for i, yaw in enumerate(yaws)]
        places = asked.described if described is None else range(described)
        for index in places:
            face = frames[index].face
            assert face is not None
            frames[index] = replace(frames[index], face=replace(face, embedding=self.embedding))
        return StepEvidence(
            step=asked,
            times=tuple(67 * index for index in range(len(yaws))),
            revealed_ms=0,
            offset_ms=150,
            frames=tuple(frames),
        )


def out_and_back(peak: float, *, lead: int = 6) -> list[float]:
    """Degrees frame by frame: rest, out, hold, back, rest."""
    ramp = [peak * (1 - np.cos(np.pi * i / 8)) / 2 for i in range(9)]
    return [0.0] * lead + ramp + [peak] * 3 + ramp[::-1] + [0.0] * 3


def honest(rest: Shape, *, turn: str = "turn_left", peak: float = 24.0) -> list[StepEvidence]:
    """A session that passes."""
    actor = Actor(rest=rest)
    sign = KINDS[turn].direction
    return [
        actor.step(step(), [0.3 * np.sin(i) for i in range(15)]),
        actor.step(step(turn, n=1), [sign * yaw for yaw in out_and_back(peak)]),
    ]


def edited(
    evidence: StepEvidence,
    change: Callable[[FrameMeasurement], FrameMeasurement],
    *,
    count: int | None = None,
) -> StepEvidence:
    """The step with its first `count` frames changed (all by default)."""
    count = len(evidence.frames) if count is None else count
    frames = [*map(change, evidence.frames[:count]), *evidence.frames[count:]]
    return replace(evidence, frames=tuple(frames))
