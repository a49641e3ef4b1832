"""All policies together, under one version that receipts name."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

from verify.policy.challenge import ChallengePolicy
from verify.policy.forensic import ForensicPolicy
from verify.policy.fusion import FusionPolicy
from verify.policy.image import ImagePolicy
from verify.policy.light import LightPolicy
from verify.policy.match import MatchPolicy
from verify.policy.motion import MotionPolicy
from verify.policy.presence import PresencePolicy
from verify.policy.protocol import ProtocolPolicy
from verify.policy.quality import QualityPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationPolicy:
    """All of it. A part that was left out makes the whole refuse."""

    name: str = "empty"
    """Grows with each change of a number."""
    frame: ImagePolicy = field(default_factory=ImagePolicy)
    """A frame of a session."""
    photo: ImagePolicy = field(default_factory=ImagePolicy)
    """A reference photograph."""
    match: MatchPolicy = field(default_factory=MatchPolicy)
    """Same person?"""
    quality: QualityPolicy = field(default_factory=QualityPolicy)
    """Good picture?"""
    challenge: ChallengePolicy = field(default_factory=ChallengePolicy)
    """What is asked, of whom?"""
    protocol: ProtocolPolicy = field(default_factory=ProtocolPolicy)
    """Made now, in order, by a camera?"""
    presence: PresencePolicy = field(default_factory=PresencePolicy)
    """One face throughout?"""
    motion: MotionPolicy = field(default_factory=MotionPolicy)
    """Moved as asked, and solid?"""
    light: LightPolicy = field(default_factory=LightPolicy)
    """Lit by our screen, and in relief?"""
    forensic: ForensicPolicy = field(default_factory=ForensicPolicy)
    """Traces of paper, screens and files?"""
    fusion: FusionPolicy = field(default_factory=FusionPolicy)
    """Enough evidence?"""

    @property
    def version(self) -> str:
        """Name and a digest of every number: two policies never share a version."""
        figures = json.dumps(asdict(self), sort_keys=True, default=sorted).encode()
        return f"{self.name}+{hashlib.sha256(figures).hexdigest()[:12]}"

    @property
    def empty(self) -> bool:
        """Whether any part was left at its refusing default."""
        parts = (
            *(self.frame, self.photo, self.match, self.quality, self.challenge, self.protocol),
            *(self.presence, self.motion, self.light, self.forensic, self.fusion),
        )
        return any(part == type(part)() for part in parts)
