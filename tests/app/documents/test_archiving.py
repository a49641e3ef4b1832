"""Certificates get a trusted time in the background, once, whatever happens meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem, x509
from sqlalchemy import func, select, text

from app.documents.models import CertificateArchive
from app.documents.records import ArchivedDocument
from certificates.longterm.validation import validate
from certificates.revocation import Reason
from tests.app.device import Device
from tests.app.documents.archive import NOBODY, POLICY, Archive, job_of, services_of
from tests.app.documents.people import accesses, issued, members, pdf_of
from tests.app.world import World

PDF = "application/pdf"


@pytest.fixture
def archive(world: World, tmp_path: Path) -> Iterator[Archive]:
    with services_of(world, tmp_path / "services") as ready:
        yield ready


def seen(device: Device, certificate: dict[str, Any]) -> dict[str, Any]:
    return members(device.get(f"/v1/certificates/{certificate['id']}"))


def checked(world: World, pdf: bytes) -> dict[str, Any]:
    answer = world.client.post("/v1/certificate-checks", data=pdf, content_type=PDF)
    return members(answer)


def archives(world: World) -> int:
    with world.database.separate() as tx:
        return tx.scalar(select(func.count()).select_from(CertificateArchive)) or 0


def test_a_certificate_is_upgraded_and_both_files_stay_valid(
    zhang: Device, world: World, archive: Archive
) -> None:
    made = issued(zhang)
    first = pdf_of(zhang, made)
    assert (made["signature_level"], "archived_at" in made) == ("B-B", False)
    world.clock.advance(seconds=5)

    done = archive.job().run()

    assert (done.archived, done.refused, done.put_off) == (1, 0, 0)
    assert archive.job().waiting() == 0
    second = pdf_of(zhang, made)
    assert second.startswith(first)
    assert len(second) > len(first)
    told = seen(zhang, made)
    assert told["signature_level"] == "B-LTA"
    assert told["archived_at"] == "2026-11-23T08:00:05Z"
    (listed,) = members(zhang.get("/v1/certificates"))["items"]
    assert listed["signature_level"] == "B-LTA"
    for pdf in (first, second):
        answer = checked(world, pdf)
        assert answer["valid"] is True
        assert answer["verdict"]["in_our_log"]["code"] == "LISTED"
        assert answer["certificate"]["number"] == made["number"]
    root = world.client.get("/.well-known/certificate-root.pem").data
    roots = [x509.Certificate.load(pem.unarmor(root)[2])]
    assert validate(second, roots=roots, now=world.clock.now()).passed


def test_the_holder_sees_that_the_file_was_read(zhang: Device, archive: Archive) -> None:
    issued(zhang)
    archive.job().run()
    (event,) = [one for one in accesses(zhang) if one["action"] == "certificate.archived"]
    assert event["fields"] == ["file"]


def test_nothing_is_upgraded_twice(zhang: Device, archive: Archive, world: World) -> None:
    issued(zhang)
    job = archive.job()
    assert job.run().archived == 1
    assert job.run().archived == 0
    assert archives(world) == 1


def test_a_changed_copy_of_the_upgraded_file_is_not_ours(
    zhang: Device, archive: Archive, world: World
) -> None:
    made = issued(zhang)
    archive.job().run()
    pdf = pdf_of(zhang, made)
    for copy in (pdf + b"\n", pdf[:-1], pdf.replace(b"/F 132", b"/F 134", 1)):
        assert checked(world, copy)["valid"] is False


def test_while_the_services_are_down_the_certificate_stays_good_and_is_tried_again(
    zhang: Device, archive: Archive, world: World
) -> None:
    made = issued(zhang)
    first = pdf_of(zhang, made)
    waits = []
    for _ in range(3):
        done = archive.job(base=NOBODY).run()
        assert (done.archived, done.put_off) == (0, 1)
        assert archive.job().waiting() == 1
        row = archive.row(made)
        assert (row.state, row.failure, row.claim) == ("waiting", "authority_unavailable", None)
        waits.append((row.due_at - world.clock.now()).total_seconds())
        assert archive.job().run().archived == 0, "not before it is due"
        world.clock.advance(seconds=waits[-1])
    assert waits == [15, 30, 60]
    assert seen(zhang, made)["signature_level"] == "B-B"
    assert checked(world, first)["valid"] is True

    assert archive.job().run().archived == 1
    row = archive.row(made)
    assert (row.state, row.failure, row.attempts) == ("done", None, 4)


def test_waits_do_not_grow_for_ever() -> None:
    assert POLICY.pause(1) == POLICY.first_pause
    for attempts in (9, 50, 5000):
        assert POLICY.pause(attempts) == POLICY.longest_pause


def test_a_round_ends_when_a_service_fails(zhang: Device, li: Device, archive: Archive) -> None:
    made = [issued(zhang), issued(li)]
    archive.job(base=NOBODY).run()
    assert sorted(archive.row(one).attempts for one in made) == [0, 1]


def test_a_certificate_signed_before_its_signer_was_revoked_is_valid_if_it_was_stamped(
    zhang: Device, li: Device, archive: Archive, world: World
) -> None:
    stamped = issued(zhang)
    archive.job().run()
    late = issued(li)
    with world.database.separate() as tx:
        from app.documents.models import Certificate  # noqa: PLC0415

        signer = tx.get_one(Certificate, stamped["id"]).signer
    world.clock.advance(seconds=2)
    archive.ground.authority.revoke(signer, reason=Reason.KEY_COMPROMISE, now=world.clock.now())
    world.clock.advance(seconds=2)

    done = archive.job().run()

    assert (done.archived, done.refused) == (0, 1)
    assert (archive.row(late).state, archive.row(late).failure) == ("refused", "signer_revoked")
    root = world.client.get("/.well-known/certificate-root.pem").data
    roots = [x509.Certificate.load(pem.unarmor(root)[2])]
    assert validate(pdf_of(zhang, stamped), roots=roots, now=world.clock.now()).passed
    assert not validate(pdf_of(li, late), roots=roots, now=world.clock.now()).passed
    # What is issued from now on is signed with a new key, and upgraded.
    newer = issued(li)
    assert archive.job().run().archived == 1
    assert seen(li, newer)["signature_level"] == "B-LTA"


def test_old_and_new_keys_are_upgraded_alike_after_a_rotation(
    zhang: Device, li: Device, archive: Archive, world: World
) -> None:
    made = [issued(zhang)]
    archive.ground.pki.rotate(_department(), now=world.clock.now())
    made.append(issued(li))
    assert archive.job().run().archived == 2
    assert [
        seen(who, one)["signature_level"] for who, one in zip((zhang, li), made, strict=True)
    ] == [
        "B-LTA",
        "B-LTA",
    ]


def test_fields_sealed_anew_are_still_found(zhang: Device, archive: Archive, world: World) -> None:
    from app.core.resealing import Resealer  # noqa: PLC0415
    from app.wiring.models import SEALED  # noqa: PLC0415

    made = issued(zhang)
    archive.job().run()
    before = pdf_of(zhang, made)
    world.shared.keys.rotate_secret("fields")  # type: ignore[attr-defined]
    shared = world.shared
    assert Resealer(database=shared.database, cipher=shared.cipher).reseal(SEALED) >= 2
    assert pdf_of(zhang, made) == before


class Stand:
    """An archivist that does something else first."""

    def __init__(self, first: Any) -> None:
        self.first = first

    def upgrade(self, pdf: bytes, *, now: Any) -> ArchivedDocument:
        self.first()
        return ArchivedDocument(pdf=pdf + b"%", sha256="11" * 32, stamped_at=now)


def test_who_took_too_long_has_lost_its_turn(zhang: Device, archive: Archive, world: World) -> None:
    made = issued(zhang)
    others: list[int] = []

    def meanwhile() -> None:
        world.clock.advance(seconds=POLICY.lease.total_seconds())
        others.append(archive.job().run().archived)

    slow = job_of(world, Stand(meanwhile))
    assert slow.run().archived == 0
    assert others == [1]
    assert archives(world) == 1
    assert not pdf_of(zhang, made).endswith(b"%")


def test_a_failure_of_who_lost_its_turn_changes_nothing(
    zhang: Device, archive: Archive, world: World
) -> None:
    from app.documents.errors import NotArchived  # noqa: PLC0415

    made = issued(zhang)

    def meanwhile() -> None:
        world.clock.advance(seconds=POLICY.lease.total_seconds())
        archive.job().run()
        raise NotArchived(reason="upgrade_refused", final=True)

    job_of(world, Stand(meanwhile)).run()
    assert archive.row(made).state == "done"


@pytest.mark.parametrize(("state", "then"), [("issuing", "waiting"), ("revoked", "refused")])
def test_without_a_file_there_is_nothing_to_upgrade(
    zhang: Device, archive: Archive, world: World, state: str, then: str
) -> None:
    made = issued(zhang)
    with world.database.separate() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))  # triggers aside
        tx.execute(text("DELETE FROM certificate_files"))
        tx.execute(text("UPDATE certificates SET state = :state"), {"state": state})
    archive.job().run()
    assert (archive.row(made).state, archive.row(made).failure) == (then, "file_missing")


def test_what_nobody_thought_of_is_tried_again(
    zhang: Device, archive: Archive, world: World
) -> None:
    from app.wiring.archiving import LibraryArchivist  # noqa: PLC0415

    class Odd:
        def upgrade(self, pdf: bytes, *, now: Any) -> None:  # noqa: ARG002
            raise ZeroDivisionError

    made = issued(zhang)
    job_of(world, LibraryArchivist(Odd())).run()  # type: ignore[arg-type]
    assert (archive.row(made).state, archive.row(made).failure) == ("waiting", "unforeseen")


def test_watching_ends_when_told_and_outlives_a_lost_database(
    zhang: Device, archive: Archive, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core.errors import UNAVAILABLE  # noqa: PLC0415
    from app.documents.service import turns  # noqa: PLC0415

    issued(zhang)
    real, looks, stop = turns.take, [], threading.Event()

    def take(*arguments: Any, **named: Any) -> Any:
        looks.append(1)
        if len(looks) == 1:
            raise UNAVAILABLE()
        if len(looks) > 3:
            stop.set()
        return real(*arguments, **named)

    monkeypatch.setattr(turns, "take", take)
    archive.job().watch(stop, seconds=0.01)
    assert archives(world) == 1


def _department() -> Any:
    from tests.sandbox.pki.ground import DEPARTMENT  # noqa: PLC0415

    return DEPARTMENT
