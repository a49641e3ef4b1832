"""What the server remembers of earlier sessions for a day: files, and how movements looked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import Finding, RetryCode
from verify.liveness.gates import repeats
from verify.policy.presence import PresencePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The API's index of seen frames and likenesses, for one person."""

    files: dict[bytes, str] = field(default_factory=dict)
    """SHA-256 → the session that sent the file first."""
    looks: dict[str, list[bytes]] = field(default_factory=dict)
    """Session → perceptual hashes of its moving steps."""

    def seen_elsewhere(self, session: str, frames: Sequence[bytes]) -> Finding | None:
        """Remember files; a finding where another session sent one of them before."""
        digests = {hashlib.sha256(frame).digest() for frame in frames}
        owners = {self.files.setdefault(digest, session) for digest in digests}
        return None if owners == {session} else _replayed("frame_replayed")

    def remember(self, session: str, step: StepEvidence) -> None:
        """Remember how a step looked, if the whole head moves in it."""
        moving = step.frames if step.kind.moves else ()
        self.looks.setdefault(session, []).extend(frame.phash for frame in moving)

    def repeated(self, session: str, policy: PresencePolicy) -> Finding | None:
        """Return a finding where a whole session looks like one of the others."""
        own = self.looks.get(session, [])
        others = (looks for name, looks in self.looks.items() if name != session)
        again = bool(own) and any(repeats(own, other, policy) for other in others)
        return _replayed("likeness_replayed") if again else None


def _replayed(gate: str) -> Finding:
    return Finding(gate=gate, code=RetryCode.REJECTED_PROTOCOL)
