"""The services, certified and ready."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.pki.serials import Serials
from tests.fakes import FakeClock
from tests.sandbox.pki.ground import NOON, Ground


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with Serials(tmp_path / "serials") as serials:
        built = Ground.build(tmp_path, serials, FakeClock(NOON))
        built.certify()
        yield built
