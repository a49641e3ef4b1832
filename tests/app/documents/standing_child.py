"""One process among several that end the same certificate at the same moment.

Run as `python -m tests.app.documents.standing_child URL CERTIFICATE STATE REASON`; begins at a
line on its standard input and prints "done" or the code of the refusal.
"""

from __future__ import annotations

import sys

import app.identity.models.person
import app.partners.models  # noqa: F401 - tables that certificates refer to
from app.audit.service import AccessLog, Actor
from app.core.database import Database
from app.core.errors import DomainError
from app.documents.service.standing import CertificateStanding
from tests.fakes import FakeClock


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main(url: str, certificate_id: str, state: str, reason: str) -> None:
    clock, database = FakeClock(), Database(url, pool_size=1)
    standing = CertificateStanding(
        database=database, clock=clock, accesses=AccessLog(database=database, clock=clock)
    )
    database.ping()
    say("ready")
    sys.stdin.readline()
    staff = Actor(kind="staff", id="s-1", name="staff")
    try:
        standing.move(certificate_id, to=state, reason=reason, by=staff)
        say("done")
    except DomainError as refused:
        say(refused.kind.code)
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
