"""One archive for a test that changes it, and one file for those that only read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from certificates.results import MadeCertificate
from sandbox.pki.serials import Serials
from tests.certificates.longterm.ground import Archive
from tests.certificates.tampering import unsigned
from tests.fakes import FakeClock
from tests.sandbox.pki.ground import NOON


@pytest.fixture(scope="session")
def page(made: MadeCertificate) -> bytes:
    """A page before its signature."""
    return unsigned(made.pdf)


@pytest.fixture
def archive(tmp_path: Path, page: bytes) -> Iterator[Archive]:
    with Serials(tmp_path / "serials") as serials:
        yield Archive.build(tmp_path, serials, FakeClock(NOON), page=page)


@pytest.fixture(scope="session")
def kept(
    tmp_path_factory: pytest.TempPathFactory, page: bytes
) -> Iterator[tuple[Archive, bytes, bytes]]:
    """An archive that nobody changes, a file as it was issued, and the same upgraded."""
    folder = tmp_path_factory.mktemp("archive")
    with Serials(folder / "serials") as serials:
        archive = Archive.build(folder, serials, FakeClock(NOON), page=page)
        pdf = archive.made()
        yield archive, pdf, archive.upgraded(pdf)
