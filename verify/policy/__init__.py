"""What is acceptable, as values, a subject a module. The empty value of each refuses everything."""

from verify.policy.challenge import ChallengePolicy, Variant
from verify.policy.forensic import ForensicPolicy
from verify.policy.fusion import EvidenceModel, FusionPolicy, Term
from verify.policy.image import ImagePolicy
from verify.policy.light import LightPolicy
from verify.policy.match import MatchPolicy
from verify.policy.motion import MotionPolicy
from verify.policy.presence import PresencePolicy
from verify.policy.protocol import ProtocolPolicy
from verify.policy.quality import QualityPolicy
from verify.policy.verification import VerificationPolicy

__all__ = [
    "ChallengePolicy",
    "EvidenceModel",
    "ForensicPolicy",
    "FusionPolicy",
    "ImagePolicy",
    "LightPolicy",
    "MatchPolicy",
    "MotionPolicy",
    "PresencePolicy",
    "ProtocolPolicy",
    "QualityPolicy",
    "Term",
    "Variant",
    "VerificationPolicy",
]
