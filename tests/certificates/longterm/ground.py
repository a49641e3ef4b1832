"""An office whose services stand beside it: the sandbox's own, asked without a network."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader

from certificates.longterm.upgrading import Upgrader
from certificates.signing import sign_pdf
from sandbox.pki.serials import Serials
from tests.fakes import FakeClock
from tests.sandbox.pki.ground import DEPARTMENT, Ground


@dataclass
class Direct:
    """The services of a ground; what is set here changes or breaks their answers."""

    ground: Ground
    timestamps: Callable[[bytes], bytes] | None = None
    statuses: Callable[[bytes], bytes] | None = None
    fetched: Callable[[], Sequence[bytes]] | None = None
    asked: list[str] = field(default_factory=list)

    def timestamp(self, request: bytes) -> bytes:
        self.asked.append("timestamp")
        return (self.timestamps or self.ground.timestamps.answer)(request)

    def status(self, request: bytes) -> bytes:
        self.asked.append("status")
        return (self.statuses or self.ground.responder.answer)(request)

    def lists(self) -> Sequence[bytes]:
        self.asked.append("lists")
        return (self.fetched or self._lists)()

    def _lists(self) -> Sequence[bytes]:
        reading = self.ground.register.read()
        return [reading.crl, reading.root_crl]


@dataclass
class Archive:
    """Signs a page and upgrades what it signed."""

    ground: Ground
    services: Direct
    page: bytes
    upgrader: Upgrader

    @classmethod
    def build(cls, folder: Path, serials: Serials, clock: FakeClock, *, page: bytes) -> Archive:
        ground = Ground.build(folder, serials, clock)
        ground.certify()
        services = Direct(ground)
        return cls(
            ground=ground,
            services=services,
            page=page,
            upgrader=Upgrader(services, roots=[ground.pki.root_pem()]),
        )

    @property
    def roots(self) -> list[x509.Certificate]:
        return [x509.Certificate.load(pem.unarmor(self.ground.pki.root_pem())[2])]

    def made(self) -> bytes:
        """A file as it is issued."""
        now = self.ground.clock.now()
        signatory = self.ground.pki.signatory(DEPARTMENT, now=now)
        pdf = sign_pdf(self.page, signatory=signatory, signed_at=now, field_label="签名")
        self.ground.clock.advance(seconds=3)
        return pdf

    def upgraded(self, pdf: bytes) -> bytes:
        done = self.upgrader.upgrade(pdf, now=self.ground.clock.now())
        self.ground.clock.advance(seconds=3)
        return done.pdf


def reader(pdf: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(pdf))
