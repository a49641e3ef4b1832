"""Models and portraits, as the set-up leaves them under var/."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.verify import pictures
from tests.verify.sessions import Shape
from verify import geometry
from verify.defaults import DEFAULT_POLICY
from verify.engine import FaceEngine, tasks
from verify.models import ModelFiles

ROOT = Path(__file__).resolve().parents[2]
PORTRAITS = ROOT / "var" / "portraits"
OPTIONAL_FACES = ROOT.parent / "shared" / "faces"


@pytest.fixture(scope="session")
def models() -> ModelFiles:
    return ModelFiles.installed(mesh=ROOT / "var" / "models" / "face_landmark.tflite")


@pytest.fixture(scope="session")
def measurer(models: ModelFiles) -> tasks.Measuring:
    """One worker's models, inside the test process."""
    return tasks.measurer(models, DEFAULT_POLICY)


@pytest.fixture(scope="session")
def engine(models: ModelFiles) -> Iterator[FaceEngine]:
    with FaceEngine(models=models, policy=DEFAULT_POLICY, workers=2, queue=4) as started:
        yield started


@pytest.fixture(scope="session")
def portraits() -> Path:
    return PORTRAITS


@pytest.fixture(scope="session")
def optional_faces() -> Path:
    if not OPTIONAL_FACES.is_dir():
        pytest.skip("the optional folder of test portraits beside the checkout is absent")
    return OPTIONAL_FACES


@pytest.fixture(scope="session")
def head(measurer: tasks.Measuring, portraits: Path) -> Shape:
    """A real face's mesh, frontal, centred and 240 pixels wide."""
    frame = measurer.measure([pictures.jpeg(pictures.read(portraits / "astronaut.png"))])
    assert frame[0].face is not None
    shape = geometry.rest_shape([geometry.points_of(frame[0].face.mesh)])
    return np.asarray(shape * (240 / np.ptp(shape[:, 0])))
