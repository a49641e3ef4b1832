"""Certificates from before there were status lists get places, and the version before works on."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from tests.architecture.test_migration_steps import (
    connection,  # noqa: F401 - a fixture
    go,
    rows,
    run,
)

PERSON = (
    "INSERT INTO persons (id, citizen_hash, name, citizen_number, created_at)"
    " VALUES ('prs', '', '', '', now())"
)
CERTIFICATE = (
    "INSERT INTO certificates (id, person_id, type, number, serial, version, state, issued_at,"
    " valid_until, provisional, sha256, check_code_hash, signer) VALUES (:id, 'prs', 't', :number,"
    " 1, :version, 'revoked', now(), now() + interval '1 day', false,"
    " decode(lpad(CAST(:version AS text), 64, '0'), 'hex'), '', '')"
)
ACCESS = (
    "INSERT INTO access_events (id, person_id, at, actor_kind, actor_id, actor, action, purpose,"
    " fields, request_id) VALUES ('acc', 'prs', now(), 'self', '', '', '', '', '{}', '')"
)


def test_certificates_there_are_get_places_of_their_own(
    connection: Connection,  # noqa: F811 - the fixture
) -> None:
    go(connection, "0080")
    run(connection, PERSON)
    for n in range(1, 31):
        run(connection, CERTIFICATE, id=f"{n}", number=f"{n}", version=n)

    go(connection, "0081")

    found = rows(connection, "SELECT status_list, status_index, version FROM certificates")
    [listed] = rows(connection, "SELECT id, size FROM status_lists")
    assert {one.status_list for one in found} == {listed.id}
    assert len({one.status_index for one in found}) == 30
    assert all(0 <= one.status_index < listed.size for one in found)
    by_issue = [one.status_index for one in sorted(found, key=lambda one: one.version)]
    assert by_issue != sorted(by_issue)  # once in 30! it is
    with pytest.raises(IntegrityError, match="only the state"), connection.begin_nested():
        run(connection, "UPDATE certificates SET status_index = 1")


def test_the_version_before_status_lists_works_on(
    connection: Connection,  # noqa: F811 - the fixture
) -> None:
    go(connection, "0084")
    run(connection, PERSON)
    run(connection, CERTIFICATE, id="1", number="1", version=1)
    run(connection, ACCESS)
    assert rows(connection, "SELECT status_list FROM certificates") == [(None,)]

    go(connection, "0002")

    assert rows(connection, "SELECT id FROM certificates") == [("1",)]
    go(connection, "0084")
    assert rows(connection, "SELECT count(status_index) FROM certificates") == [(1,)]
