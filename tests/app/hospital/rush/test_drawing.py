"""A lottery is drawn from what was published, and anybody can draw it again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg.errors import CheckViolation, RestrictViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.ids import new_id
from app.hospital.rush.models import QueueTicket
from app.hospital.rush.service.drawing import Drawing
from sandbox.lottery.ranks import Draw, recomputed
from tests.app.device import Device
from tests.app.family.steps import Relative, done, refused, relative
from tests.app.hospital.rush.steps import (
    DRAWS,
    TICKETS,
    Desk,
    hold,
    join,
    look,
    people,
    published,
    refusal,
)
from tests.app.operators import operator_console
from tests.app.world import World

VALUE = "03 08 17 21 25 31 + 12"
NAMES = "甲乙丙丁"


def entered(world: World, release: str) -> list[tuple[Relative, dict[str, Any]]]:
    people = [relative(world, name) for name in NAMES]
    return [(one, join(one, release)) for one in people]


def console(world: World) -> Device:
    return operator_console(world, "hospital.draw")


def test_what_was_served_is_what_anybody_recomputes(world: World, desk: Desk) -> None:
    session = desk.clinic.session()
    release = desk.lottery(session)
    entries = entered(world, release)
    assert [one["status"] for _, one in entries] == ["UNDRAWN"] * 4
    assert all("rank" not in one for _, one in entries)
    world.clock.advance(minutes=10)
    operator = console(world)
    closed = done(operator.post(f"{DRAWS}/{release}/closing"))
    assert closed["entries"] == 4
    assert "seed" not in closed
    drawn = done(operator.post(f"{DRAWS}/{release}/draw", {"public_value": VALUE}))
    assert hashlib.sha256(bytes.fromhex(drawn["seed"])).hexdigest() == drawn["commitment"]
    draw = published(world, release)
    assert recomputed(draw) == draw.ranks
    assert sorted(draw.ranks.values()) == [1, 2, 3, 4]
    _served_by_rank(world, session, entries, draw)


def _served_by_rank(
    world: World,
    session: str,
    entries: Sequence[tuple[Relative, dict[str, Any]]],
    draw: Draw,
) -> None:
    """Each is admitted in the second of their rank, and none before."""
    opened = world.clock.now()
    for who, ticket in sorted(entries, key=lambda one: draw.ranks[one[1]["id"]]):
        rank = draw.ranks[ticket["id"]]
        world.sign_in(who.phone, number=who.number, name=who.name)
        told = look(who, ticket)
        assert told["rank"] == rank
        turn = datetime.fromisoformat(told["admits_at"]) - opened
        assert turn == timedelta(seconds=rank - 1)
        if rank > 1:
            assert refusal(world, who, session, told["ticket"]).kind.code == "QUEUE_NOT_ADMITTED"
            world.clock.advance(seconds=1)
        if rank <= 3:
            assert hold(world, who, session, told["ticket"])[1] is not None


def test_the_public_value_and_every_entry_decide() -> None:
    draw = Draw(
        commitment=hashlib.sha256(bytes(32)).digest(),
        entries_digest=b"",
        seed=bytes(32),
        public_value="1",
        ranks={f"qtk_{n}": 0 for n in range(8)},
    )
    orders = [
        recomputed(draw, trusting=True),
        recomputed(draw.but(public_value="2"), trusting=True),
        recomputed(draw.but(ranks={**draw.ranks, "qtk_8": 0}), trusting=True),
        recomputed(draw.but(seed=bytes(31) + b"\x01"), trusting=True),
    ]
    orders[2].pop("qtk_8")
    assert len({tuple(sorted(one, key=one.__getitem__)) for one in orders}) == 4


def test_very_many_are_ranked_part_by_part(world: World, desk: Desk) -> None:
    release = desk.lottery()
    for person in people(world, 7):
        with world.database.separate() as tx:
            tx.add(
                QueueTicket(
                    id=new_id("qtk", world.clock.now()),
                    release_id=release,
                    person_id=person,
                    taken_at=world.clock.now(),
                )
            )
    world.clock.advance(minutes=10)
    shared = world.shared
    drawing = Drawing(database=shared.database, clock=shared.clock, cipher=shared.cipher, batch=3)
    drawing.close(release)
    drawing.draw(release, VALUE)
    draw = published(world, release)
    assert recomputed(draw) == draw.ranks
    assert sorted(draw.ranks.values()) == list(range(1, 8))


def test_a_step_too_early_is_refused(world: World, desk: Desk) -> None:
    release, operator = desk.lottery(), console(world)
    early = (409, "DRAW_TOO_EARLY")
    assert refused(operator.post(f"{DRAWS}/{release}/closing")) == early
    assert refused(operator.post(f"{DRAWS}/{release}/draw", {"public_value": VALUE})) == early
    assert refused(world.client.get(f"/v1/releases/{release}/draw/tickets")) == early
    fifo = desk.release()
    assert refused(operator.post(f"{DRAWS}/{fifo}/closing")) == (404, "DRAW_UNKNOWN")
    assert refused(world.client.get(f"/v1/releases/{fifo}/draw")) == (404, "DRAW_UNKNOWN")


def test_once_closed_nobody_comes_in_and_once_drawn_it_stays(world: World, desk: Desk) -> None:
    release, person = desk.lottery(), relative(world, "甲")
    join(person, release)
    world.clock.advance(minutes=10)
    operator = console(world)
    late = relative(world, "乙").phone.post(TICKETS, {"release_id": release})
    assert refused(late) == (409, "QUEUE_NOT_OPEN")
    closed = done(operator.post(f"{DRAWS}/{release}/closing"))
    assert done(operator.post(f"{DRAWS}/{release}/closing")) == closed
    drawn = done(operator.post(f"{DRAWS}/{release}/draw", {"public_value": VALUE}))
    assert done(operator.post(f"{DRAWS}/{release}/draw", {"public_value": VALUE})) == drawn
    other = operator.post(f"{DRAWS}/{release}/draw", {"public_value": "1"})
    assert refused(other) == (409, "DRAW_DONE")


def test_a_hospital_cannot_draw(desk: Desk) -> None:
    answer = desk.device.post(f"{DRAWS}/{desk.lottery()}/draw", {"public_value": VALUE})
    assert answer.status_code in {401, 403}


@pytest.mark.parametrize(
    ("change", "refusal_kind"),
    [
        ("UPDATE releases SET entries_digest = sha256('x')", RestrictViolation),
        ("UPDATE releases SET commitment = sha256('x')", RestrictViolation),
        (
            "UPDATE releases SET public_value = 'x', drawn_at = closed_at, revealed = ''",
            CheckViolation,
        ),
    ],
    ids=["the entries", "the commitment", "another seed"],
)
def test_the_database_keeps_what_was_committed_to(
    world: World, desk: Desk, change: str, refusal_kind: type[Exception]
) -> None:
    release = desk.lottery()
    world.clock.advance(minutes=10)
    done(console(world).post(f"{DRAWS}/{release}/closing"))
    with pytest.raises(DBAPIError) as found, world.database.separate() as tx:
        tx.execute(text(change))
    assert isinstance(found.value.orig, refusal_kind)


def test_the_database_takes_no_entry_once_they_were_counted(world: World, desk: Desk) -> None:
    release, person = desk.lottery(), relative(world, "甲")
    world.clock.advance(minutes=10)
    done(console(world).post(f"{DRAWS}/{release}/closing"))
    insert = text(
        "INSERT INTO queue_tickets (id, release_id, person_id, taken_at) "
        "VALUES ('qtk_late', :release, :person, now())"
    )
    with pytest.raises(DBAPIError) as found, world.database.separate() as tx:
        tx.execute(insert, {"release": release, "person": person.person_id(world)})
    assert isinstance(found.value.orig, RestrictViolation)
