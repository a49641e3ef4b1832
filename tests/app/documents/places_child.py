"""One process among several that give certificates places in small lists.

Run as `python -m tests.app.documents.places_child URL NAME COUNT SIZE`; begins at a line on its
standard input. It copies the only issued certificate under new names, withdrawn.
"""

from __future__ import annotations

import secrets
import sys

from sqlalchemy import text

import app.identity.models.person  # noqa: F401 - a table that certificates refer to
from app.core.database import Database
from app.documents.service.places import allot
from tests.fakes import FakeClock

COPY = text(
    "INSERT INTO certificates (id, number, serial, version, state, sha256, status_list,"
    " status_index, person_id, type, issued_at, valid_until, provisional, check_code_hash, signer)"
    " SELECT :id, :id, :serial, 1, 'revoked', :sha, :status_list, :status_index, person_id, type,"
    " issued_at, valid_until, provisional, check_code_hash, signer"
    " FROM certificates WHERE state = 'valid'"
)


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def main(url: str, name: str, count: str, size: str) -> None:
    database, clock = Database(url, pool_size=1), FakeClock()
    database.ping()
    say("ready")
    sys.stdin.readline()
    for n in range(int(count)):
        with database.separate() as tx:
            place = allot(tx, now=clock.now(), randbelow=secrets.randbelow, size=int(size))
            new = {
                "id": f"{name}-{n}",
                "serial": secrets.randbits(60),
                "sha": secrets.token_bytes(32),
            }
            tx.execute(COPY, {**new, **place})
    database.close()
    say(count)


if __name__ == "__main__":
    main(*sys.argv[1:])
