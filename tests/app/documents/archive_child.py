"""One process among several that upgrade certificates at the same time.

Run as `python -m tests.app.documents.archive_child URL NOW HOW`; begins at a line on its standard
input and prints how many it upgraded. HOW: `quick`, or `stuck` to claim one and never come back.
"""

from __future__ import annotations

import hashlib
import secrets
import sys
import time
from datetime import datetime

import app.exchange.models
import app.identity.models.person  # noqa: F401 - tables that certificates refer to
from app.audit.service import AccessLog
from app.core.database import Database
from app.core.fields import FieldCipher
from app.documents.records import ArchivedDocument
from app.documents.service.archiving import CertificateArchiving
from tests.app.documents.quick_bench import Ring
from tests.fakes import FakeClock


class Quick:
    """Takes a moment, so that the others look for work meanwhile."""

    def upgrade(self, pdf: bytes, *, now: datetime) -> ArchivedDocument:
        time.sleep(0.005)
        longer = pdf + secrets.token_bytes(8)
        digest = hashlib.sha256(longer).hexdigest()
        return ArchivedDocument(pdf=longer, sha256=digest, stamped_at=now)


class Stuck:
    def upgrade(self, pdf: bytes, *, now: datetime) -> ArchivedDocument:  # noqa: ARG002
        say("stuck")
        sys.stdin.readline()
        raise SystemExit


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main(url: str, now: str, how: str) -> None:
    clock = FakeClock(datetime.fromisoformat(now))
    database = Database(url, pool_size=2)
    job = CertificateArchiving(
        archivist=Stuck() if how == "stuck" else Quick(),
        database=database,
        accesses=AccessLog(database=database, clock=clock),
        cipher=FieldCipher(fields=Ring(), index=Ring()),
        clock=clock,
    )
    database.ping()
    say("ready")
    sys.stdin.readline()
    archived = job.run().archived
    database.close()
    say(archived)


if __name__ == "__main__":
    main(*sys.argv[1:])
