"""The sandbox's services over HTTP beside the application, and jobs that use them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.documents.authorities import AuthorityAddresses, HttpAuthorities
from app.documents.models import ArchiveJob
from app.documents.service.archiving import ARCHIVE_POLICY, CertificateArchiving
from app.wiring.archiving import LibraryArchivist
from certificates.keys import FileKeys
from certificates.longterm.upgrading import Upgrader
from sandbox.pki.serials import Serials
from tests.app.world import World
from tests.sandbox.pki.ground import Ground

NOBODY = "http://127.0.0.1:9"
"""A port where nobody listens."""
POLICY = ARCHIVE_POLICY


@dataclass
class Archive:
    """What a test of archiving needs."""

    world: World
    ground: Ground
    base: str

    def job(self, *, base: str | None = None) -> CertificateArchiving:
        """A job; `base` is another address of the services."""
        at = base or self.base
        addresses = AuthorityAddresses(
            tsa=f"{at}/tsa", ocsp=f"{at}/ocsp", crls=(f"{at}/crl", f"{at}/crl/root")
        )
        upgrader = Upgrader(HttpAuthorities(addresses), roots=[self.ground.pki.root_pem()])
        return job_of(self.world, LibraryArchivist(upgrader))

    def row(self, certificate: dict[str, Any]) -> ArchiveJob:
        """What the table holds of a certificate's job."""
        with self.world.database.separate() as tx:
            return tx.scalars(select(ArchiveJob).where(ArchiveJob.id == certificate["id"])).one()


@contextmanager
def services_of(world: World, folder: Path) -> Iterator[Archive]:
    """Serve timestamps, OCSP and lists under the application's own authority."""
    folder.mkdir()
    with Serials(folder / "serials") as serials:
        keys = FileKeys(world.shared.certificate_keys)
        ground = Ground.build(folder, serials, world.clock, keys=keys)
        ground.certify()
        with ground.serving() as base:
            yield Archive(world=world, ground=ground, base=base)


def job_of(world: World, archivist: Any) -> CertificateArchiving:
    return CertificateArchiving(
        archivist=archivist,
        database=world.database,
        accesses=world.shared.accesses,
        cipher=world.shared.cipher,
        clock=world.clock,
        policy=POLICY,
    )
