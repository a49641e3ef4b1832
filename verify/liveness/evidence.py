"""What is kept of a session between its steps: measurements and times, never pixels."""

from collections.abc import Sequence
from dataclasses import dataclass

from verify.errors import EvidenceRefused
from verify.liveness.challenge import KINDS, Step, StepKind
from verify.liveness.protocol import Capture, ChainState
from verify.packing import pack, unpack
from verify.results import Embedding, FaceMeasurement, FrameMeasurement


@dataclass(frozen=True, slots=True, kw_only=True)
class StepEvidence:
    """One accepted and measured step, or a part of one that is still filmed."""

    step: Step
    times: tuple[int, ...]
    """Capture times by the phone's clock, ms."""
    revealed_ms: int
    """When the step was revealed, by ours."""
    offset_ms: int
    """Our clock is at most this far ahead of the phone's."""
    frames: tuple[FrameMeasurement, ...]
    """As many as `times`."""
    shown_ms: int | None = None
    """When the first picture of a light step appeared, by the phone's clock."""

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
            shown_ms=capture.shown_ms,
        )

    @classmethod
    def joined(cls, parts: Sequence["StepEvidence"]) -> "StepEvidence":
        """Put the parts of one step together, in the order in which they arrived.

        Raises:
            EvidenceRefused: EVIDENCE_BROKEN: no parts, or parts of different steps.
        """
        if not parts or any(part.step != parts[0].step for part in parts):
            raise EvidenceRefused
        told = (part.shown_ms for part in parts if part.shown_ms is not None)
        return cls(
            step=parts[0].step,
            times=tuple(t_ms for part in parts for t_ms in part.times),
            revealed_ms=parts[0].revealed_ms,
            offset_ms=parts[-1].offset_ms,
            frames=tuple(frame for part in parts for frame in part.frames),
            shown_ms=next(told, None),
        )

    @property
    def kind(self) -> StepKind:
        """The sort of step it answers."""
        return KINDS[self.step.kind]

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
