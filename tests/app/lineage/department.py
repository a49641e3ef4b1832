"""What happens at the department, and how we come to know."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from sqlalchemy import select, text

from app.core.clock import SystemClock
from app.documents.service.comparing import Comparison
from app.exchange.models import ChangeCursor
from app.wiring.lineage import build_comparing, build_feeds, build_pulling, build_sources
from tests.app.device import Device
from tests.app.documents.people import issued, members
from tests.app.world import World
from tests.sandbox.departments.building import Building, send
from tests.sandbox.departments.people import ZHANG

NEW_ADDRESS = "晴川市望江区新桥路 1 号"


def catch_up(world: World) -> None:
    """Set our clock to the department's."""
    behind = SystemClock().now() - world.clock.now()
    world.clock.advance(seconds=max(0.0, behind.total_seconds()))


def made_of(device: Device, world: World) -> dict[str, Any]:
    catch_up(world)
    return issued(device)


def state(device: Device, made: dict[str, Any]) -> str:
    return str(members(device.get(f"/v1/certificates/{made['id']}"))["status"])


def person(building: Building, number: str = ZHANG[0]) -> dict[str, Any]:
    [found] = [one for one in building.held(number) if one["key"].startswith("person-")]
    return found


def correct(building: Building, number: str = ZHANG[0], address: str = NEW_ADDRESS) -> None:
    held = person(building, number)
    record = held["record"] | {"household": held["record"]["household"] | {"address": address}}
    answer = building.put(held["key"], record)
    assert answer.json["changes"] == 1, answer.body


def take_out(building: Building, number: str = ZHANG[0]) -> None:
    answer = send(building.control, "DELETE", f"/sandbox/records/{person(building, number)['key']}")
    assert answer.status == 200, answer.body


def pulled(world: World) -> int:
    """Read the department's feed; returns how many changes there were."""
    catch_up(world)
    with ExitStack() as closing:
        feeds = build_feeds(world.shared, closing)
        return build_pulling(world.shared).pull("population", feeds["population"])


def compared(world: World, *, most_ended: int = 100) -> Comparison:
    """The nightly comparison."""
    catch_up(world)
    with ExitStack() as closing:
        sources = build_sources(world.shared, closing)
        return build_comparing(world.shared, sources).run(most_ended=most_ended)


def cursor(world: World) -> int | None:
    with world.database.separate() as tx:
        return tx.scalar(select(ChangeCursor.last))


def posted(world: World) -> int:
    """How many messages about records there are."""
    query = text("SELECT count(*) FROM outbox_messages WHERE topic = 'record.changed'")
    with world.database.separate() as tx:
        return int(tx.execute(query).scalar_one())
