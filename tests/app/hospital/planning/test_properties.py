"""Whatever hospital and patients do, in whatever order: no place is made, lost or had twice."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core.ids import new_id
from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.states import AppointmentState
from app.identity.models.person import Person
from app.wiring.hospital.planning import build_giving_back
from tests.app.hospital.planning.steps import Bureau, pool, session

CHANNELS: Final = ("app", "window", "elder")
HOUR: Final = "2026-11-23T15:00:00+08:00"  # an hour ago
SIZES = st.tuples(*(st.integers(0, 5) for _ in CHANNELS))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.sampled_from(CHANNELS)),
        st.tuples(st.just("cancel"), st.integers(0, 20)),
        st.tuples(st.just("give back"), st.none()),
        st.tuples(st.just("import"), SIZES),
    ),
    max_size=14,
)
serial = count()


class Played:
    """A session of its own, and what is expected of it."""

    def __init__(self, his: Bureau, sizes: tuple[int, ...]) -> None:
        self.his, self.id = his, f"H{next(serial)}"
        self.planned = dict(zip(CHANNELS, sizes, strict=True))
        self.held: list[str] = []
        build_giving_back(his.world.shared).sweep()  # what earlier examples left behind
        his.taken(self.record(self.planned))
        self.session_id = his.session_id(self.id)

    def record(self, sizes: dict[str, int]) -> dict[str, Any]:
        pools = [
            pool(channel, size, **({} if channel == "app" else {"gives_back_at": HOUR}))
            for channel, size in sizes.items()
        ]
        return session(id=self.id, pools=pools)

    def claim(self, channel: str) -> None:
        before, now = self.units(), self.his.world.clock.now()
        wanted = Wanted(
            person_id=_person(self.his),
            session_id=self.session_id,
            state=AppointmentState.BOOKED,
            deadline=None,
            channel=channel,
        )
        with self.his.world.database.direct() as tx:
            claimed = claim(tx, wanted, now)
        assert (claimed is None) == (not any(one[1:] == (channel, "FREE") for one in before))
        if claimed is not None:
            self.held.append(claimed.appointment_id)

    def cancel(self, n: int) -> None:
        if not self.held:
            return
        step = Move(state=AppointmentState.CANCELLED_PATIENT, actor="patient")
        with self.his.world.database.direct() as tx:
            assert move(tx, self.held.pop(n % len(self.held)), step, self.his.world.clock.now())

    def give_back(self) -> None:
        before = self.units()
        moved = build_giving_back(self.his.world.shared).sweep()
        after = self.units()
        assert [(one[0], one[2]) for one in before] == [(one[0], one[2]) for one in after]
        changed = [old for old, new in zip(before, after, strict=True) if old[1] != new[1]]
        assert len(changed) == moved
        assert all(one[2] == "FREE" for one in changed)
        assert not [one for one in after if one[1] != "app" and one[2] == "FREE"]

    def take(self, sizes: tuple[int, ...]) -> None:
        wanted, before = dict(zip(CHANNELS, sizes, strict=True)), self.units()
        open_now = Counter(one[1] for one in before if one[2] == "FREE")
        fits = all(self.planned[one] - wanted[one] <= open_now[one] for one in CHANNELS)
        report = self.his.take(self.record(wanted))
        if not fits:
            assert report["lines"][0]["code"] == "SESSION_SHRINKS_BELOW_CLAIMED"
            assert self.units() == before
            return
        assert report["refused"] == 0
        there = len([one for one in self.units() if one[2] != "BLOCKED"])
        assert there - len([one for one in before if one[2] != "BLOCKED"]) == sum(
            wanted.values()
        ) - sum(self.planned.values())
        self.planned = wanted

    def units(self) -> list[tuple[int, str, str]]:
        return [(number, channel, state) for number, channel, _, state in self.his.units(self.id)]

    def sound(self) -> None:
        states = Counter(state for _, _, state in self.units())
        assert states["BOOKED"] == len(self.held)
        query = text("SELECT channel, size FROM unit_pools WHERE session_id = :id AND size > 0")
        with self.his.world.database.separate() as tx:
            said = {one.channel: one.size for one in tx.execute(query, {"id": self.session_id})}
        assert said == Counter(channel for _, channel, _ in self.units())


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=SIZES, steps=STEPS)
def test_places_are_neither_made_nor_lost(his: Bureau, sizes: Any, steps: Any) -> None:
    played = Played(his, sizes)
    for kind, how in steps:
        match kind:
            case "claim":
                played.claim(how)
            case "cancel":
                played.cancel(how)
            case "give back":
                played.give_back()
            case _:
                played.take(how)
        played.sound()


def _person(his: Bureau) -> str:
    now = his.world.clock.now()
    one = new_id("per", now)
    person = Person(id=one, citizen_hash=one.encode(), name=b"", citizen_number=b"", created_at=now)
    with his.world.database.separate() as tx:
        tx.add(person)
    return one
