"""The example of a hospital's system against the system it was written for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from app.hospital.fhir.service.ids import fhir_id
from app.wiring.notifications import build_dispatcher
from config import Settings
from sandbox.hospital_his.__main__ import main
from sandbox.hospital_his.book import Book
from tests.app.card.steps import show
from tests.app.hospital.fhir.steps import HOSPITAL, patient
from tests.app.hospital.planning.steps import campus, department, practitioner, session
from tests.app.hospital.planting import CHINA, Clinic, plant
from tests.app.registry import Registry
from tests.app.world import World
from tests.clients.served import served

TEN_MINUTES = timedelta(minutes=10)
SCOPES = frozenset(
    {"card.decode", "events.read", "hospital.desk", "hospital.fhir", "hospital.schedule"}
)


@dataclass(kw_only=True)
class His:
    """A hospital's program."""

    world: World
    clinic: Clinic
    path: Path

    def run(self, *words: str) -> int:
        return main(["--book", str(self.path), *words], sleep=lambda _: None)

    def session_now(self) -> str:
        """A session of today that has begun or is about to, for the window; its id."""
        local = self.world.clock.now().astimezone(CHINA)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        starts_at = max(midnight, local - TEN_MINUTES / 2)
        return self.clinic.session(
            channel="window",
            day=starts_at.date(),
            starts_at=starts_at,
            ends_at=starts_at + 3 * TEN_MINUTES,
        )

    def follow(self) -> dict[str, str]:
        """Everybody is told; then how the appointments stand by the events."""
        while build_dispatcher(self.world.shared).run(most=100):
            pass
        assert self.run("follow") == 0
        with Book.opened(self.path) as book:
            return {one.id: one.state for one in book.appointments()}


@pytest.fixture
def his(settings: Settings, registry: Registry, tmp_path: Path) -> Iterator[His]:
    with served(settings, registry) as api:
        world = api.world
        made = His(world=world, clinic=plant(world), path=tmp_path / "his.db")
        jwks = tmp_path / "his.jwks.json"
        assert made.run("new-key", "--jwks", str(jwks)) == 0
        client_id = world.onboarding.add_terminal(
            merchant_id=world.merchants[HOSPITAL],
            jwks=json.loads(jwks.read_text())["keys"],
            purposes=frozenset({"01101"}),
            scopes=SCOPES,
        )
        where = ["--base-url", world.settings.public_url, "--client-id", client_id]
        assert made.run(*where, "follow") == 0
        yield made


def test_a_booking_at_the_window_comes_back_as_an_event(
    his: His, capsys: pytest.CaptureFixture[str]
) -> None:
    planned = his.clinic.session(channel="window")
    holder = patient(his.world).phone
    schedule = f"Schedule/{fhir_id(planned)}"
    assert his.run("book", show(holder, "01101"), "--schedule", schedule) == 0
    assert "booked" in capsys.readouterr().out
    assert list(his.follow().values()) == ["booked"]
    assert his.run("book", show(holder, "01101"), "--schedule", schedule) == 0
    assert len(his.follow()) == 1


def test_what_the_city_refuses_is_told_by_its_code(
    his: His, capsys: pytest.CaptureFixture[str]
) -> None:
    planned = his.clinic.session()  # the public's
    holder = patient(his.world).phone
    slot = f"Schedule/{fhir_id(planned)}"
    assert his.run("book", show(holder, "02121"), "--schedule", slot) == 1
    assert "CODE_PURPOSE_MISMATCH" in capsys.readouterr().err
    assert his.run("book", show(holder, "01101"), "--schedule", slot) == 1
    assert "SESSION_FULL" in capsys.readouterr().err


def test_a_patient_is_checked_in_and_seen(his: His, capsys: pytest.CaptureFixture[str]) -> None:
    schedule = f"Schedule/{fhir_id(his.session_now())}"
    holder = patient(his.world).phone
    assert his.run("book", show(holder, "01101"), "--schedule", schedule) == 0
    (appointment,) = his.follow()
    assert his.run("served", appointment) == 1
    assert "APPOINTMENT_MOVED_ON" in capsys.readouterr().err
    assert his.run("check-in", show(holder, "01101")) == 0
    assert his.follow() == {appointment: "arrived"}
    assert [his.run("served", appointment) for _ in range(2)] == [0, 0]
    assert his.follow() == {appointment: "fulfilled"}


def test_a_clinic_is_called_off_by_the_hospitals_own_id(
    his: His, capsys: pytest.CaptureFixture[str]
) -> None:
    planned = his.clinic.session(channel="window", external_id="HIS-4711")
    schedule = f"Schedule/{fhir_id(planned)}"
    holder = patient(his.world).phone
    assert his.run("book", show(holder, "01101"), "--schedule", schedule) == 0
    assert his.run("stop", "HIS-4711", "--reason", "doctor_away") == 0
    assert "stopped     HIS-4711  replanned 0  cancelled 1  released 0" in capsys.readouterr().out
    assert list(his.follow().values()) == ["cancelled_hospital"]
    with Book.opened(his.path) as book:
        assert book.open == []


def test_a_schedule_is_imported_by_the_hospitals_own_ids(
    his: His, capsys: pytest.CaptureFixture[str]
) -> None:
    tomorrow = (his.world.clock.now().astimezone(CHINA) + timedelta(days=1)).date()
    records = [campus(id="N1"), department(campus="N1"), practitioner()]
    records.append(session(id="N-4711", day=tomorrow.isoformat()))
    file = his.path.with_name("schedule.ndjson")
    file.write_text("".join(f"{json.dumps(one)}\n" for one in records))
    assert his.run("import", str(file), "--dry-run") == 0
    assert his.run("import", str(file)) == 0
    assert "imported    created 4" in capsys.readouterr().out
    assert his.run("import", str(file)) == 0
    assert "created 0  updated 0  unchanged 4  refused 0" in capsys.readouterr().out
    found = his.world.client.get("/v1/clinic-sessions?q=心血管").json["items"]
    assert [one["day"] for one in found] == [tomorrow.isoformat()]
