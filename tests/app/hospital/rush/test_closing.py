"""Lotteries are closed when their moment comes, and whoever took part is told the outcome."""

from __future__ import annotations

import threading
from typing import Any

from app.core.errors import UNAVAILABLE
from app.hospital.rush.service.closing import LotteryClosing, close_until
from app.hospital.rush.service.drawing import DRAWN, Drawing
from app.hospital.rush.service.telling import DrawTelling
from app.notifications.service.notices import Notices
from app.outbox.ports import Topic
from app.outbox.service.dispatching import Dispatcher
from app.wiring.hospital.rush import build_lottery_closing
from tests.app.family.steps import Relative, done, later, notices, refused, relative
from tests.app.hospital.rush.steps import DRAWS, TICKETS, Desk, join, look
from tests.app.operators import operator_console
from tests.app.world import World

VALUE = "03 08 17 21 25 31 + 12"


def facts(world: World, release: str) -> dict[str, Any]:
    found: dict[str, Any] = done(world.client.get(f"/v1/releases/{release}/draw"))
    return found


def drawing_of(world: World) -> Drawing:
    shared = world.shared
    return Drawing(database=shared.database, clock=shared.clock, cipher=shared.cipher)


def test_a_lottery_is_closed_by_itself_once_its_last_moment_has_passed(
    world: World, desk: Desk
) -> None:
    release, person = desk.lottery(), relative(world, "甲")
    join(person, release)
    closing = build_lottery_closing(world.shared)
    world.clock.advance(minutes=9)
    assert (closing.sweep(), facts(world, release).get("closed_at")) == (0, None)
    world.clock.advance(minutes=1)
    assert (closing.sweep(), facts(world, release)["entries"]) == (1, 1)
    assert closing.sweep() == 0
    late = relative(world, "乙").phone.post(TICKETS, {"release_id": release})
    assert refused(late) == (409, "QUEUE_NOT_OPEN")


def test_only_lotteries_that_stand_are_closed(world: World, desk: Desk) -> None:
    desk.release()
    withdrawn = desk.lottery()
    done(desk.device.post(f"/v1/hospital/releases/{withdrawn}/withdrawal"))
    world.clock.advance(minutes=10)
    assert build_lottery_closing(world.shared).sweep() == 0


def test_what_the_system_closed_is_drawn_as_what_an_operator_closed(
    world: World, desk: Desk
) -> None:
    release, person = desk.lottery(), relative(world, "甲")
    ticket = join(person, release)
    world.clock.advance(minutes=10)
    build_lottery_closing(world.shared).sweep()
    operator = operator_console(world, "hospital.draw")
    closed = facts(world, release)
    assert done(operator.post(f"{DRAWS}/{release}/closing")) == closed
    done(operator.post(f"{DRAWS}/{release}/draw", {"public_value": VALUE}))
    later(world, person, days=0)
    assert look(person, ticket)["rank"] == 1


def test_whoever_was_drawn_is_told_once(world: World, desk: Desk) -> None:
    release, people = desk.lottery(), [relative(world, name) for name in "甲乙"]
    for one in people:
        join(one, release)
    world.clock.advance(minutes=10)
    drawing = drawing_of(world)
    drawing.close(release)
    for _ in range(2):
        drawing.draw(release, VALUE)
    later(world, *people, days=0)
    assert [notices(world, one).count("queue.drawn") for one in people] == [1, 1]
    assert sorted(_words(one) for one in people) == [
        f"“专家门诊”已摇号：您排第 {rank} 位，11月23日 16:10 起轮到您选号。" for rank in (1, 2)
    ]


def _words(one: Relative) -> str:
    items = done(one.phone.get("/v1/me/notices"))["items"]
    return next(str(item["zh"]) for item in items if item["kind"] == "queue.drawn")


def test_very_many_are_told_part_by_part(world: World, desk: Desk) -> None:
    release, people = desk.lottery(), [relative(world, name) for name in "甲乙丙"]
    for one in people:
        join(one, release)
    world.clock.advance(minutes=10)
    drawing_of(world).close(release)
    drawing_of(world).draw(release, VALUE)
    told = Notices(database=world.database, clock=world.clock)
    telling = DrawTelling(database=world.database, clock=world.clock, notices=told, batch=2)
    dispatcher = Dispatcher(
        database=world.database,
        clock=world.clock,
        topics={DRAWN: Topic(handler=telling)},
        randbelow=lambda _: 0,
    )
    assert dispatcher.run(most=10) == 2
    later(world, *people, days=0)
    assert [notices(world, one).count("queue.drawn") for one in people] == [1, 1, 1]


class Away(LotteryClosing):
    """The database is away, the first time."""

    def __init__(self, stop: threading.Event) -> None:
        self.stop, self.tries = stop, 0

    def sweep(self) -> int:
        self.tries += 1
        if self.tries == 1:
            raise UNAVAILABLE()
        self.stop.set()
        return 0


def test_an_outage_is_waited_out() -> None:
    stop = threading.Event()
    away = Away(stop)
    close_until(stop, away, 0)
    assert away.tries == 2
