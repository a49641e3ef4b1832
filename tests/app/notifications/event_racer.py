"""One of several processes that do something with a partner's events, at the same moment.

Run as `python -m tests.app.notifications.event_racer ACT URL MERCHANT ARGUMENT`:

* `write NAME` takes part in ROUNDS transactions of the feed, each third of which is rolled back;
* `read WANTED` reads on until it has seen so many events, and prints their numbers;
* `replay WEBHOOK` replays all its dead letters, and prints how many;
* `rotate WEBHOOK:KEYS` replaces its secret, with the keys of that folder.
"""

from __future__ import annotations

import secrets
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from app.core.clock import SystemClock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.keys.files import FileKeys
from app.notifications.service.dead_letters import DeadLetters
from app.notifications.service.feed import EventFeed
from app.notifications.service.feeding import appended
from app.notifications.service.publishing import Webhooks
from app.notifications.service.signing_secrets import WebhookSecrets
from app.outbox.service.posting import Outbox
from app.partners.models import Merchant

ROUNDS: Final = 30
KEPT: Final = ROUNDS - ROUNDS // 3
_PATIENCE_S: Final = 40
REFERRED_TO: Final = (Merchant,)
"""Tables that a feed refers to must be known before a row is written."""


class Undone(Exception):  # noqa: N818 - reads as what happened
    """A transaction that does not commit."""


def say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def write(database: Database, merchant_id: str, name: str) -> str:
    for n in range(ROUNDS):
        with suppress(Undone), database.separate() as tx:
            appended(
                tx,
                merchant_id,
                event_type="certificate.revoked",
                about=name,
                data={"n": n},
                at=SystemClock().now(),
            )
            if n % 3 == 2:
                raise Undone
    return "done"


def read(database: Database, merchant_id: str, wanted: str) -> str:
    feed, seen, after = EventFeed(database=database), list[int](), 0
    ends = time.monotonic() + _PATIENCE_S
    while len(seen) < int(wanted) and time.monotonic() < ends:
        page = feed.page(merchant_id, after=after, limit=7)
        seen += [event.sequence for event in page.items]
        after = page.next
    return " ".join(map(str, seen))


def replay(database: Database, merchant_id: str, endpoint_id: str) -> str:
    clock = SystemClock()
    webhooks = Webhooks(clock=clock, outbox=Outbox(database=database, clock=clock))
    letters = DeadLetters(database=database, clock=clock, webhooks=webhooks)
    done = letters.replay_time(merchant_id, endpoint_id, since=None, until=None)
    return str(done.count)


def rotate(database: Database, merchant_id: str, argument: str) -> str:
    endpoint_id, _, folder = argument.partition(":")
    clock = SystemClock()
    keys = FileKeys(Path(folder), clock=clock)
    signing = WebhookSecrets(
        database=database,
        clock=clock,
        cipher=FieldCipher(fields=keys.secrets("fields"), index=keys.secrets("index")),
        randomness=secrets.token_bytes,
    )
    return signing.rotate(merchant_id, endpoint_id, overlap=timedelta(hours=1)).secret


def main(act: str, url: str, merchant_id: str, argument: str) -> None:
    database = Database(url, pool_size=1)
    database.ping()
    say("ready")
    sys.stdin.readline()
    say(
        {"write": write, "read": read, "replay": replay, "rotate": rotate}[act](
            database, merchant_id, argument
        )
    )
    database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
