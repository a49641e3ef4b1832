"""The library by itself: every type, its holder in the city, and departments that sign."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from certificates.catalogue import Catalogue
from certificates.check_codes import new_check_code
from certificates.evidence import Evidence
from certificates.keys import FileKeys
from certificates.maker import CertificateMaker, Order
from certificates.moments import SHANGHAI
from certificates.pki import Pki
from certificates.signatory import Signatory
from certificates.signers import Algorithm
from certificates.spec.kind import CertificateType
from certificates.statement import Statement
from sandbox.departments.told import HOLDERS, CityRecords

_BASE = "https://check.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the renderer is given."""

    template: str
    data: dict[str, object]


@dataclass
class Office:
    """A maker with keys of its own in a folder."""

    directory: Path
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        """Make keys and chain, and open the city's books."""
        keys = FileKeys(self.directory / "keys")
        self.catalogue = Catalogue.load()
        self.pki = Pki.open(keys=keys, now=self.now)
        self.maker = CertificateMaker(
            catalogue=self.catalogue,
            pki=self.pki,
            check_key=keys.private_key("check"),
            check_base_url=_BASE,
        )
        books = self.directory / "books"
        books.mkdir()
        self._city = CityRecords(books)

    def signatory(self, algorithm: Algorithm) -> Signatory:
        """Return a department that signs with such a key."""
        some = self.catalogue.all()[0].department
        department = some.model_copy(
            update={"code": f"bench_{algorithm.value}", "algorithm": algorithm}
        )
        return self.pki.signatory(department, now=self.now)

    def order(self, kind: CertificateType) -> Order:
        """Return an order for a certificate of a type, of somebody who can have one."""
        number = next(self._numbers)
        return Order(
            type_code=kind.code,
            certificate_id=f"cer_bench{number}",
            serial=f"{number:09d}",
            check_code=new_check_code(),
            evidence=self._evidence(kind),
            issued_at=self.now,
        )

    def page(self, kind: CertificateType) -> Page:
        """Return what the renderer is given for such a certificate."""
        order = self.order(kind)
        issued = order.issued_at.astimezone(SHANGHAI).replace(microsecond=0)
        statement = Statement(
            kind=kind,
            facts=kind.facts(order.evidence, now=order.issued_at),
            as_of={source: one.as_of for source, one in order.evidence.items()},
            number="1.2.156.3005.2.BENCH",
            check_code=order.check_code,
            check_page=f"{_BASE}/check",
            check_url=f"{_BASE}/check?id={order.certificate_id}",
            issued_at=issued,
            valid_until=issued + kind.validity,
        )
        return Page(template=kind.template, data=statement.page())

    def _evidence(self, kind: CertificateType) -> dict[str, Evidence]:
        return {
            source: Evidence(
                records=self._city.find(source, HOLDERS[kind.code], fields),
                as_of=self.now,
                live=True,
            )
            for source, fields in kind.needs().items()
        }
