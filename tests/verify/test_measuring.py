from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import ImageFile

from tests.verify import pictures
from verify import geometry
from verify.defaults import DEFAULT_POLICY
from verify.defaults.presence import PRESENCE
from verify.detection import Detector
from verify.engine.tasks import Measuring
from verify.errors import Code, FaceRefused, ImageRefused
from verify.measuring import Measurer
from verify.models import ModelFiles
from verify.policy import QualityPolicy
from verify.results import FrameMeasurement, QualityReason
from verify.tracking import DETECT_EVERY, LOOK_EVERY
from verify.wanted import Wanted


@pytest.fixture(scope="module")
def portrait(portraits: Path) -> pictures.Picture:
    return pictures.read(portraits / "obama.jpg")


def swaying(portrait: pictures.Picture, count: int) -> list[bytes]:
    """The portrait, drifting by a pixel a frame."""
    return [pictures.jpeg(np.roll(portrait, shift, axis=1)) for shift in range(count)]


def one(measurer: Measuring, picture: pictures.Picture) -> FrameMeasurement:
    return measurer.measure([pictures.jpeg(picture)])[0]


def test_loading_the_models_writes_nothing(
    models: ModelFiles, capfd: pytest.CaptureFixture[str]
) -> None:
    """A worker's stderr is the server's log, one JSON object a line."""
    Measurer(files=models, policy=DEFAULT_POLICY)
    assert capfd.readouterr() == ("", "")


def test_a_tracked_face_is_where_a_detected_one_is(
    measurer: Measuring, portrait: pictures.Picture
) -> None:
    frames = swaying(portrait, 2 * DETECT_EVERY)
    tracked = measurer.measure(frames)
    single = [measurer.measure([frame])[0] for frame in frames]
    for frame, alone in zip(tracked, single, strict=True):
        assert frame.face is not None
        assert alone.face is not None
        assert frame.face.box.overlap(alone.face.box) > 0.95
        assert frame.face.yaw == pytest.approx(alone.face.yaw, abs=1.5)
    detected = [frame.face is not None and frame.face.nose is not None for frame in tracked]
    assert detected == [index % DETECT_EVERY == 0 for index in range(2 * DETECT_EVERY)]


def test_the_frames_asked_for_are_described_and_no_others(
    measurer: Measuring, portrait: pictures.Picture
) -> None:
    frames = measurer.measure(swaying(portrait, 9), wanted=Wanted(described=(1, 4, 8)))
    chosen = [i for i, f in enumerate(frames) if f.face is not None and f.face.embedding]
    assert chosen == [1, 4, 8]


def test_dlib_describes_one_frame_only_and_the_most_frontal(
    measurer: Measuring, portrait: pictures.Picture
) -> None:
    frames = measurer.measure(swaying(portrait, 9), wanted=Wanted(described=(0, 4, 8)))
    faces = [frame.face for frame in frames if frame.face is not None and frame.face.embedding]
    best = min(faces, key=lambda face: abs(face.yaw))
    described = [face for face in faces if face.embedding and face.embedding.dlib]
    assert described == [best]
    none = measurer.measure(swaying(portrait, 3), wanted=Wanted(described=(1,), dlib=False))
    found = [frame.face.embedding for frame in none if frame.face is not None]
    assert [one.dlib for one in found if one is not None] == [b""]


def test_traces_are_sought_in_one_described_frame_where_they_are_wanted(
    measurer: Measuring, portrait: pictures.Picture
) -> None:
    film = swaying(portrait, 6)
    frames = measurer.measure(film, wanted=Wanted(described=(0, 3), dlib=False))
    described = [f for f in frames if f.face is not None and f.face.embedding is not None]
    best = min(described, key=lambda frame: abs(frame.face.yaw) if frame.face else 90.0)
    assert [frame for frame in frames if frame.forensics is not None] == [best]
    none = measurer.measure(film, wanted=Wanted(described=(0, 3), dlib=False, traces=False))
    assert not any(frame.forensics for frame in none)


def test_light_is_measured_only_where_it_is_wanted(
    measurer: Measuring, portrait: pictures.Picture
) -> None:
    film = swaying(portrait, 4)
    for wanted in (Wanted(), Wanted(radiance=True)):
        faces = [frame.face for frame in measurer.measure(film, wanted=wanted)]
        assert [face is not None and face.radiance is not None for face in faces] == [
            wanted.radiance
        ] * 4


def test_a_head_that_holds_still_keeps_its_mesh_for_some_frames(
    measurer: Measuring, portrait: pictures.Picture
) -> None:
    film = swaying(portrait, 3 * LOOK_EVERY)
    wanted = Wanted(radiance=True, still=True)
    frames = measurer.measure(film, wanted=wanted)
    faces = [frame.face for frame in frames if frame.face is not None]
    meshes = [face.mesh for face in faces]
    assert [meshes.index(mesh) for mesh in meshes] == [0, 0, 0, 3, 3, 3, 6, 6, 6]
    # Light, brightness and likeness are each frame's own.
    assert len({face.radiance.skin for face in faces if face.radiance is not None}) == len(film)
    assert len({frame.thumb for frame in frames}) == len(film)


def test_a_face_that_leaves_while_it_should_hold_still_is_missed_soon(
    measurer: Measuring, portrait: pictures.Picture
) -> None:
    empty = pictures.jpeg(pictures.plain(512, 640))
    film = [*swaying(portrait, 3), *[empty] * 4]
    frames = measurer.measure(film, wanted=Wanted(radiance=True, still=True))
    missed = [QualityReason.NO_FACE in frame.reasons for frame in frames]
    assert missed == [False] * 3 + [True] * 4


def test_four_threads_with_models_of_their_own_measure_what_one_does(
    models: ModelFiles, measurer: Measuring, portraits: Path
) -> None:
    names = ("obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png")
    films = [swaying(pictures.read(portraits / name, height=480), 3) for name in names]
    wanted = Wanted(described=(0,), radiance=True)
    alone = [measurer.measure(film, wanted=wanted) for film in films]

    def work(place: int) -> bool:
        own = Measurer(files=models, policy=DEFAULT_POLICY)
        order = [(place + turn) % len(films) for turn in range(len(films))]
        return all(own.measure(films[film], wanted=wanted) == alone[film] for film in order)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(work, range(4))) == [True] * 4


def test_the_first_bad_frame_is_named_by_its_number(
    measurer: Measuring, portrait: pictures.Picture
) -> None:
    good = pictures.jpeg(portrait)
    with pytest.raises(ImageRefused) as caught:
        measurer.measure([good, good, b"GIF89a"])
    assert (caught.value.code, caught.value.index) == (Code.UNSUPPORTED_IMAGE, 2)


def test_a_face_is_found_near_its_last_place_as_in_the_whole_picture(
    models: ModelFiles, portraits: Path
) -> None:
    detector = Detector(model=models.read("detector"), policy=DEFAULT_POLICY.quality)
    for name in ("obama.jpg", "biden.jpg", "astronaut.png"):
        picture = pictures.read(portraits / name)
        (whole, *_) = detector.detect(picture, side=320)
        near = detector.near(picture, replace(whole.box, x=whole.box.x + 15))
        assert near is not None
        assert near.box.overlap(whole.box) > 0.8
        assert np.abs(near.points - whole.points).max() < 0.1 * whole.box.width
        assert near.score > 0.8
        assert detector.near(pictures.plain(400, 640), whole.box) is None


def test_a_face_that_jumps_elsewhere_is_found_again(
    measurer: Measuring, portrait: pictures.Picture
) -> None:
    wide = np.full((480, 900, 3), 90, np.uint8)
    small = pictures.read_like(portrait, height=480)
    left, right = wide.copy(), wide.copy()
    left[:, : small.shape[1]] = small
    right[:, -small.shape[1] :] = small
    film = [pictures.jpeg(left)] * DETECT_EVERY + [pictures.jpeg(right)]
    frames = measurer.measure(film)
    boxes = [frame.face.box for frame in frames if frame.face is not None]
    assert boxes[0].x < 300
    assert boxes[-1].x > 500


def test_a_face_that_leaves_is_gone_at_once_and_seen_when_it_returns(
    measurer: Measuring, portrait: pictures.Picture
) -> None:
    empty = pictures.jpeg(pictures.plain(512, 640))
    full = pictures.jpeg(portrait)
    frames = measurer.measure([full, empty, empty, full])
    assert [QualityReason.NO_FACE in frame.reasons for frame in frames] == [
        False,
        True,
        True,
        False,
    ]


def test_no_face_no_description(measurer: Measuring) -> None:
    empty = [pictures.jpeg(pictures.plain(320, 240))]
    frames = measurer.measure(empty, wanted=Wanted(described=(0,)))
    assert frames[0].face is None
    assert frames[0].reasons == (QualityReason.NO_FACE,)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda p: pictures.exposed(p, 0.06), QualityReason.TOO_DARK),
        (lambda p: pictures.exposed(p, 2.4), QualityReason.TOO_BRIGHT),
        (lambda p: pictures.blurred(p, 6), QualityReason.BLURRED),
        (lambda p: p[:, 250:], QualityReason.CUT_OFF),
        (lambda p: pictures.read_like(p, height=180), QualityReason.FACE_TOO_SMALL),
        (lambda p: p[60:360, 205:355], QualityReason.FACE_TOO_LARGE),
    ],
    ids=["dark", "bright", "blurred", "cut", "small", "large"],
)
def test_a_faulty_frame_says_what_is_wrong(
    measurer: Measuring,
    portrait: pictures.Picture,
    spoil: Callable[[pictures.Picture], pictures.Picture],
    reason: QualityReason,
) -> None:
    assert one(measurer, portrait).reasons == ()
    picture = np.ascontiguousarray(spoil(portrait))
    assert reason in one(measurer, picture).reasons


@pytest.mark.parametrize("count", [16, 24, 35])
def test_two_faces_that_stay_are_seen_in_more_frames_than_a_step_may_have(
    measurer: Measuring, portrait: pictures.Picture, count: int
) -> None:
    film = swaying(np.hstack([portrait, portrait]), count)
    faulty = [QualityReason.TWO_FACES in frame.reasons for frame in measurer.measure(film)]
    assert sum(faulty) > (1 - PRESENCE.one_face_share) * count


def test_a_reference_that_looks_aside_is_refused(
    models: ModelFiles, portrait: pictures.Picture
) -> None:
    strict = replace(DEFAULT_POLICY, quality=replace(DEFAULT_POLICY.quality, max_yaw=0.1))
    with pytest.raises(FaceRefused) as caught:
        Measurer(files=models, policy=strict).enrol(pictures.jpeg(portrait))
    assert caught.value.code == QualityReason.TURNED_AWAY


def test_the_empty_policy_finds_no_good_face(
    models: ModelFiles, portrait: pictures.Picture
) -> None:
    hollow = replace(DEFAULT_POLICY, quality=QualityPolicy())
    with pytest.raises(FaceRefused):
        Measurer(files=models, policy=hollow).enrol(pictures.jpeg(portrait))


def test_no_pixel_outlives_the_measurement(measurer: Measuring, portrait: pictures.Picture) -> None:
    frame = one(measurer, portrait)
    assert frame.face is not None
    sizes: Sequence[int] = [len(frame.thumb), len(frame.phash), len(frame.face.mesh)]
    assert sizes == [576, 32, 2808]
    assert geometry.points_of(frame.face.mesh).shape == (468, 3)


def test_a_mirrored_face_looks_the_other_way(measurer: Measuring, portraits: Path) -> None:
    portrait = pictures.read(portraits / "biden.jpg")
    seen, mirrored = one(measurer, portrait), one(measurer, portrait[:, ::-1].copy())
    assert seen.face is not None
    assert mirrored.face is not None
    assert seen.face.yaw == pytest.approx(-mirrored.face.yaw, abs=3)
    assert abs(seen.face.yaw) > 5
    assert seen.face.nose is not None
    assert seen.face.nose * seen.face.yaw > 0


def test_loading_the_models_leaves_damaged_pictures_refused(measurer: Measuring) -> None:
    assert measurer is not None
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False
