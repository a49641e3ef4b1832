"""An authority that is its own register, and the services beside it, with a clock that is set."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from certificates.authority import Authority
from certificates.catalogue import Catalogue
from certificates.keys import FileKeys
from certificates.pki import Pki
from certificates.profiles import Addresses, Service
from sandbox.pki.credentials import CredentialFile
from sandbox.pki.register import Register
from sandbox.pki.responder import Responder
from sandbox.pki.serials import Serials
from sandbox.pki.server import PkiServer, Services
from sandbox.pki.timestamps import TimestampAuthority
from tests.fakes import FakeClock

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DEPARTMENT = Catalogue.load().get("household_registration").department
ADDRESSES = Addresses(
    crl="http://pki.example/crl",
    root_crl="http://pki.example/crl/root",
    ocsp="http://pki.example/ocsp",
    issuer="http://pki.example/issuing",
)


@dataclass(kw_only=True)
class Ground:
    """Everything a test of the services needs."""

    clock: FakeClock
    pki: Pki
    authority: Authority
    folder: Path
    timestamps: TimestampAuthority
    responder: Responder
    register: Register
    broken: bool = False
    """While set, the authority's documents cannot be fetched."""

    @classmethod
    def build(
        cls, folder: Path, serials: Serials, clock: FakeClock, *, keys: FileKeys | None = None
    ) -> Ground:
        keys = keys or FileKeys(folder / "keys")
        pki = Pki.open(keys=keys, now=clock.now(), addresses=ADDRESSES)
        authority = Authority(pki=pki, keys=keys, departments=[DEPARTMENT], addresses=ADDRESSES)
        stamping, answering = CredentialFile(folder, "timestamp"), CredentialFile(folder, "status")
        publications = _Publications()
        register = Register(
            publications=publications,
            issuing=lambda: answering.credential().issuing,
            clock=clock.now,
        )
        ground = cls(
            clock=clock,
            pki=pki,
            authority=authority,
            folder=folder,
            timestamps=TimestampAuthority(file=stamping, serials=serials, clock=clock.now),
            responder=Responder(file=answering, register=register, clock=clock.now),
            register=register,
        )
        publications.ground = ground
        return ground

    def certify(self) -> None:
        """What the launcher has done: bring the requests to the authority."""
        for service in Service:
            request = (self.folder / f"{service.value}.csr").read_bytes()
            chain = self.authority.certify(service, request, now=self.clock.now())
            (self.folder / f"{service.value}.pem").write_bytes(chain)

    def certificate(self, service: Service) -> x509.Certificate:
        return x509.load_pem_x509_certificates((self.folder / f"{service.value}.pem").read_bytes())[
            0
        ]

    def pem(self, name: str, *certificates: x509.Certificate) -> Path:
        """Write certificates for a program to read."""
        path = self.folder / name
        path.write_bytes(
            b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)
        )
        return path

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Serve over HTTP; yields the base address."""
        services = Services(
            timestamps=self.timestamps, responder=self.responder, register=self.register
        )
        server = PkiServer(address=("127.0.0.1", 0), services=services)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Publications:
    """The authority's documents without a way in between."""

    ground: Ground

    def fetch(self, name: str) -> bytes:
        if self.ground.broken:
            raise OSError
        authority, now = self.ground.authority, self.ground.clock.now()
        if name == "issuing/crl":
            return authority.issuing_list(now=now)
        if name == "root/crl":
            return authority.root_list(now=now)
        issued = authority.issued()
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in issued)
