"""The library by itself: keys of its own, the city's records, and people who can have each type."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path

from certificates.catalogue import Catalogue
from certificates.check_codes import new_check_code
from certificates.errors import CertificateError
from certificates.evidence import Evidence
from certificates.keys import FileKeys
from certificates.maker import CertificateMaker, Order
from certificates.pki import Pki
from certificates.signatory import Signatory
from certificates.signers import Algorithm
from certificates.spec.kind import CertificateType
from sandbox.departments.city.city import city
from sandbox.departments.told import HOLDERS, CityRecords

_BASE = "https://check.example"
Person = tuple[str, str]
"""Citizen number and name."""


@dataclass
class Office:
    """A maker with keys in a folder."""

    directory: Path
    now: dt.datetime = field(default_factory=lambda: dt.datetime.now(dt.UTC))

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
        self._city = CityRecords(self.directory / "books")

    def signatory(self, algorithm: Algorithm) -> Signatory:
        """Return a department that signs with such a key."""
        some = self.catalogue.all()[0].department
        department = some.model_copy(
            update={"code": f"bench_{algorithm.value}", "algorithm": algorithm}
        )
        return self.pki.signatory(department, now=self.now)

    def order(self, kind: CertificateType, who: Person | None = None, *, serial: int = 1) -> Order:
        """Return an order of a type, for somebody who can have it unless another is named."""
        person = HOLDERS[kind.code] if who is None else who
        evidence = {
            source: Evidence(
                records=self._city.find(source, person, fields), as_of=self.now, live=True
            )
            for source, fields in kind.needs().items()
        }
        return Order(
            type_code=kind.code,
            certificate_id=f"cer_{serial:026d}",
            serial=f"{serial:09d}",
            check_code=new_check_code(),
            evidence=evidence,
            issued_at=self.now,
        )

    def orders(self, kind: CertificateType, *, most: int) -> list[Order]:
        """Return orders of a type for different people who can have it, as far as there are.

        The compiler remembers what it has laid out: the same page twice says nothing of the next.
        """
        able: list[Order] = []
        for serial, citizen in enumerate(city().citizens, start=1):
            order = self.order(kind, (citizen.number, citizen.name), serial=serial)
            with contextlib.suppress(CertificateError):
                self.maker.statement(order)
                able.append(order)
            if len(able) == most:
                break
        return able
