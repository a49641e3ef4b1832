"""What the sandbox's tests share."""

import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from sandbox.phone.client import Phone
from sandbox.phone.dpop import Prover
from sandbox.phone.head import Head, head_from
from sandbox.phone.http import Http
from sandbox.phone.keys import DeviceKey
from sandbox.phone.landmarks import LandmarkNet, packaged_detector
from tests.sandbox.fake_api import FakeApi
from tests.sandbox.stage import MODEL, PORTRAIT


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with FakeApi() as running:
        yield running


@pytest.fixture
def key() -> DeviceKey:
    return DeviceKey.generate()


@pytest.fixture
def phone(api: FakeApi, key: DeviceKey) -> Iterator[Phone]:
    prover = Prover(key=key, clock=time.time)
    with Http(base_url=api.base_url, prover=prover, clock=time.perf_counter) as http:
        yield Phone(http)


@pytest.fixture(scope="session")
def net() -> LandmarkNet:
    if not MODEL.is_file():
        pytest.skip("the landmark net is not under var/models")
    return LandmarkNet(mesh_model=MODEL, detector_model=packaged_detector())


@pytest.fixture(scope="session")
def portrait() -> Path:
    if not PORTRAIT.is_file():
        pytest.skip("the sample portraits are not under var/portraits")
    return PORTRAIT


@pytest.fixture(scope="session")
def head(net: LandmarkNet, portrait: Path) -> Head:
    picture = cv2.imread(str(portrait))
    assert picture is not None
    return head_from(np.asarray(picture, np.uint8), net=net)
