"""What is kept of a session between its steps: measurements and times, never pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

from verify.liveness.challenge import KINDS, Step
from verify.liveness.protocol import Capture, ChainState
from verify.packing import pack, unpack
from verify.results import Embedding, FaceMeasurement, FrameMeasurement


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEvidence:
    """One accepted and measured step."""

    step: Step
    times: tuple[int, ...]
    """Capture times by the phone's clock, ms."""
    revealed_ms: int
    """When the step was revealed, by ours."""
    offset_ms: int
    """Our clock is at most this far ahead of the phone's."""
    frames: tuple[FrameMeasurement, ...]
    """As many as `times`."""

    @classmethod
    def of(
        cls,
        capture: Capture,
        *,
        chain: ChainState,
        frames: Sequence[FrameMeasurement],
    ) -> "StepEvidence":
        """Join an accepted capture, the chain state after it, and its measurements."""
        return cls(
            step=capture.step,
            times=tuple(entry.t_ms for entry in capture.entries),
            revealed_ms=capture.timing.revealed_ms,
            offset_ms=chain.offset_ms,
            frames=tuple(frames),
        )

    @property
    def direction(self) -> int:
        """Which way the head had to turn; 0 where it had to hold still."""
        return KINDS[self.step.kind].direction

    @property
    def faces(self) -> tuple[FaceMeasurement, ...]:
        """The frames' faces, without the frames that show none."""
        return tuple(frame.face for frame in self.frames if frame.face is not None)

    @property
    def embeddings(self) -> tuple[Embedding, ...]:
        """The descriptors that were asked for."""
        return tuple(face.embedding for face in self.faces if face.embedding is not None)

    def since_reveal(self, index: int) -> int:
        """Return the most milliseconds that can lie between the reveal and frame `index`."""
        return self.times[index] + self.offset_ms - self.revealed_ms

    def to_bytes(self) -> bytes:
        """Return a compact form, about 3 kB a frame, to be stored encrypted."""
        return pack(self)

    @classmethod
    def from_bytes(cls, content: bytes) -> "StepEvidence":
        """Read what `to_bytes` wrote.

        Raises:
            EvidenceRefused: EVIDENCE_BROKEN.
        """
        return unpack(cls, content)
