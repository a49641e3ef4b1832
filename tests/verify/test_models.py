from dataclasses import replace
from pathlib import Path

import pytest

from verify.defaults import DEFAULT_POLICY
from verify.engine import FaceEngine
from verify.errors import Code, ModelRefused
from verify.measuring import Measurer
from verify.models import ModelFiles

NAMES = ["detector", "recogniser", "mesh", "dlib", "dlib_points"]


def test_the_installed_models_are_the_measured_ones(models: ModelFiles) -> None:
    models.check()
    assert set(ModelFiles.digests()) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_that_differs_by_one_bit_is_refused(
    models: ModelFiles, tmp_path: Path, name: str
) -> None:
    content = bytearray(models.read(name))
    content[-1] ^= 1
    (tmp_path / "model").write_bytes(content)
    files = replace(models, **{name: tmp_path / "model"})  # type: ignore[arg-type]
    with pytest.raises(ModelRefused) as caught:
        files.check()
    assert caught.value.code == Code.MODEL_DIFFERS
    with pytest.raises(ModelRefused):
        Measurer(files=files, policy=DEFAULT_POLICY)


def test_a_missing_model_is_refused_before_any_worker_starts(tmp_path: Path) -> None:
    files = ModelFiles.installed(mesh=tmp_path / "absent.tflite")
    with pytest.raises(ModelRefused) as caught:
        FaceEngine(models=files, policy=DEFAULT_POLICY).start()
    assert caught.value.code == Code.MODEL_MISSING
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_package_is_a_missing_model() -> None:
    with pytest.raises(ModelRefused) as caught:
        ModelFiles.installed(mesh=Path("x"), package="no_such_package_here")
    assert caught.value.code == Code.MODEL_MISSING
