"""After a rotation every sealed value comes under the new key, and stays readable throughout."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from app.core.fields import FieldCipher, Place
from app.core.keys.files import FileKeys
from app.core.resealing import Resealer, SealedColumn
from app.identity.models.person import Person
from app.wiring.models import SEALED
from tests.app.device import Device
from tests.app.world import World

NAME = SealedColumn(model=Person, column="name")


@pytest.fixture
def resealer(world: World) -> Resealer:
    return Resealer(database=world.database, cipher=world.shared.cipher)


@pytest.fixture
def phone(world: World) -> Device:
    phone = world.citizen()
    answer = phone.post("/v1/certificates", {"type": "household_registration"})
    assert answer.status_code == 201, answer.text
    return phone


def rotate(world: World) -> None:
    FileKeys(world.settings.keys_path, clock=world.clock).rotate_secret("fields")


def stale(world: World) -> int:
    """Values of every sealed column that are not under the active key."""
    found = 0
    for column in SEALED:
        with world.database.separate() as tx:
            query = select(column.table.c[column.column]).where(
                column.table.c[column.column].is_not(None)
            )
            found += sum(not world.shared.cipher.is_current(v) for v in tx.scalars(query))
    return found


def test_a_rotation_and_a_reseal_bring_everything_under_the_new_key(
    world: World, resealer: Resealer, phone: Device
) -> None:
    before = phone.get("/v1/me").json
    [certificate] = phone.get("/v1/certificates").json["items"]
    assert stale(world) == 0

    rotate(world)
    due = stale(world)
    assert due >= 4  # name, number, audit record, PDF
    assert phone.get("/v1/me").json == before  # old values stay readable

    assert resealer.reseal(SEALED) == due
    assert stale(world) == 0
    assert resealer.reseal(SEALED) == 0
    assert phone.get("/v1/me").json == before
    pdf = phone.get(f"/v1/certificates/{certificate['id']}/pdf")
    assert pdf.data.startswith(b"%PDF-")


def test_more_rows_than_a_batch_are_all_resealed(world: World, resealer: Resealer) -> None:
    cipher: FieldCipher = world.shared.cipher
    with world.database.separate() as tx:
        for n in range(401):
            row = f"prs_{n:026d}"
            tx.add(
                Person(
                    id=row,
                    citizen_hash=n.to_bytes(32, "big"),
                    name=cipher.seal(f"名{n}", Place("persons", "name", row)),
                    citizen_number=cipher.seal("x", Place("persons", "citizen_number", row)),
                    created_at=datetime(2026, 11, 23, tzinfo=UTC),
                )
            )
    rotate(world)
    assert resealer.reseal([NAME]) == 401
    with world.database.separate() as tx:
        values = {r.id: r.name for r in tx.execute(select(Person.id, Person.name))}
    for n, (row, value) in enumerate(sorted(values.items())):
        assert cipher.is_current(value)
        assert cipher.open_text(value, Place("persons", "name", row)) == f"名{n}"


def test_a_value_changed_meanwhile_is_left_as_it_is(
    world: World, phone: Device, resealer: Resealer
) -> None:
    assert phone.token
    with world.database.separate() as tx:
        row, value = tx.execute(select(Person.id, Person.name)).one()
    rotate(world)
    late = resealer._change(NAME, row, value)
    fresh = world.shared.cipher.seal("李娜", Place("persons", "name", row))
    with world.database.separate() as tx:
        tx.execute(update(Person).values(name=fresh))
    with world.database.separate() as tx:
        assert tx.execute(late.returning(Person.id)).all() == []
        assert tx.scalar(select(Person.name)) == fresh
