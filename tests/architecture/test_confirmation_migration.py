"""Provisional certificates from before there were confirmations are settled too."""

from __future__ import annotations

from sqlalchemy import Connection

from tests.architecture.test_migration_steps import (
    connection,  # noqa: F401 - a fixture
    go,
    refused_by,
    rows,
    run,
)

PERSON = (
    "INSERT INTO persons (id, citizen_hash, name, citizen_number, created_at)"
    " VALUES ('prs', '', '', '', now())"
)
CERTIFICATE = (
    "INSERT INTO certificates (id, person_id, type, number, serial, version, state, issued_at,"
    " valid_until, provisional, sha256, check_code_hash, signer) VALUES (:id, 'prs', :id, :id,"
    " :n, 1, :state, now(), now() + interval '1 day', :provisional,"
    " decode(lpad(CAST(:n AS text), 64, '0'), 'hex'), '', '')"
)
OPEN = "SELECT id, state, attempts FROM certificate_confirmations ORDER BY id"


def certify(
    connection: Connection,  # noqa: F811 - not the fixture
    id: str,  # noqa: A002 - of the row
    n: int,
    *,
    state: str = "valid",
    provisional: bool = True,
) -> None:
    run(connection, CERTIFICATE, id=id, n=n, state=state, provisional=provisional)


def test_live_provisional_certificates_are_to_be_confirmed(
    connection: Connection,  # noqa: F811 - the fixture
) -> None:
    go(connection, "0090")
    run(connection, PERSON)
    certify(connection, "old", 1)
    certify(connection, "suspended", 2, state="suspended")
    certify(connection, "revoked", 3, state="revoked")
    certify(connection, "ordinary", 4, provisional=False)

    go(connection, "0100")

    certify(connection, "new", 5)
    certify(connection, "plain", 6, provisional=False)
    assert rows(connection, OPEN) == [(name, "waiting", 0) for name in ("new", "old", "suspended")]


def test_the_database_itself_keeps_claims_and_ends(
    connection: Connection,  # noqa: F811 - the fixture
) -> None:
    go(connection, "0100")
    run(connection, PERSON)
    certify(connection, "one", 1)
    change = "UPDATE certificate_confirmations SET "
    with refused_by(connection, "claimed_while_working"):
        run(connection, f"{change} state = 'working'")
    with refused_by(connection, "move of certificate_confirmations refused"):
        run(connection, f"{change} state = 'confirmed', settled_at = now()")
    run(connection, f"{change} state = 'working', claim = 'c', claimed_until = now()")
    with refused_by(connection, "settled_in_the_end"):
        run(connection, f"{change} state = 'confirmed', claim = NULL, claimed_until = NULL")
    free = "claim = NULL, claimed_until = NULL"
    run(connection, f"{change} state = 'confirmed', settled_at = now(), {free}")
    with refused_by(connection, "move of certificate_confirmations refused"):
        run(connection, f"{change} state = 'recalled'")


def test_going_back_leaves_the_certificates(
    connection: Connection,  # noqa: F811 - the fixture
) -> None:
    go(connection, "0100")
    run(connection, PERSON)
    certify(connection, "one", 1)

    go(connection, "0090")
    certify(connection, "two", 2)

    assert rows(connection, "SELECT id FROM certificates ORDER BY id") == [("one",), ("two",)]
