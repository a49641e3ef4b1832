"""Several dispatchers at once, and one that is killed while it handles a message."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from app.core.clock import SystemClock
from app.core.database import Database
from app.outbox.service.posting import Outbox
from tests.app.outbox.dispatch_child import TOPIC
from tests.app.racing import started
from tests.conftest import Servers

KEYS, EACH = 6, 20
KILLED = -signal.SIGKILL


@contextmanager
def tables(database: Database) -> Iterator[None]:
    """Where the handlers write."""
    inside = "CREATE TABLE raced_inside (at serial, message text, key text, n integer)"
    with database.separate() as tx:
        tx.execute(text(inside))
        tx.execute(text("CREATE TABLE raced_outside (message text, alone boolean)"))
    try:
        yield
    finally:
        with database.separate() as tx:
            tx.execute(text("DROP TABLE raced_inside, raced_outside"))


def dispatched(servers: Servers, *dies_at: int) -> list[tuple[int | None, str]]:
    """Let dispatchers run at once; returns exit code and output of each."""
    arguments = [(servers.database_url, str(one)) for one in dies_at]
    with started("tests.app.outbox.dispatch_child", arguments) as children:
        outputs = [child.rest() for child in children]
        return [(child.exitcode, out) for child, out in zip(children, outputs, strict=True)]


def filled(database: Database) -> set[str]:
    outbox = Outbox(database=database, clock=SystemClock())
    ids = set()
    with database.transaction():
        for n in range(EACH):
            for key in range(KEYS):
                ids.add(outbox.post(TOPIC, key=f"key-{key}", payload={"n": n}))
        outbox.post(TOPIC, key="later", payload={"n": 0}, after=timedelta(days=1))
    return ids


def rows(database: Database, sql: str) -> list[Any]:
    with database.separate() as tx:
        return list(tx.execute(text(sql)).all())


def by_key(database: Database) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for key, n in rows(database, "SELECT key, n FROM raced_inside ORDER BY at"):
        found.setdefault(key, []).append(n)
    return found


def test_two_dispatchers_handle_every_message_none_at_once_each_key_in_order(
    servers: Servers, database: Database
) -> None:
    ids = filled(database)
    with tables(database):
        found = dispatched(servers, 0, 0)
        assert [code for code, _ in found] == [0, 0]
        assert sum(int(out) for _, out in found) == len(ids)
        outside = rows(database, "SELECT message, alone FROM raced_outside")
        assert {message for message, _ in outside} == ids
        assert len(outside) == len(ids)
        assert all(alone for _, alone in outside)
        assert by_key(database) == {f"key-{key}": list(range(EACH)) for key in range(KEYS)}


def test_a_dispatcher_killed_in_the_middle_loses_nothing_and_repeats_only_outside(
    servers: Servers, database: Database
) -> None:
    ids = filled(database)
    with tables(database):
        found = dispatched(servers, 9, 0)
        assert found[0][0] == KILLED
        assert found[1][0] == 0
        dispatched(servers, 0)  # whatever the killed one's lock may have kept back
        outside = rows(database, "SELECT message FROM raced_outside")
        assert {message for (message,) in outside} == ids
        assert len(outside) == len(ids) + 1
        assert by_key(database) == {f"key-{key}": list(range(EACH)) for key in range(KEYS)}
        left = "SELECT count(*) FROM outbox_messages WHERE delivered_at IS NULL"
        assert rows(database, left) == [(1,)]
