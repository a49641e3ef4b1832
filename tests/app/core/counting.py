"""A write that can be counted: one row a time it is really done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Response
from flask_openapi import OpenAPI
from pydantic import Field
from sqlalchemy import text

from app.core.access.guards import phone
from app.core.database import Database
from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply, reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent

PATH = "/v1/counts"


class CountBody(JsonBody):
    step: int = Field(ge=1)
    note: str = Field(default="", max_length=100)
    loud: bool = False


class Counted(Reply):
    step: int
    note: str


def nothing() -> None:
    """What happens between the work and its commit, ordinarily."""


def add_counting(app: OpenAPI, during: Callable[[], None] = nothing) -> None:
    """Add POST /v1/counts, before the first request."""

    @app.post(PATH)
    @phone
    @idempotent()
    def count(body: CountBody) -> Response:
        with service(Database).transaction() as tx:
            tx.execute(text("INSERT INTO test_counts (step) VALUES (:step)"), {"step": body.step})
            tx.flush()
            during()
        counted = Counted(step=body.step, note=body.note)
        return reply(counted, 201, headers={"Location": f"{PATH}/{body.step}", "X-Other": "1"})


@contextmanager
def counts_table(database: Database) -> Iterator[None]:
    """The table of this test alone."""
    with database.separate() as tx:
        tx.execute(text("CREATE TABLE IF NOT EXISTS test_counts (step integer)"))
        tx.execute(text("TRUNCATE test_counts"))
    try:
        yield
    finally:
        with database.separate() as tx:
            tx.execute(text("DROP TABLE test_counts"))


def counted(database: Database) -> int:
    """How often it was really done."""
    with database.separate() as tx:
        return int(tx.execute(text("SELECT count(*) FROM test_counts")).scalar_one())
