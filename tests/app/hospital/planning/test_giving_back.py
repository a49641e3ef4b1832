"""What a channel has not sold by its hour goes to the public: moved, never made."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from io import BytesIO
from typing import Any

from sqlalchemy import text

from app.core.statements import Tx, row
from app.hospital.planning.service.giving_back import GivingBack
from app.hospital.planning.service.importing.importing import ScheduleImport
from app.hospital.planning.service.importing.report import Mode
from app.hospital.planning.service.lines.reading import numbered, read_ndjson
from app.hospital.planning.service.sessions.taking import SessionTaking
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from app.wiring.hospital.planning import build_giving_back
from tests.app.hospital.city import CityRules
from tests.app.hospital.planning.steps import Bureau, ndjson, pool, session
from tests.app.hospital.planting import called_off
from tests.app.world import World

HOUR = "2026-11-30T19:00:00+08:00"
FILE = session(pools=[pool(size=2), pool("window", 3, gives_back_at=HOUR), pool("urgent", 1)])


def sweep(his: Bureau) -> int:
    return build_giving_back(his.world.shared).sweep()


def at_the_hour(his: Bureau) -> None:
    his.world.clock.advance(days=7, minutes=3 * 60)  # 2026-11-30 19:00 in China
    his.world.log_in_again(his.device)


def counted(his: Bureau) -> tuple[Counter[str], dict[str, int]]:
    """Rows by channel, and what the pools say."""
    query = text("SELECT channel, size FROM unit_pools")
    with his.world.database.separate() as tx:
        return Counter(his.channels()), {one.channel: one.size for one in tx.execute(query)}


def cancel(world: World, appointment_id: str) -> None:
    step = Move(state=AppointmentState.CANCELLED_PATIENT, actor="patient")
    with world.database.direct() as tx:
        assert move(tx, appointment_id, step, world.clock.now()) is not None


def test_nothing_moves_before_its_hour(his: Bureau) -> None:
    his.taken(FILE)
    assert sweep(his) == 0
    assert his.channels() == ["app", "app", "window", "window", "window", "urgent"]


def test_what_is_free_moves_with_its_number_and_window(his: Bureau) -> None:
    his.taken(FILE)
    his.hold(channel="window")
    before = his.units()
    at_the_hour(his)
    assert (sweep(his), sweep(his)) == (2, 0)
    assert his.channels() == ["app", "app", "window", "app", "app", "urgent"]
    assert [(one[0], one[2], one[3]) for one in his.units()] == [
        (one[0], one[2], one[3]) for one in before
    ]
    assert counted(his) == (
        {"app": 4, "window": 1, "urgent": 1},
        {"app": 4, "window": 1, "urgent": 1},
    )


def test_what_becomes_free_after_the_hour_moves_too(his: Bureau) -> None:
    his.taken(FILE)
    held = his.hold(channel="window")
    at_the_hour(his)
    sweep(his)
    cancel(his.world, held.appointment_id)
    assert sweep(his) == 1
    assert counted(his)[1]["window"] == 0


def test_the_public_has_what_was_given_back(his: Bureau) -> None:
    his.taken(FILE)
    persons = [his.person() for _ in range(3)]
    at_the_hour(his)
    sweep(his)
    assert [his.hold(person=person).number for person in persons] == [1, 2, 3]


def test_a_pool_of_the_public_is_made_where_there_is_none(his: Bureau) -> None:
    his.taken(session(pools=[pool("window", 2, gives_back_at=HOUR)]))
    at_the_hour(his)
    assert sweep(his) == 2
    assert counted(his)[1] == {"app": 2, "window": 0}


def test_drafts_and_what_is_called_off_give_nothing(his: Bureau) -> None:
    his.taken({**FILE, "published": False}, {**FILE, "id": "S2"})
    called_off(his.world.database, "S2")
    at_the_hour(his)
    assert sweep(his) == 0


def test_the_same_file_after_the_hour_brings_nothing_back(his: Bureau) -> None:
    his.taken(FILE)
    at_the_hour(his)
    sweep(his)
    before = his.units()
    assert his.take(FILE)["unchanged"] == 1
    grown = {
        **FILE,
        "pools": [pool(size=2), pool("window", 4, gives_back_at=HOUR), pool("urgent", 1)],
    }
    his.taken(grown)
    assert his.units()[:6] == before
    assert his.channels()[6] == "window"
    assert sweep(his) == 1


def test_pools_of_what_is_over_are_looked_at_no_more(his: Bureau) -> None:
    his.taken(FILE)
    his.world.clock.advance(days=30)
    sweep(his)
    with his.world.database.separate() as tx:
        query = text("SELECT count(*) FROM unit_pools WHERE gives_back_at IS NOT NULL")
        assert tx.scalar(query) == 0


class Waiting:
    """Notes which places it was offered, and whether they were free then."""

    def __init__(self) -> None:
        self.offered: list[tuple[str, str]] = []

    def vacated(self, tx: Tx, unit_id: str, session_id: str, _now: datetime) -> None:
        found = row(tx, "SELECT state FROM slot_units WHERE id = %(id)s", {"id": unit_id})
        assert found is not None
        self.offered.append((session_id, found[0]))


def test_those_who_wait_come_before_the_public(his: Bureau) -> None:
    his.taken(FILE)
    waiting = Waiting()
    at_the_hour(his)
    GivingBack(database=his.world.database, clock=his.world.clock, succession=waiting).sweep()
    assert waiting.offered == [(his.session_id(), "FREE")] * 3


def send(importing: ScheduleImport, his: Bureau, *records: Any) -> None:
    data = ndjson(*records)
    report = importing.run(his.hospital_id, lambda: read_ndjson(numbered(BytesIO(data))), Mode.EACH)
    assert report.refused == []


def test_those_who_wait_have_what_is_added_first(his: Bureau) -> None:
    waiting, world = Waiting(), his.world
    importing = ScheduleImport(
        database=world.database,
        clock=world.clock,
        sessions=SessionTaking(rules=CityRules(), succession=waiting),
    )
    his.taken(session())
    assert waiting.offered == []
    send(importing, his, session(pools=[pool(size=5), pool("elder", 1)]))
    assert waiting.offered == [(his.session_id(), "FREE")] * 2
