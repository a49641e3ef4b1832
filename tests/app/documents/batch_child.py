"""A process that works batches off with the real library, and stands still at one point of it.

Run as `python -m tests.app.documents.batch_child URL KEYS EXCHANGE STAGE SECONDS`. Where the first
item reaches STAGE it prints `at STAGE` and waits to be killed; with STAGE `end` it works until the
queue is empty and prints how many items it ended. SECONDS is how far its clock runs ahead.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

import app.exchange.models
import app.identity.models.person  # noqa: F401 - tables that certificates refer to
from app.audit.service import AccessLog
from app.core.database import Database
from app.core.fields import FieldCipher
from app.documents.making import Workshop
from app.documents.models import Certificate
from app.documents.records import MadeDocument, Order
from app.documents.service.batches.items import BatchItems
from app.documents.service.batches.workers import BatchWorkers
from app.documents.service.issuing import CertificateIssuing
from certificates.catalogue import Catalogue
from certificates.departments import Department
from certificates.keys import FileKeys
from certificates.maker import CertificateMaker
from certificates.pki import Pki
from certificates.signatory import Signatory
from sandbox.departments.told import ZHOU
from tests.app.documents.quick_bench import Ring, gatherer
from tests.app.registry import record
from tests.fakes import FakeClock


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


@dataclass
class Stage:
    """The point at which this process stands still."""

    name: str

    def reached(self, name: str) -> None:
        if name == self.name:
            say(f"at {name}")
            sys.stdin.read()


@dataclass(frozen=True)
class Said:
    """A source that always says the same, of Zhou."""

    exchange_id: str
    as_of: datetime
    records: tuple[dict[str, Any], ...]
    record_version: str = "1"
    live: bool = True
    citizen_number: str = ZHOU[0]
    name: str = ZHOU[1]

    @property
    def record(self) -> dict[str, Any]:
        (only,) = self.records
        return only

    def identity_of(self, _person_id: str) -> Said:
        return self

    def lookup(self, **_: object) -> Said:
        return self


class StandingPki(Pki):
    """Asked for a signatory once the page is laid out."""

    stage: Stage

    def signatory(self, department: Department, *, now: datetime) -> Signatory:
        self.stage.reached("rendered")
        return super().signatory(department, now=now)


class StandingWorkshop(Workshop):
    """Stands still with a signed file in its hands."""

    stage: Stage

    def make(self, order: Order) -> MadeDocument:
        made = super().make(order)
        self.stage.reached("signed")
        return made


def workshop(keys: FileKeys, stage: Stage, now: datetime) -> Workshop:
    catalogue, pki = Catalogue.load(), StandingPki.open(keys=keys, now=now)
    pki.stage = stage
    maker = CertificateMaker(
        catalogue=catalogue,
        pki=pki,
        check_key=keys.private_key("check"),
        check_base_url="https://check.example",
    )
    made = StandingWorkshop(
        catalogue=catalogue,
        maker=maker,
        inspector=None,  # type: ignore[arg-type]  # nothing is checked here
        root_pem=b"",
    )
    made.stage = stage
    return made


def stand_at_commit(stage: Stage) -> None:
    """All is written and flushed; or it is committed and nobody has been told."""

    def flushed(session: Session, _context: object) -> None:
        if any(isinstance(one, Certificate) for one in session.new):
            session.info["certificate"] = True

    def before(session: Session) -> None:
        if session.info.get("certificate"):
            stage.reached("written")

    def after(session: Session) -> None:
        if session.info.get("certificate"):
            stage.reached("committed")

    event.listen(Session, "after_flush", flushed)
    event.listen(Session, "before_commit", before)
    event.listen(Session, "after_commit", after)


def main(url: str, keys: str, exchange: str, stage_name: str, seconds: str) -> None:
    clock, stage = FakeClock(), Stage(stage_name)
    said = Said(exchange, clock.now(), (record(*ZHOU),))
    nothing = Said(exchange, clock.now(), ())
    clock.advance(seconds=float(seconds))
    database, cipher = Database(url, pool_size=2), FieldCipher(fields=Ring(), index=Ring())
    stand_at_commit(stage)
    issuing = CertificateIssuing(
        workbench=workshop(FileKeys(Path(keys)), stage, clock.now()),
        gatherer=gatherer(
            database,
            population=said,
            home_ownership=nothing,
            marriage=nothing,
            criminal_record=nothing,
        ),
        persons=said,
        database=database,
        accesses=AccessLog(database=database, clock=clock),
        cipher=cipher,
        clock=clock,
    )
    workers = BatchWorkers(
        items=BatchItems(database=database, cipher=cipher, clock=clock),
        issuing=issuing,
        database=database,
        clock=clock,
    )
    ended = 0
    while workers.work_one():
        ended += 1
    database.close()
    say(ended)


if __name__ == "__main__":
    main(*sys.argv[1:])
