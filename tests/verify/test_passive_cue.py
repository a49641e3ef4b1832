from dataclasses import replace

from tests.verify.sessions import Shape, honest
from verify.defaults import DEFAULT_POLICY
from verify.liveness.cues import Modality
from verify.liveness.evidence import StepEvidence
from verify.liveness.passive import PassiveCue
from verify.policy import ForensicPolicy
from verify.results import Forensics


def traces(level: float, passive: float | None = None) -> Forensics:
    return Forensics(
        moire=level,
        noise_ratio=-level,
        recompression=level / 10,
        frame_edge=2 * level,
        passive=passive,
    )


def seen(evidence: StepEvidence, *found: Forensics) -> StepEvidence:
    """The step, its first frames looked over."""
    looked = [
        replace(frame, forensics=one) for frame, one in zip(evidence.frames, found, strict=False)
    ]
    return replace(evidence, frames=(*looked, *evidence.frames[len(found) :]))


def test_the_median_of_all_frames_of_all_steps_is_told(head: Shape) -> None:
    first, second = honest(head)
    steps = [seen(first, traces(1.0), traces(9.0)), seen(second, traces(2.0))]
    result = PassiveCue().weigh(steps, DEFAULT_POLICY)
    assert result is not None
    assert result.modality is Modality.PASSIVE
    assert result.figures == {
        "moire": 2.0,
        "noise_ratio": -2.0,
        "recompression": 0.2,
        "frame_edge": 4.0,
    }


def test_an_operator_s_net_is_told_where_there_is_one(head: Shape) -> None:
    first, second = honest(head)
    steps = [seen(first, traces(1.0, 0.2), traces(1.0, 0.3)), seen(second, traces(1.0, 0.9))]
    result = PassiveCue().weigh(steps, DEFAULT_POLICY)
    assert result is not None
    assert result.figures["passive"] == 0.3


def test_no_trace_however_strong_rejects_by_itself(head: Shape) -> None:
    first, second = honest(head)
    steps = [seen(first, *[traces(99.0, 0.0)] * 5), second]
    result = PassiveCue().weigh(steps, DEFAULT_POLICY)
    assert result is not None
    assert result.finding is None
    assert not result.spoof


def test_too_few_frames_say_nothing(head: Shape) -> None:
    first, second = honest(head)
    assert PassiveCue().weigh([first, second], DEFAULT_POLICY) is None
    assert PassiveCue().weigh([], DEFAULT_POLICY) is None
    two = [seen(first, traces(1.0), traces(1.0)), second]
    assert PassiveCue().weigh(two, DEFAULT_POLICY) is None
    hollow = replace(DEFAULT_POLICY, forensic=ForensicPolicy())
    assert PassiveCue().weigh([seen(first, *[traces(1.0)] * 9)], hollow) is None
