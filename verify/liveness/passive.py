"""Traces of paper, screens and files over a whole session, as one more source of evidence."""

from collections.abc import Sequence
from statistics import median

from verify.liveness.cues import CueResult, Modality
from verify.liveness.evidence import StepEvidence
from verify.policy.verification import VerificationPolicy


class PassiveCue:
    """What a frame of each step was found to bear. No trace rejects by itself.

    Nobody is asked to do anything for it, and few frames are looked at, so it never breaks a gate:
    the weighing lets it accuse, and hardly acquit.
    """

    def weigh(self, steps: Sequence[StepEvidence], policy: VerificationPolicy) -> CueResult | None:
        """Return each trace's median, or None where too few frames were looked at."""
        frames = [frame for step in steps for frame in step.frames]
        seen = [frame.forensics for frame in frames if frame.forensics is not None]
        if not seen or len(seen) < policy.forensic.min_frames:
            return None
        figures = {
            "moire": median(one.moire for one in seen),
            "noise_ratio": median(one.noise_ratio for one in seen),
            "recompression": median(one.recompression for one in seen),
            "frame_edge": median(one.frame_edge for one in seen),
        }
        told = [one.passive for one in seen if one.passive is not None]
        if told:
            figures["passive"] = median(told)
        return CueResult(modality=Modality.PASSIVE, figures=figures)
