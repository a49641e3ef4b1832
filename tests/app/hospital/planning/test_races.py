"""Planning and booking at the same moment, by real processes on a real database."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from app.core.ids import new_id
from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.states import AppointmentState
from app.identity.models.person import Person
from app.wiring.hospital.planning import build_giving_back
from tests.app.hospital.planning.racers import Act, Race, imported, run, substituted
from tests.app.hospital.planning.steps import Bureau, ndjson, pool, practitioner, session

HOUR = "2026-11-23T15:00:00+08:00"  # an hour ago
"""When the window's places are given back."""


def persons(his: Bureau, count: int) -> tuple[str, ...]:
    """People as rows: what they are called does not matter here."""
    now = his.world.clock.now()
    made = tuple(new_id("per", now) for _ in range(count))
    rows = [
        Person(id=one, citizen_hash=one.encode(), name=b"", citizen_number=b"", created_at=now)
        for one in made
    ]
    with his.world.database.separate() as tx:
        tx.add_all(rows)
    return made


def race_of(his: Bureau, external_id: str = "S1") -> Race:
    return Race(
        database_url=his.world.settings.database_url.get_secret_value(),
        now=his.world.clock.now(),
        hospital_id=his.hospital_id,
        session_id=his.session_id(external_id),
    )


def fallen(outcomes: list[list[str]]) -> list[str]:
    return [one for told in outcomes for one in told if one.startswith("fell")]


def test_giving_back_races_with_claims_and_every_place_is_had_once(his: Bureau) -> None:
    his.taken(session(pools=[pool(size=20), pool("window", 60, gives_back_at=HOUR)]))
    people = persons(his, 80)
    claims = [
        Act(
            kind="claim",
            channel=("app", "window")[n % 2],
            persons=people[n * 20 : n * 20 + 20],
            tries=4,
        )
        for n in range(4)
    ]
    outcomes = run(race_of(his), [Act(kind="give back"), *claims, Act(kind="give back")])
    assert fallen(outcomes) == []
    had = [one for told in outcomes[1:5] for one in told if one != "full"]
    assert max(Counter(had).values()) == 1
    units = his.units()
    assert [number for number, *_ in units] == list(range(1, 81))
    assert Counter(unit[3] for unit in units)["BOOKED"] == len(had)
    assert not [unit for unit in units if unit[1] == "window" and unit[3] == "FREE"]
    moved = sum(int(one) for told in (outcomes[0], outcomes[5]) for one in told)
    assert Counter(his.channels())["app"] == 20 + moved


def test_a_pool_that_shrinks_and_grows_under_claims_loses_and_doubles_nobody(his: Bureau) -> None:
    sizes = [30, 10, 25, 5, 40]
    files = tuple(ndjson(session(fee=n, pools=[pool(size=n)])) for n in sizes)
    his.taken(session(pools=[pool(size=20)]))
    people = persons(his, 24)
    claims = [Act(kind="claim", persons=people[n * 8 : n * 8 + 8]) for n in range(3)]
    outcomes = run(race_of(his), [Act(kind="import", files=files), *claims])
    assert fallen(outcomes) == []
    assert set(outcomes[0]) <= {"taken", "SESSION_SHRINKS_BELOW_CLAIMED"}
    assert outcomes[0][-1] == "taken"
    had = [one for told in outcomes[1:] for one in told]
    assert Counter(had)["full"] == 0 or len(set(had)) > 1
    with his.world.database.separate() as tx:
        kept = set(tx.scalars(text("SELECT unit_id FROM appointments WHERE state = 'BOOKED'")))
    assert kept == {one for one in had if one != "full"}
    assert len(his.units()) == 40


def test_nobody_s_doctor_changes_under_a_claim(his: Bureau) -> None:
    his.taken(practitioner(id="P2"), session(pools=[pool(size=3)]))
    people = persons(his, 3)
    swaps = Act(kind="substitute", doctors=("P2", "P1") * 20)
    claims = [Act(kind="claim", persons=(person,)) for person in people]
    outcomes = run(race_of(his), [swaps, *claims])
    assert fallen(outcomes) == []
    assert [told for told in outcomes[1:] if told == ["full"]] == []
    with his.world.database.separate() as tx:
        differing = text(
            "SELECT count(*) FROM appointments a JOIN clinic_sessions s ON s.id = a.session_id "
            "WHERE a.practitioner_id <> s.practitioner_id"
        )
        assert tx.scalar(differing) == 0
    assert set(outcomes[0]) <= {"done", "SESSION_HAS_APPOINTMENTS"}


def test_two_imports_of_one_file_make_one_schedule(his: Bureau) -> None:
    his.taken(session(id="S0"))
    file = ndjson(*(session(id=f"S{n}") for n in range(20)), practitioner(id="P2"))
    outcomes = run(race_of(his, "S0"), [Act(kind="import", files=(file, file)) for _ in range(3)])
    assert outcomes == [["taken", "taken"]] * 3
    with his.world.database.separate() as tx:
        assert tx.scalar(text("SELECT count(*) FROM clinic_sessions")) == 20
        assert tx.scalar(text("SELECT count(*) FROM slot_units")) == 60


def while_somebody_takes_a_place(his: Bureau, act: Callable[[Race], str]) -> str:
    """What comes of an act that meets a claim which is not committed yet: it has to wait."""
    (person,), race, database = persons(his, 1), race_of(his), his.world.database
    wanted = Wanted(
        person_id=person,
        session_id=race.session_id,
        state=AppointmentState.BOOKED,
        deadline=None,
    )
    with ThreadPoolExecutor(1) as beside:
        with database.direct() as tx:
            assert claim(tx, wanted, race.now) is not None
            told = beside.submit(act, race)
            until_one_waits(his)
        return told.result(timeout=30)


def until_one_waits(his: Bureau) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(300):
        with his.world.database.separate() as tx:
            if tx.scalar(waiting):
                return
        time.sleep(0.01)
    raise AssertionError


def test_a_file_waits_for_a_claim_on_its_way(his: Bureau) -> None:
    his.taken(session(pools=[pool(size=1)]))
    file = ndjson(session(pools=[pool(size=0)]))
    told = while_somebody_takes_a_place(his, lambda race: imported(his.world.database, race, file))
    assert told == "SESSION_SHRINKS_BELOW_CLAIMED"


def test_another_doctor_waits_for_a_claim_on_its_way(his: Bureau) -> None:
    his.taken(practitioner(id="P2"), session(pools=[pool(size=1)]))
    told = while_somebody_takes_a_place(
        his, lambda race: substituted(his.world.database, race, "P2")
    )
    assert told == "SESSION_HAS_APPOINTMENTS"


def test_giving_back_passes_over_a_claim_on_its_way(his: Bureau) -> None:
    his.taken(session(pools=[pool("window", 2, gives_back_at=HOUR)]))
    (person,), race = persons(his, 1), race_of(his)
    wanted = Wanted(
        person_id=person,
        session_id=race.session_id,
        state=AppointmentState.BOOKED,
        deadline=None,
        channel="window",
    )
    with his.world.database.direct() as tx:
        assert claim(tx, wanted, race.now) is not None
        with his.world.database.apart():
            assert build_giving_back(his.world.shared).sweep() == 1
    assert [unit[1::2] for unit in his.units()] == [("window", "BOOKED"), ("app", "FREE")]
