"""Webhooks from before there were feeds go on as they were, and the version before works on."""

from __future__ import annotations

from sqlalchemy import Connection

from tests.architecture.test_migration_steps import (
    connection,  # noqa: F401 - a fixture
    go,
    refused_by,
    rows,
    run,
)

MERCHANT = "INSERT INTO merchants (id, name, created_at) VALUES ('mer', '药房', now())"
WEBHOOK = (
    "INSERT INTO webhook_endpoints (id, merchant_id, url, state, created_at, state_changed_at,"
    " failures) VALUES (:id, 'mer', :id, 'ACTIVE', now(), now(), 0)"
)
SECRET = (
    "INSERT INTO webhook_secrets (id, endpoint_id, secret, created_at)"
    " VALUES (:id, 'old', '', now())"
)


def test_webhooks_of_the_version_before_are_for_certificates(
    connection: Connection,  # noqa: F811 - the fixture
) -> None:
    go(connection, "0143")
    run(connection, MERCHANT)
    run(connection, WEBHOOK, id="old")

    go(connection, "0150")
    run(connection, WEBHOOK, id="meanwhile")

    seen = "SELECT DISTINCT events FROM webhook_endpoints"
    assert rows(connection, seen) == [(["certificate.*"],)]
    with refused_by(connection, "webhook_endpoints_events"):
        run(connection, "UPDATE webhook_endpoints SET events = '{}'")


def test_a_webhook_has_one_current_secret(
    connection: Connection,  # noqa: F811 - the fixture
) -> None:
    go(connection, "0150")
    run(connection, MERCHANT)
    run(connection, WEBHOOK, id="old")
    run(connection, SECRET, id="one")
    with refused_by(connection, "uq_webhook_secrets_endpoint_id_current"):
        run(connection, SECRET, id="two")
    run(connection, "UPDATE webhook_secrets SET expires_at = now()")
    run(connection, SECRET, id="two")


def test_going_back_leaves_the_webhooks(
    connection: Connection,  # noqa: F811 - the fixture
) -> None:
    go(connection, "0150")
    run(connection, MERCHANT)
    run(connection, WEBHOOK, id="one")

    go(connection, "0143")
    run(connection, WEBHOOK, id="two")

    assert rows(connection, "SELECT id FROM webhook_endpoints ORDER BY id") == [("one",), ("two",)]
