"""Processes killed between render, sign and commit leave nothing half done and nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.fields import FieldCipher, Place
from app.core.ids import new_id
from app.documents.batch_models import ISSUED, QUEUED, RUNNING, BatchItem, CertificateBatch
from app.documents.models import VALID, Certificate, CertificateFile, CertificateSource
from app.exchange.models import Exchange
from app.identity.models.person import Person
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from config import Settings
from tests.app.documents.quick_bench import Ring
from tests.app.programs import Program
from tests.clean import forget_everything
from tests.fakes import FakeClock

CHILD = "tests.app.documents.batch_child"
TYPES = ("household_registration", "no_housing", "marriage_status", "no_criminal_record")
KILLS = (
    ("rendered", [RUNNING, QUEUED, QUEUED, QUEUED]),
    ("signed", [RUNNING, QUEUED, QUEUED, QUEUED]),
    ("committed", [ISSUED, QUEUED, QUEUED, QUEUED]),
    ("written", [ISSUED, RUNNING, QUEUED, QUEUED]),
)
"""Where a process is killed, and how it leaves the items: ended ones are never begun again."""
CLAIM_S = 61


@pytest.fixture
def shared(settings: Settings, clock: FakeClock) -> Iterator[Infrastructure]:
    with ExitStack() as closing:
        built = build_infrastructure(settings, clock, closing)
        forget_everything(built.database, built.redis)
        yield built


@pytest.fixture
def exchange(shared: Infrastructure) -> str:
    """A batch in the queue, and the exchange that all its facts come by."""
    now = shared.clock.now()
    row = Exchange(
        id=new_id("xch", now),
        at=now,
        case_id="case",
        person_id=None,
        source="population",
        contract="population-person/1.0.0",
        purpose="certificate",
        fields=["name"],
        outcome="live",
        failure=None,
        fault=None,
        latency_ms=0,
        record_version="1",
        request_hash=None,
        answer_hash=None,
    )
    with shared.database.separate() as tx:
        tx.add(row)
        tx.add(Person(id="prs_1", created_at=now, name=b"", citizen_number=b"", citizen_hash=b""))
        tx.flush()
        tx.add(
            CertificateBatch(
                id="bat_1",
                person_id="prs_1",
                level="L2",
                device="device",
                created_at=now,
                until=now + timedelta(minutes=15),
            )
        )
        tx.flush()
        tx.add_all(
            BatchItem(batch_id="bat_1", position=at, type=code, state=QUEUED, attempts=0)
            for at, code in enumerate(TYPES)
        )
    return row.id


def states(shared: Infrastructure) -> list[str]:
    with shared.database.separate() as tx:
        rows = tx.scalars(select(BatchItem).order_by(BatchItem.position)).all()
        return [row.state for row in rows]


def test_a_killed_process_leaves_nothing_half_done_and_the_next_goes_on(
    shared: Infrastructure, exchange: str, tmp_path: Path
) -> None:
    url, keys = shared.settings.database_url.get_secret_value(), str(tmp_path / "keys")
    for nth, (stage, left) in enumerate(KILLS):
        with Program(CHILD, (url, keys, exchange, stage, str(nth * CLAIM_S))) as process:
            process.expect(f"at {stage}")
            process.kill()
        assert states(shared) == left
        assert_whole(shared, issued=left.count(ISSUED))
    with Program(CHILD, (url, keys, exchange, "end", str(len(KILLS) * CLAIM_S))) as process:
        assert process.rest() == str(len(TYPES) - 1)
    assert states(shared) == [ISSUED] * len(TYPES)
    assert_whole(shared, issued=len(TYPES))


def assert_whole(shared: Infrastructure, *, issued: int) -> None:
    """Every certificate is listed, valid, signed, and an item's; every item has its own."""
    cipher = FieldCipher(fields=Ring(), index=Ring())
    with shared.database.separate() as tx:
        certificates = tx.scalars(select(Certificate)).all()
        files = {row.id: row.pdf for row in tx.scalars(select(CertificateFile))}
        lineage = set(tx.scalars(select(CertificateSource.certificate_id)))
        named = tx.scalars(
            select(BatchItem.certificate_id).where(BatchItem.certificate_id.is_not(None))
        ).all()
    ids = {row.id for row in certificates}
    assert len(certificates) == issued
    assert ids == files.keys() == lineage == set(named)
    for row in certificates:
        assert (row.state, row.version) == (VALID, 1)
        pdf = cipher.open(files[row.id], Place("certificate_files", "pdf", row.id))
        assert hashlib.sha256(pdf).digest() == row.sha256
        assert b"/SubFilter/ETSI.CAdES.detached" in pdf
