"""People who want to see doctors, as rows."""

from __future__ import annotations

from app.core.ids import new_id
from app.identity.models.person import Person
from tests.app.world import World


def patient(world: World) -> str:
    """Somebody who is known and never looks at a phone here; their id."""
    now = world.clock.now()
    person = Person(
        id=new_id("per", now),
        citizen_hash=new_id("hsh", now).encode(),
        name=b"",
        citizen_number=b"",
        created_at=now,
    )
    with world.database.separate() as tx:
        tx.add(person)
    return person.id
