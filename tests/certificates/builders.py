"""What the tests of certificates begin with."""

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from certificates.catalogue import Catalogue
from certificates.check_codes import new_check_code
from certificates.checking import Limits, LogEntry
from certificates.evidence import Evidence
from certificates.keys import FileKeys
from certificates.maker import CertificateMaker, Order
from certificates.pki import Pki
from certificates.verdicts import Inspection
from sandbox.departments.told import portrait_text

NOON = dt.datetime(2026, 11, 23, 4, 0, 0, 123456, tzinfo=dt.UTC)
BASE_URL = "https://check.example"


def person(**changes: Any) -> dict[str, Any]:
    """A record of the population registry."""
    record: dict[str, Any] = {
        "citizen_number": "990101198503171010",
        "name": "张明远",
        "sex": "男",
        "birth_date": "1985-03-17",
        "ethnicity": "汉族",
        "status": "alive",
        "photo": portrait_text(),
        "household": {
            "address": "虚拟省晴川市和平路 12 号 3 幢 502 室",
            "head_name": "张明远",
            "relation": "户主",
            "registered_on": "2012-05-18",
            "type": "家庭户",
        },
    }
    return record | changes


@dataclass
class Office:
    """A maker with its own keys and chain, and the log it would keep."""

    directory: Path
    now: dt.datetime = NOON
    home: Path | None = None
    keys: FileKeys = field(init=False)
    pki: Pki = field(init=False)
    maker: CertificateMaker = field(init=False)
    catalogue: Catalogue = field(init=False)

    def __post_init__(self) -> None:
        self.keys = FileKeys(self.directory)
        self.pki = Pki.open(keys=self.keys, now=self.now)
        self.catalogue = Catalogue.load(self.home) if self.home else Catalogue.load()
        self.maker = CertificateMaker(
            catalogue=self.catalogue,
            pki=self.pki,
            check_key=self.keys.private_key("check"),
            check_base_url=BASE_URL + "/",
        )


def said(*records: dict[str, Any], as_of: dt.datetime = NOON, live: bool = True) -> Evidence:
    """What a source answered."""
    return Evidence(records=records, as_of=as_of, live=live)


def order(**changes: Any) -> Order:
    plain: dict[str, Any] = {
        "type_code": "household_registration",
        "certificate_id": "cer_01test",
        "serial": "000000001",
        "check_code": new_check_code(),
        "evidence": {"population": said(person())},
        "issued_at": NOON,
    }
    return Order(**(plain | changes))


class MemoryLog:
    """A log in a dictionary."""

    def __init__(self, entries: dict[str, LogEntry] | None = None) -> None:
        self.entries = entries or {}

    def find(self, sha256: str) -> LogEntry | None:
        return self.entries.get(sha256)


class SetInspector:
    """Says what it was told to say, and counts."""

    def __init__(self, says: Inspection, *, revoked: bool = False) -> None:
        self.says = says
        self.revoked = revoked
        self.asked = 0

    def inspect(
        self,
        data: bytes,  # noqa: ARG002
        *,
        now: dt.datetime,  # noqa: ARG002
        limits: Limits,  # noqa: ARG002
        crls: Sequence[bytes] = (),  # noqa: ARG002
    ) -> Inspection:
        self.asked += 1
        return self.says

    def signer_revoked(
        self,
        data: bytes,  # noqa: ARG002
        *,
        crls: Sequence[bytes],
        now: dt.datetime,  # noqa: ARG002
        proven_at: dt.datetime,  # noqa: ARG002
    ) -> bool:
        assert crls, "nobody asks without lists"
        return self.revoked


def attachments(pdf: bytes) -> dict[str, bytes]:
    """The files embedded in a PDF."""
    return dict(_attached(PdfFileReader(io.BytesIO(pdf))))


def _attached(reader: PdfFileReader) -> Iterator[tuple[str, bytes]]:
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    for at in range(0, len(names), 2):
        yield str(names[at]), names[at + 1]["/EF"]["/F"].data
