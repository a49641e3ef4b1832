"""Each migration goes both ways, and the version before it can work beside it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, pool, text
from sqlalchemy.exc import IntegrityError

from app.core.database import Base
from tests.conftest import Servers

FOLDER = Path(__file__).parents[2] / "migrations"
CONSENT = (
    "INSERT INTO consents (id, person_hash, thumbprint, purpose, text_version, accepted_at) "
    "VALUES ('cns', '', 't', 'login', '2026-11', now())"
)
BEGIN = (
    "INSERT INTO verification_sessions (id, thumbprint, person_hash, purpose, consent_id, state,"
    " step, steps, created_at, revealed_at, expires_at, subject, challenge, chain) VALUES "
    "(:id, 't', '', 'login', 'cns', 'CREATED', 0, 2, now(), now(), now(), '', '', '')"
)
ANSWER = (
    "INSERT INTO verification_steps (session_id, n, fingerprint, answer, kept_until) "
    "VALUES (:id, 0, '', '', now())"
)
MEASURE = "INSERT INTO verification_evidence (session_id, n, content) VALUES (:id, 0, '')"
COUNT = (
    "INSERT INTO lockouts (subject, failures, pauses, failed_at, paused_until) "
    "VALUES (:subject, :failures, 1, now(), now())"
)
PERSON = (
    "INSERT INTO persons (id, citizen_hash, name, citizen_number, created_at) "
    "VALUES ('per', '', '', '', now())"
)
CERTIFICATE = (
    "INSERT INTO certificates (id, person_id, type, number, serial, version, state, issued_at, "
    "valid_until, provisional, sha256, check_code_hash, signer) VALUES (:id, 'per', :id, :id, 1, "
    "1, 'valid', now(), now() + interval '1 day', false, CAST(:hash AS bytea), '', 's')"
)
ARCHIVE = (
    "INSERT INTO certificate_archives (id, sha256, pdf, stamped_at, archived_at) "
    "VALUES ('one', decode(repeat('22', 32), 'hex'), 'sealed', now(), now())"
)
END = (
    "UPDATE verification_sessions SET state = 'FAILED', retry_code = 'X', ended_at = now(), "
    "subject = NULL, challenge = NULL, chain = NULL WHERE id = :id"
)


@pytest.fixture
def connection(servers: Servers) -> Iterator[Connection]:
    """To a database of its own, empty."""
    name = f"steps_{secrets.token_hex(4)}"
    server = create_engine(servers.database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as admin:
        admin.execute(text(f"CREATE DATABASE {name}"))
        url = make_url(servers.database_url).set(database=name)
        engine = create_engine(url, poolclass=pool.NullPool)
        with engine.connect() as opened:
            yield opened
        admin.execute(text(f"DROP DATABASE {name}"))
    server.dispose()


@cache
def revisions() -> tuple[str, ...]:
    """All of them, the first first."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    found = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    return tuple(reversed(found))


def go(connection: Connection, revision: str) -> None:
    connection.commit()
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    order = revisions()
    back = (at := _at(connection)) and order.index(revision) < order.index(at)
    move = command.downgrade if back else command.upgrade
    move(config, revision)
    connection.commit()


def _at(connection: Connection) -> str:
    at = MigrationContext.configure(connection).get_current_revision() or ""
    connection.commit()
    return at


def run(connection: Connection, sql: str, **values: Any) -> None:
    connection.execute(text(sql), values)


def rows(connection: Connection, sql: str) -> list[Any]:
    return list(connection.execute(text(sql)).all())


@contextmanager
def refused_by(connection: Connection, constraint: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=constraint), connection.begin_nested():
        yield


def test_there_and_back_leaves_what_the_models_say(connection: Connection) -> None:
    steps = revisions()
    for revision in (*steps, *reversed(steps[:-1]), *steps[1:]):
        go(connection, revision)

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, Base.metadata) == []


def test_rows_from_before_parts_and_receipts_are_kept(connection: Connection) -> None:
    go(connection, "0001")
    run(connection, CONSENT)
    for sql in (BEGIN, ANSWER, MEASURE):
        run(connection, sql, id="old")
    run(connection, COUNT, subject="person:1", failures=3)

    go(connection, "0002")

    seen = "SELECT variant, part, received, receipt FROM verification_sessions"
    assert rows(connection, seen) == [("no_light", 0, 0, None)]
    assert rows(connection, "SELECT failed_sessions FROM lockouts") == [(8,)]
    for table in ("verification_steps", "verification_evidence"):
        assert rows(connection, f"SELECT session_id, n, part FROM {table}") == [("old", 0, -1)]  # noqa: S608


def test_the_version_before_parts_and_receipts_works_on(connection: Connection) -> None:
    go(connection, "0002")
    run(connection, CONSENT)
    for sql in (BEGIN, ANSWER, MEASURE, END):
        run(connection, sql, id="old")
    run(connection, COUNT, subject="device:1", failures=4)

    assert rows(connection, "SELECT state FROM verification_sessions") == [("FAILED",)]


def test_the_database_itself_bounds_parts_failures_and_receipts(connection: Connection) -> None:
    go(connection, "0002")
    run(connection, CONSENT)
    run(connection, BEGIN, id="new")

    run(connection, COUNT, subject="address:1", failures=19)
    with refused_by(connection, "failures_below_limit"):
        run(connection, COUNT, subject="address:2", failures=-1)
    with refused_by(connection, "failures_below_limit"):
        run(connection, COUNT, subject="person:1", failures=5)
    with refused_by(connection, "parts_bounded"):
        run(connection, "UPDATE verification_sessions SET part = 17")
    with refused_by(connection, "receipt_of_end"):
        run(connection, "UPDATE verification_sessions SET receipt = '', receipt_digest = ''")
    run(connection, END, id="new")
    with refused_by(connection, "receipt_of_end"):
        run(connection, "UPDATE verification_sessions SET receipt = ''")


def test_certificates_from_before_archives_are_to_be_archived_too(
    connection: Connection,
) -> None:
    go(connection, "0001")
    run(connection, PERSON)
    run(connection, CERTIFICATE, id="old", hash="\\x" + "11" * 32)

    go(connection, "0060")
    run(connection, CERTIFICATE, id="new", hash="\\x" + "22" * 32)

    jobs = "SELECT id, state, attempts FROM certificate_archive_jobs ORDER BY id"
    assert rows(connection, jobs) == [("new", "waiting", 0), ("old", "waiting", 0)]


def test_the_database_itself_keeps_archives_and_claims(connection: Connection) -> None:
    go(connection, "0060")
    run(connection, PERSON)
    run(connection, CERTIFICATE, id="one", hash="\\x" + "11" * 32)
    run(connection, ARCHIVE)

    run(connection, "UPDATE certificate_archives SET pdf = 'sealed anew'")
    for change in (
        "stamped_at = now() + interval '1 s'",
        "sha256 = decode(repeat('33', 32), 'hex')",
    ):
        with refused_by(connection, "only sealed anew"):
            run(connection, f"UPDATE certificate_archives SET {change}")  # noqa: S608
    with refused_by(connection, "only sealed anew"):
        run(connection, "DELETE FROM certificate_archives")
    with refused_by(connection, "pk_certificate_archives"):
        run(connection, ARCHIVE)
    with refused_by(connection, "claimed_while_working"):
        run(connection, "UPDATE certificate_archive_jobs SET state = 'working'")
    with refused_by(connection, "move of certificate_archive_jobs refused"):
        run(connection, "UPDATE certificate_archive_jobs SET state = 'done'")


def test_going_back_from_archives_leaves_the_certificates(connection: Connection) -> None:
    go(connection, "0060")
    run(connection, PERSON)
    run(connection, CERTIFICATE, id="one", hash="\\x" + "11" * 32)
    run(connection, ARCHIVE)

    go(connection, "0002")
    run(connection, CERTIFICATE, id="two", hash="\\x" + "22" * 32)

    assert rows(connection, "SELECT id FROM certificates ORDER BY id") == [("one",), ("two",)]


def test_going_back_ends_what_only_parts_made_possible(connection: Connection) -> None:
    go(connection, "0002")
    run(connection, CONSENT)
    for session in ("parts", "whole"):
        for sql in (BEGIN, ANSWER, MEASURE):
            run(connection, sql, id=session)
    run(connection, "UPDATE verification_sessions SET part = 1 WHERE id = 'parts'")
    run(connection, "UPDATE verification_evidence SET part = 0 WHERE session_id = 'parts'")
    run(connection, COUNT, subject="address:1", failures=12)

    go(connection, "0001")

    states = "SELECT id, state FROM verification_sessions ORDER BY id"
    assert rows(connection, states) == [("parts", "EXPIRED"), ("whole", "CREATED")]
    assert rows(connection, "SELECT session_id, n FROM verification_evidence") == [("whole", 0)]
    assert rows(connection, "SELECT count(*) FROM lockouts") == [(0,)]


ASK = (
    "INSERT INTO exchanges (id, at, case_id, source, contract, purpose, fields, outcome, failure,"
    " fault, latency_ms, record_version) VALUES (:id, now(), 'cer', 'population', 'p/1.0.0', 'c',"
    " '{}', :outcome, :failure, :fault, 1, :version)"
)


def asked(connection: Connection, outcome: str, version: str | None = None) -> None:
    failed = version is None and outcome != "not_found"
    whose = {"failure": "overloaded", "fault": "theirs"} if failed else {}
    values = {"failure": None, "fault": None, **whose}
    run(connection, ASK, id=outcome, outcome=outcome, version=version, **values)


def test_the_version_before_kept_answers_works_on(connection: Connection) -> None:
    go(connection, "0043")
    asked(connection, "live", "v1")
    asked(connection, "not_found")
    asked(connection, "failed")
    with refused_by(connection, "outcome"):
        asked(connection, "guessed")


def test_going_back_calls_what_was_served_from_kept_answers_failed(connection: Connection) -> None:
    go(connection, "0041")
    asked(connection, "live", "v1")
    asked(connection, "partial")
    for outcome in ("stale", "cached"):
        run(
            connection,
            ASK.replace("record_version)", "record_version, kept_from)").replace(
                ":version)", ":version, 'live')"
            ),
            id=outcome,
            outcome=outcome,
            version="v1",
            failure="overloaded",
            fault="theirs",
        )
    with refused_by(connection, "kept_has_origin"):
        run(connection, "UPDATE exchanges SET kept_from = NULL WHERE id = 'stale'")

    go(connection, "0040")

    seen = "SELECT outcome, count(*) FROM exchanges GROUP BY outcome ORDER BY outcome"
    assert rows(connection, seen) == [("failed", 3), ("live", 1)]
