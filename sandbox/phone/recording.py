"""A session as it went over the wire, kept in memory or in a folder."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.phone.chain import Sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedStep:
    """One step's upload."""

    n: int
    kind: str
    frames: tuple[Sealed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """All uploads of one session, in their order."""

    session_id: str
    steps: tuple[RecordedStep, ...]

    def step(self, n: int) -> RecordedStep:
        """Return the n-th step; ``IndexError`` if the session ended before."""
        return self.steps[n]

    @property
    def film_ms(self) -> int:
        """How long the camera ran, from each step's first frame to its last."""
        ends = ((step.frames[0], step.frames[-1]) for step in self.steps if step.frames)
        return sum(last.t_ms - first.t_ms for first, last in ends)

    def save(self, folder: Path) -> None:
        """Write ``session.json`` and ``<step>-<kind>/<seq>.jpg`` below a new or empty folder."""
        folder.mkdir(parents=True, exist_ok=True)
        steps = []
        for step in self.steps:
            place = folder / f"{step.n}-{step.kind}"
            place.mkdir()
            for frame in step.frames:
                (place / f"{frame.seq:03d}.jpg").write_bytes(frame.jpeg)
            steps.append({"n": step.n, "kind": step.kind, "frames": _entries(step.frames)})
        text = json.dumps({"session_id": self.session_id, "steps": steps}, indent=1)
        (folder / "session.json").write_text(text)

    @classmethod
    def load(cls, folder: Path) -> "Recording":
        """Read what ``save`` wrote; ``OSError`` or ``KeyError`` if it is something else."""
        session = json.loads((folder / "session.json").read_text())
        steps = []
        for step in session["steps"]:
            place = folder / f"{step['n']}-{step['kind']}"
            frames = tuple(
                Sealed(jpeg=(place / f"{entry['seq']:03d}.jpg").read_bytes(), **entry)
                for entry in step["frames"]
            )
            steps.append(RecordedStep(n=step["n"], kind=step["kind"], frames=frames))
        return cls(session_id=session["session_id"], steps=tuple(steps))


def _entries(frames: Iterable[Sealed]) -> list[dict[str, object]]:
    return [
        {name: value for name, value in asdict(frame).items() if name != "jpeg"} for frame in frames
    ]
