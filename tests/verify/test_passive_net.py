from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from tests.verify import onnx, pictures
from verify.defaults import DEFAULT_POLICY
from verify.errors import Code, ModelRefused
from verify.measuring import Measurer
from verify.models import ModelFiles, PassiveModel
from verify.passive import PassiveNet
from verify.results import Box
from verify.wanted import Wanted

GREENNESS = onnx.model("GlobalAveragePool", "Flatten")
"""Answers with the means of blue, green and red, so that class 1, a living face, is green."""


def picture(colour: tuple[int, int, int]) -> pictures.Picture:
    return np.full((640, 480, 3), colour, np.uint8)


def test_the_second_class_is_the_living_one_and_colours_are_blue_green_red() -> None:
    net, face = PassiveNet(model=GREENNESS), Box(x=180, y=240, width=120, height=160)
    assert net.living(picture((0, 255, 0)), face) == pytest.approx(1.0)
    assert net.living(picture((255, 0, 0)), face) == pytest.approx(0.0)
    assert net.living(picture((80, 80, 80)), face) == pytest.approx(1 / 3)
    # Values come as they are, 0..255: a difference of two is e² to one, not e^(2/255).
    assert net.living(picture((0, 2, 0)), face) == pytest.approx(np.e**2 / (2 + np.e**2))


@pytest.mark.parametrize(
    ("face", "left", "top", "right", "bottom"),
    [
        (Box(x=200, y=300, width=80, height=100), 132, 215, 348, 485),
        (Box(x=0, y=0, width=80, height=100), 0, 0, 216, 270),
        (Box(x=440, y=600, width=80, height=100), 264, 370, 480, 640),
        (Box(x=100, y=100, width=240, height=300), 0, 0, 480, 600),
    ],
    ids=["inside", "top left", "bottom right", "too large"],
)
def test_the_crop_is_the_box_2_7_times_as_large_inside_the_picture(
    face: Box, left: int, top: int, right: int, bottom: int
) -> None:
    brightest = PassiveNet(model=onnx.model("GlobalMaxPool", "Flatten"))
    for margin, living in ((0, 1.0), (6, 0.5)):
        shown = picture((255, 0, 0))
        shown[top + margin : bottom - margin, left + margin : right - margin] = (0, 255, 0)
        assert brightest.living(shown, face) == pytest.approx(living, abs=0.02)


def test_what_the_net_says_stands_beside_the_other_traces(
    models: ModelFiles, tmp_path: Path, portraits: Path
) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(GREENNESS)
    own = PassiveModel(path=path, sha256=sha256(GREENNESS).hexdigest())
    files = replace(models, passive=own)
    files.check()
    assert files.in_use() == {**ModelFiles.digests(), "passive": own.sha256}
    assert models.in_use() == ModelFiles.digests()
    frames = [pictures.jpeg(pictures.read(portraits / "obama.jpg"))]
    wanted = Wanted(described=(0,))
    frame = Measurer(files=files, policy=DEFAULT_POLICY).measure(frames, wanted=wanted)[0]
    assert frame.forensics is not None
    assert frame.forensics.passive is not None
    assert 0 <= frame.forensics.passive <= 1


def test_a_net_that_differs_is_refused(models: ModelFiles, tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(GREENNESS + b"\x00")
    own = PassiveModel(path=path, sha256=sha256(GREENNESS).hexdigest())
    for act in (ModelFiles.check, lambda files: Measurer(files=files, policy=DEFAULT_POLICY)):
        with pytest.raises(ModelRefused) as caught:
            act(replace(models, passive=own))
        assert caught.value.code == Code.MODEL_DIFFERS


def test_a_net_that_is_absent_is_refused(models: ModelFiles, tmp_path: Path) -> None:
    own = PassiveModel(path=tmp_path / "absent.onnx", sha256="0" * 64)
    with pytest.raises(ModelRefused) as caught:
        replace(models, passive=own).check()
    assert caught.value.code == Code.MODEL_MISSING


@pytest.mark.parametrize(
    "content",
    [b"", b"no net at all", onnx.model("NoSuchLayer"), onnx.model("ReduceMean")],
    ids=["empty", "noise", "unknown", "one number"],
)
def test_a_net_that_does_not_keep_the_contract_is_refused(content: bytes) -> None:
    with pytest.raises(ModelRefused) as caught:
        PassiveNet(model=content)
    assert caught.value.code == Code.MODEL_UNUSABLE
