import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sandbox.phone.head import HEIGHT, WIDTH
from sandbox.phone.sensor import Sensor
from sandbox.phone.shutter import Shutter


def sensor(seed: int = 5) -> Sensor:
    return Sensor(rng=np.random.default_rng(seed), width=WIDTH, height=HEIGHT)


def flat(grey: int | tuple[int, int, int]) -> NDArray[np.uint8]:
    return np.full((HEIGHT, WIDTH, 3), grey, np.uint8)


def seen(jpeg: bytes) -> NDArray[np.float64]:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.float64)


@pytest.mark.parametrize("seed", range(4))
def test_exposure_pulls_back_when_the_scene_brightens(seed: int) -> None:
    chip = sensor(seed)
    before = seen(chip.jpeg(flat(100), 0.0)).mean()
    means = [seen(chip.jpeg(flat(130), 0.1 + i / 3)).mean() for i in range(16)]
    assert means[0] > before + 5
    assert means[0] > means[3] > means[-1]
    assert means[-1] == pytest.approx(before, abs=4)


def test_a_first_frame_is_already_exposed() -> None:
    dim, bright = (seen(sensor().jpeg(flat(grey), 0.0)).mean() for grey in (80, 150))
    assert dim == pytest.approx(bright, abs=3)
    assert 90 < dim < 135


def test_a_very_dark_room_stays_dark() -> None:
    assert seen(sensor().jpeg(flat(25), 0.0)).mean() < 70


def test_the_lights_of_a_face_are_kept_though_all_around_is_dark() -> None:
    chip, scene = sensor(), flat(40)
    middle = np.s_[HEIGHT // 3 : HEIGHT // 2, WIDTH // 3 : 2 * WIDTH // 3]
    scene[middle] = (130, 150, 180)
    still = seen(chip.jpeg(scene, 0.0))[middle]
    scene[middle] = (156, 180, 216)
    lit = [seen(chip.jpeg(scene, 0.1 + i / 3))[middle] for i in range(16)]
    assert still[..., 2].mean() < 235
    assert lit[0].mean() > still.mean() + 10
    assert (lit[-1] >= 250).mean() < 0.01


def test_white_balance_drifts_some_of_the_way_to_grey() -> None:
    chip = sensor()
    first, *_, last = (seen(chip.jpeg(flat((90, 110, 140)), i / 2)) for i in range(60))
    casts = [float(np.ptp(frame.mean(axis=(0, 1)))) for frame in (first, last)]
    assert casts[0] > casts[1] + 5
    assert casts[1] > 10


def test_the_dark_is_noisier() -> None:
    halves = flat(150)
    halves[:, : WIDTH // 2] = 30
    frame = seen(sensor().jpeg(halves, 0.0))
    dark, bright = frame[:, : WIDTH // 2 - 16], frame[:, WIDTH // 2 + 16 :]
    assert dark.std(axis=(0, 1)).mean() > 1.3 * bright.std(axis=(0, 1)).mean() > 0.5


def test_two_cameras_differ_in_their_curves() -> None:
    ramp = np.repeat(np.linspace(60, 160, WIDTH).astype(np.uint8)[None], HEIGHT, axis=0)
    scene = np.dstack([ramp] * 3)
    contrasts = {round(seen(sensor(seed).jpeg(scene, 0.0)).std()) for seed in range(8)}
    assert len(contrasts) > 1


def test_frames_come_at_fifteen_a_second_and_never_a_gate_apart() -> None:
    shutter = Shutter(np.random.default_rng(2))
    gaps = [shutter.interval() for _ in range(3000)]
    assert np.median(gaps) == pytest.approx(1 / 15, abs=0.001)
    assert min(gaps) > 0.05
    assert 0.09 < max(gaps) <= 0.12
    assert np.std([gap for gap in gaps if gap < 0.085]) > 0.003
