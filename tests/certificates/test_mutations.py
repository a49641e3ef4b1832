"""Thousands of small changes to a good certificate: none is taken for it, none breaks anything."""

from collections.abc import Iterator

import numpy as np
import pytest

from certificates.checking import Limits, LogEntry, check_pdf
from certificates.inspection import PdfInspector
from certificates.offline import check_offline
from certificates.results import MadeCertificate
from certificates.status import CertificateState
from certificates.verdicts import Integrity, IssuerTrust
from certificates.workers import Allowance, Inspectors
from tests.certificates import appended
from tests.certificates.builders import NOON, MemoryLog, Office

EACH = 500
"""Changes by one seed; four seeds make the ordinary run."""
SEEDS = range(4)


def bytes_changed(pdf: bytes, number: int, *, seed: int) -> Iterator[bytes]:
    """The file with one byte different, at drawn places."""
    draw = np.random.default_rng([seed, 1])
    for at, change in zip(
        draw.integers(len(pdf), size=number), _changes(draw, number), strict=True
    ):
        yield pdf[:at] + bytes([pdf[at] ^ change]) + pdf[at + 1 :]


def blocks_changed(pdf: bytes, number: int, *, seed: int) -> Iterator[bytes]:
    """The file with a block overwritten, taken out, said twice, put in, or moved."""
    draw = np.random.default_rng([seed, 2])
    for _ in range(number):
        at, to = (int(place) for place in draw.integers(len(pdf) - 64, size=2))
        size, junk = int(draw.integers(1, 64)), draw.bytes(64)
        block = pdf[at : at + size]
        yield (
            pdf[:at] + junk[:size] + pdf[at + size :],
            pdf[:at] + pdf[at + size :],
            pdf[:at] + block + pdf[at:],
            pdf[:at] + junk[:size] + pdf[at:],
            pdf[:to] + block + pdf[to + size :],
        )[draw.integers(5)]


def _changes(draw: np.random.Generator, number: int) -> list[int]:
    return [int(change) for change in draw.integers(1, 256, size=number)]


def log_of(made: MadeCertificate) -> MemoryLog:
    entry = LogEntry(
        number=made.number,
        state=CertificateState.VALID,
        issued_at=made.issued_at,
        valid_until=made.valid_until,
    )
    return MemoryLog({made.sha256: entry})


@pytest.mark.parametrize("seed", SEEDS)
def test_no_changed_file_is_valid_online_or_genuine_offline(
    inspector: PdfInspector, made: MadeCertificate, seed: int
) -> None:
    log, limits = log_of(made), Limits()
    assert check_pdf(made.pdf, inspector=inspector, log=log, now=NOON, limits=limits).valid
    assert check_offline(made.pdf, inspector=inspector, now=made.issued_at, limits=limits).genuine
    for change in (bytes_changed, blocks_changed):
        for changed in change(made.pdf, EACH // 2, seed=seed):
            if changed == made.pdf:
                continue
            verdict = check_pdf(changed, inspector=inspector, log=log, now=NOON, limits=limits)
            assert not verdict.valid
            # Offline the same inspection decides.
            said = (verdict.integrity, verdict.issuer)
            assert said != (Integrity.INTACT, IssuerTrust.TRUSTED)


def test_no_change_to_an_upgraded_files_signed_part_goes_unnoticed(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    upgraded = appended.with_validation_data(made.pdf)
    added = upgraded[len(made.pdf) :]
    for changed in bytes_changed(made.pdf, 100, seed=9):
        found = inspector.inspect(changed + added, now=NOON, limits=Limits())
        assert (found.integrity, found.issuer) != (Integrity.INTACT, IssuerTrust.TRUSTED)


def test_changed_files_leave_the_pool_as_it_was(office: Office, made: MadeCertificate) -> None:
    patient = Allowance(cpu_seconds=20, wall_seconds=60, start_seconds=60)
    with Inspectors(roots=[office.pki.root_pem()], allowance=patient) as pool:
        pool.inspect(made.pdf, now=NOON, limits=Limits())
        (running,) = (one._running for one in pool._all)
        for changed in blocks_changed(made.pdf, 60, seed=7):
            found = pool.inspect(changed, now=NOON, limits=Limits())
            assert found.integrity is not Integrity.TOO_COSTLY
        assert [one._running for one in pool._all] == [running]
