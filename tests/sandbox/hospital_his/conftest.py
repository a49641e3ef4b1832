"""A city, and a hospital's system that knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.hospital_his.__main__ import main
from tests.sandbox.hospital_his.city import City, running_city


@pytest.fixture
def city() -> Iterator[City]:
    with running_city() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "his.db"


@pytest.fixture
def his(city: City, path: Path) -> Callable[..., int]:
    """The program, each time started anew."""

    def run(*words: str) -> int:
        return main(
            ["--book", str(path), "--base-url", city.url, "--client-id", "trm_1", *words],
            sleep=lambda _: None,
        )

    return run
