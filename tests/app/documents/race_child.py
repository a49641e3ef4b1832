"""One process among several that issue the same certificate at the same moment.

Run as `python -m tests.app.documents.race_child URL PERSON EXCHANGE COUNT`; begins at a line on
its standard input and prints how many certificates it issued.
"""

from __future__ import annotations

import sys

import app.exchange.models
import app.identity.models.person  # noqa: F401 - tables that certificates refer to
from app.audit.service import AccessLog
from app.core.database import Database
from app.core.fields import FieldCipher
from app.documents.records import Holder
from app.documents.service.issuing import CertificateIssuing
from tests.app.documents.quick_bench import KIND, Known, QuickBench, Ring, gatherer
from tests.fakes import FakeClock


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main(url: str, person_id: str, exchange_id: str, count: str) -> None:
    clock = FakeClock()
    database = Database(url, pool_size=2)
    known = Known(exchange_id=exchange_id, as_of=clock.now())
    issuing = CertificateIssuing(
        workbench=QuickBench(),  # type: ignore[arg-type]
        gatherer=gatherer(database, population=known),
        persons=known,
        database=database,
        accesses=AccessLog(database=database, clock=clock),
        cipher=FieldCipher(fields=Ring(), index=Ring()),
        clock=clock,
    )
    holder = Holder(person_id=person_id, level="L1", device="device")
    database.ping()
    say("ready")
    sys.stdin.readline()
    made = [issuing.issue(holder, KIND.code) for _ in range(int(count))]
    database.close()
    say(len(made))


if __name__ == "__main__":
    main(*sys.argv[1:])
