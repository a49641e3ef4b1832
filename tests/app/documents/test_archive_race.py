"""Several processes upgrade at once; one of them may be killed."""

from __future__ import annotations

from sqlalchemy import func, select

from app.audit.models import AccessEvent
from app.core.fields import FieldCipher
from app.documents.models import ArchiveJob, Certificate, CertificateArchive
from app.documents.records import Holder
from app.documents.service.issuing import CertificateIssuing
from app.exchange.models import Exchange
from tests.app.device import Device
from tests.app.documents.archive import POLICY
from tests.app.documents.people import issued
from tests.app.documents.quick_bench import KIND, Known, QuickBench, Ring, gatherer
from tests.app.racing import raced, started
from tests.app.world import World

CHILD = "tests.app.documents.archive_child"
CERTIFICATES, PROCESSES = 30, 3


def arguments(world: World, how: str) -> tuple[str, str, str]:
    url = world.settings.database_url.get_secret_value()
    return url, world.clock.now().isoformat(), how


def fill(world: World, person: Device, count: int) -> None:
    """Issue certificates whose files any process of the test can open."""
    first = issued(person)
    with world.database.separate() as tx:
        person_id = tx.scalars(select(Certificate.person_id)).one()
        exchange_id = tx.scalars(select(Exchange.id).where(Exchange.case_id == first["id"])).one()
        # The application sealed the first one with keys of its own.
        tx.query(ArchiveJob).delete()
    known = Known(exchange_id=exchange_id, as_of=world.clock.now())
    issuing = CertificateIssuing(
        workbench=QuickBench(),  # type: ignore[arg-type]
        gatherer=gatherer(world.database, population=known),
        persons=known,
        database=world.database,
        accesses=world.shared.accesses,
        cipher=FieldCipher(fields=Ring(), index=Ring()),
        clock=world.clock,
    )
    holder = Holder(person_id=person_id, level="L1", device="device")
    for _ in range(count):
        issuing.issue(holder, KIND.code)


def archived(world: World) -> tuple[int, int]:
    """Second files, and looks of the job that were recorded."""
    with world.database.separate() as tx:
        files = tx.scalar(select(func.count()).select_from(CertificateArchive)) or 0
        looks = select(func.count()).where(AccessEvent.action == "certificate.archived")
        return files, tx.scalar(looks) or 0


def test_each_certificate_is_upgraded_by_one_of_them_and_once(zhang: Device, world: World) -> None:
    fill(world, zhang, CERTIFICATES)
    counts = [int(one) for one in raced(CHILD, [arguments(world, "quick")] * PROCESSES)]
    assert sum(counts) == CERTIFICATES
    assert archived(world) == (CERTIFICATES, CERTIFICATES)


def test_what_a_killed_process_had_claimed_is_done_by_the_next_one(
    zhang: Device, world: World
) -> None:
    fill(world, zhang, 1)
    with started(CHILD, [arguments(world, "stuck")]) as [stuck]:
        stuck.expect("stuck")
        stuck.kill()
    assert raced(CHILD, [arguments(world, "quick")]) == ["0"]
    world.clock.advance(seconds=POLICY.lease.total_seconds())
    assert raced(CHILD, [arguments(world, "quick")]) == ["1"]
    assert archived(world) == (1, 1)
