"""The migration to offline codes works beside the version before it, and back."""

from __future__ import annotations

from sqlalchemy import Connection

from tests.architecture.test_migration_steps import PERSON, connection, go, refused_by, rows, run

__all__ = ("connection",)

CARD = (
    "INSERT INTO cards (id, person_id, scheme, state, created_at, state_changed_at) "
    "VALUES (:id, 'per', 'social_security', 'ACTIVE', now(), now())"
)


def test_cards_from_before_and_of_the_version_before_are_kept(connection: Connection) -> None:
    go(connection, "0090")
    run(connection, PERSON)
    run(connection, CARD, id="old")

    go(connection, "0130")
    run(connection, "UPDATE cards SET state = 'LOST' WHERE id = 'old'")
    run(connection, "UPDATE cards SET state = 'REISSUED' WHERE id = 'old'")
    run(connection, CARD, id="new")

    assert rows(connection, "SELECT id, cancel_reason FROM cards ORDER BY id") == [
        ("new", None),
        ("old", None),
    ]
    with refused_by(connection, "cancelled_for_a_reason"):
        run(connection, "UPDATE cards SET state = 'CANCELLED' WHERE id = 'new'")


def test_going_back_leaves_the_cards(connection: Connection) -> None:
    go(connection, "0130")
    run(connection, PERSON)
    run(connection, CARD, id="new")
    run(
        connection,
        "UPDATE cards SET state = 'CANCELLED', cancel_reason = 'MOVED' WHERE id = 'new'",
    )

    go(connection, "0090")

    assert rows(connection, "SELECT id, state FROM cards") == [("new", "CANCELLED")]
