import pytest

from tests.verify.motion.acting import REST, Moment, acted, broken, weigh, without_faces
from tests.verify.sessions import Shape
from verify.liveness.findings import RetryCode

WIDE, SMILE = Moment(lips=0.35), Moment(lips=0.25)


def test_a_mouth_opens_and_closes(head: Shape) -> None:
    result = weigh(head, acted(head, "mouth", (600, REST), (500, WIDE), (600, REST)))
    assert result.finding is None
    assert result.figures["mouth_gap"] == pytest.approx(0.35, abs=0.02)
    assert result.figures["mouth_reaction_ms"] == pytest.approx(750, abs=80)


def test_it_is_held_against_the_person_s_own_mouth(head: Shape) -> None:
    """Who smiles throughout shows the teeth and does not open the mouth."""
    smiling = acted(head, "mouth", (2000, SMILE))
    assert broken(weigh(head, smiling, rest=SMILE))[0] == "mouth_seen"
    wider = acted(head, "mouth", (600, SMILE), (500, Moment(lips=0.5)), (600, SMILE))
    assert weigh(head, wider, rest=SMILE).finding is None
    little = acted(head, "mouth", (600, SMILE), (500, Moment(lips=0.33)), (600, SMILE))
    assert weigh(head, little, rest=SMILE).finding is None


@pytest.mark.parametrize(
    ("scenes", "gate"),
    [
        (((2000, REST),), "mouth_seen"),
        (((600, REST), (500, Moment(lips=0.06)), (600, REST)), "mouth_seen"),
        (((600, REST), (600, Moment(yaw=20)), (600, REST)), "mouth_seen"),
        (((600, WIDE), (600, REST)), "mouth_start"),
        (((600, REST), (600, WIDE)), "mouth_end"),
        (((600, REST), (500, Moment(lips=0.35, yaw=20)), (600, REST)), "mouth_still"),
        (((600, REST), (500, Moment(lips=0.35, pitch=20)), (600, REST)), "mouth_still"),
    ],
)
def test_another_movement_is_not_the_action(
    head: Shape, scenes: tuple[tuple[int, Moment], ...], gate: str
) -> None:
    assert broken(weigh(head, acted(head, "mouth", *scenes))) == (gate, RetryCode.ACTION_NOT_SEEN)


def test_nobody_opens_the_mouth_within_a_blink(head: Shape) -> None:
    early = acted(head, "mouth", (140, REST), (500, WIDE), (600, REST), since_reveal=-100)
    assert broken(weigh(head, early)) == ("mouth_reaction", RetryCode.TOO_FAST)


def test_frames_without_a_face_do_not_shift_the_time(head: Shape) -> None:
    step = acted(head, "mouth", (600, REST), (500, WIDE), (600, REST))
    whole, lost = weigh(head, step), weigh(head, without_faces(step, 1, 2, 5))
    assert lost.finding is None
    assert lost.figures["mouth_reaction_ms"] == whole.figures["mouth_reaction_ms"]
