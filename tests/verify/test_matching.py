import csv
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from tests.verify import pictures
from tests.verify.sessions import FACE, STRANGER, TEMPLATE
from verify.decoding import decode
from verify.defaults import DEFAULT_POLICY
from verify.defaults.image import PHOTO
from verify.defaults.match import MATCH
from verify.engine.tasks import Measuring
from verify.errors import EvidenceRefused, FaceRefused
from verify.matching import anchor, fused, match
from verify.policy import MatchPolicy
from verify.results import Decision, Embedding, QualityReason, Template


def near(distance: float) -> Embedding:
    """FACE, its dlib descriptor moved: the fused score is 1 − distance / 2."""
    moved = np.zeros(128, "<f4")
    moved[0] = distance
    return replace(FACE, dlib=moved.tobytes())


def test_the_fused_score_is_cosine_minus_half_the_distance() -> None:
    assert fused(FACE, FACE) == pytest.approx(1.0)
    assert fused(FACE, near(0.6)) == pytest.approx(0.7)
    assert fused(FACE, STRANGER) == pytest.approx(-0.5 * 0.1 * np.sqrt(128), abs=1e-6)


def test_an_empty_descriptor_is_nobody() -> None:
    nothing = Embedding(sface=bytes(512), dlib=bytes(512))
    assert fused(nothing, nothing) == -1.0


def leaning(cosine: float) -> Embedding:
    """FACE as SFace alone described it, seen at an angle: its cosine to FACE is given."""
    turned = np.zeros(128, "<f4")
    turned[[0, 2]] = cosine, np.sqrt(1 - cosine**2)
    assert np.frombuffer(FACE.sface, "<f4")[0] == 1
    return Embedding(sface=turned.tobytes(), dlib=b"")


def test_dlib_s_half_is_needed_of_one_frame_only() -> None:
    result = match(TEMPLATE, [leaning(0.9), FACE, leaning(0.8)], MATCH)
    assert (result.decision, result.reasons) == (Decision.SAME, ())
    assert result.audit["fused_median"] == pytest.approx(0.9)
    assert (result.audit["embeddings"], result.audit["dlib"]) == (3, 1)


def test_without_any_dlib_descriptor_nobody_is_the_same() -> None:
    for policy in (MATCH, replace(MATCH, min_dlib=0)):
        result = match(TEMPLATE, [leaning(1.0)] * 5, policy)
        assert (result.decision, result.anchor) == (Decision.UNCERTAIN, 0)
        assert result.reasons == ("TOO_FEW_EMBEDDINGS",)


def test_dlib_s_distance_counts_though_it_is_of_one_frame() -> None:
    frames = [near(1.7), *[leaning(0.95)] * 4]
    assert match(TEMPLATE, frames, MATCH).decision is Decision.DIFFERENT
    assert match(TEMPLATE, [near(1.5), *frames[1:]], MATCH).decision is Decision.SAME


def test_a_frame_that_sface_alone_described_may_not_show_another_person() -> None:
    stranger = replace(STRANGER, dlib=b"")
    result = match(TEMPLATE, [FACE, FACE, stranger], MATCH)
    assert (result.decision, result.reasons) == (Decision.DIFFERENT, ("PERSON_CHANGED",))
    lax = replace(MATCH, among_cosine=-1.0)
    result = match(TEMPLATE, [FACE, FACE, stranger], lax)
    assert (result.decision, result.reasons) == (Decision.DIFFERENT, ("DIFFERENT_PERSON",))


def test_the_person_dlib_described_must_be_the_one_of_the_other_frames() -> None:
    frames = [FACE, *[leaning(0.2)] * 4]
    assert match(TEMPLATE, frames, MATCH).reasons == ("PERSON_CHANGED",)


def test_a_descriptor_of_another_length_is_refused() -> None:
    with pytest.raises(EvidenceRefused):
        fused(FACE, Embedding(sface=bytes(8), dlib=bytes(512)))


def test_several_frames_of_one_person_are_the_same() -> None:
    result = match(TEMPLATE, [FACE, near(0.2), near(0.4)], MATCH)
    assert (result.decision, result.anchor, result.reasons) == (Decision.SAME, 95, ())
    assert result.audit["fused_median"] == pytest.approx(0.9)


def test_the_median_decides_not_the_best_frame() -> None:
    frames = [near(0.1), near(1.7), near(1.75)]
    assert match(TEMPLATE, frames, MATCH).decision is Decision.DIFFERENT
    assert match(TEMPLATE, frames[:1], MATCH).decision is Decision.SAME


def test_one_frame_of_another_person_spoils_the_session() -> None:
    result = match(TEMPLATE, [FACE, FACE, STRANGER], MATCH)
    assert (result.decision, result.reasons) == (Decision.DIFFERENT, ("PERSON_CHANGED",))


def test_one_frame_far_from_the_reference_spoils_the_session() -> None:
    lax = replace(MATCH, among=-2.0, among_cosine=-1.0)
    result = match(TEMPLATE, [FACE, FACE, STRANGER], lax)
    assert (result.decision, result.reasons) == (Decision.DIFFERENT, ("DIFFERENT_PERSON",))


def test_too_few_frames_are_uncertain() -> None:
    policy = replace(MATCH, min_embeddings=3)
    for frames in ([], [FACE, FACE]):
        result = match(TEMPLATE, frames, policy)
        assert (result.decision, result.reasons) == (Decision.UNCERTAIN, ("TOO_FEW_EMBEDDINGS",))


def test_without_a_reference_the_answer_is_different() -> None:
    result = match(None, [FACE], MATCH)
    assert (result.decision, result.anchor) == (Decision.DIFFERENT, 0)


def test_the_empty_policy_never_says_same() -> None:
    assert match(TEMPLATE, [FACE] * 9, MatchPolicy()).decision is Decision.UNCERTAIN
    assert match(TEMPLATE, [FACE] * 9, replace(MATCH, min_dlib=10)).decision is Decision.UNCERTAIN
    decided = replace(MatchPolicy(), min_embeddings=1, min_dlib=1)
    assert match(TEMPLATE, [FACE], decided).decision is Decision.DIFFERENT


def test_anchors_stand_for_false_match_rates() -> None:
    expected = {0.0: 0, 0.05: 60, 0.12: 80, 0.166: 90, 0.2: 90, 0.24: 95, 0.9: 95}
    assert {score: anchor(score, MATCH) for score in expected} == expected
    assert match(TEMPLATE, [STRANGER], MATCH).anchor == 0


def test_the_threshold_in_force_is_the_strictest_population_s() -> None:
    assert MATCH.same == 0.166


def test_one_man_on_three_photographs_is_himself_and_no_one_else(
    measurer: Measuring, portraits: Path
) -> None:
    names = ("obama.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "astronaut.png")
    faces = {name: measurer.enrol((portraits / name).read_bytes()) for name in names}
    for one, other in combinations(names, 2):
        same = one.startswith("obama") and other.startswith("obama")
        result = match(faces[one], [faces[other].embedding], MATCH)
        assert (result.decision is Decision.SAME) is same, (one, other)


def test_a_template_survives_storage_and_names_its_models(
    measurer: Measuring, portraits: Path
) -> None:
    template = measurer.enrol((portraits / "obama.jpg").read_bytes())
    content = template.to_bytes()
    assert Template.from_bytes(content) == template
    assert len(content) < 1500
    assert set(template.models) == {"detector", "recogniser", "mesh", "dlib", "dlib_points"}
    with pytest.raises(EvidenceRefused):
        Template.from_bytes(content[:-4])


@pytest.mark.parametrize(
    ("gain", "reason"), [(0.06, QualityReason.TOO_DARK), (2.4, QualityReason.TOO_BRIGHT)]
)
def test_a_badly_lit_reference_is_refused(
    measurer: Measuring, portraits: Path, gain: float, reason: QualityReason
) -> None:
    portrait = pictures.read(portraits / "obama.jpg")
    with pytest.raises(FaceRefused) as caught:
        measurer.enrol(pictures.jpeg(pictures.exposed(portrait, gain)))
    assert caught.value.code == reason


def test_a_reference_without_a_face_is_refused(measurer: Measuring) -> None:
    with pytest.raises(FaceRefused) as caught:
        measurer.enrol(pictures.jpeg(pictures.plain(400, 400)))
    assert caught.value.code == QualityReason.NO_FACE


def test_a_reference_with_two_people_is_refused(measurer: Measuring, portraits: Path) -> None:
    one = pictures.read(portraits / "obama.jpg")
    other = pictures.read(portraits / "astronaut.png")
    with pytest.raises(FaceRefused) as caught:
        measurer.enrol(pictures.jpeg(np.hstack([one, other])))
    assert caught.value.code == QualityReason.TWO_FACES


def test_a_small_face_in_the_background_does_not_count(
    measurer: Measuring, portraits: Path
) -> None:
    picture = pictures.read(portraits / "obama.jpg")
    small = pictures.read(portraits / "astronaut.png", height=110)
    picture[:110, : small.shape[1]] = small
    assert measurer.enrol(pictures.jpeg(picture)).embedding.sface


def test_twenty_persons_are_told_apart(measurer: Measuring, optional_faces: Path) -> None:
    with (optional_faces / "pairs.csv").open() as table:
        pairs = list(csv.DictReader(table))
    wanted = {pair[key] for pair in pairs for key in ("path1", "path2")}
    faces = {path: measurer.enrol((optional_faces / path).read_bytes()) for path in wanted}
    right = sum(
        (
            match(faces[pair["path1"]], [faces[pair["path2"]].embedding], MATCH).decision
            is Decision.SAME
        )
        == (pair["same"] == "1")
        for pair in pairs
    )
    assert right == len(pairs)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no_face_cat.jpg", QualityReason.NO_FACE),
        ("no_face_coffee.jpg", QualityReason.NO_FACE),
        ("two_faces_obama_biden.jpg", QualityReason.TWO_FACES),
    ],
)
def test_pictures_that_must_be_refused_are(
    measurer: Measuring, optional_faces: Path, name: str, reason: QualityReason
) -> None:
    photo = (optional_faces / "negative" / name).read_bytes()
    assert decode(photo, PHOTO).size
    with pytest.raises(FaceRefused) as caught:
        measurer.enrol(photo)
    assert caught.value.code == reason
    assert DEFAULT_POLICY.photo is PHOTO
