"""Movements: whether the asked one was made, and whether a solid head made it."""

from verify.liveness.motion.cue import MotionCue
from verify.liveness.motion.rest import check_rest

__all__ = ["MotionCue", "check_rest"]
