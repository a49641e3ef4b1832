"""The example of a hospital's system against the system it was written for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.hospital.fhir.service.ids import fhir_id
from app.wiring.notifications import build_dispatcher
from config import Settings
from sandbox.hospital_his.__main__ import main
from sandbox.hospital_his.book import Book
from tests.app.card.steps import show
from tests.app.hospital.fhir.steps import HOSPITAL, patient
from tests.app.hospital.planting import Clinic, plant
from tests.app.registry import Registry
from tests.app.world import World
from tests.clients.served import served

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
    session = his.clinic.session(channel="window")
    holder = patient(his.world).phone
    schedule = f"Schedule/{fhir_id(session)}"
    assert his.run("book", show(holder, "01101"), "--schedule", schedule) == 0
    assert "booked" in capsys.readouterr().out
    assert list(his.follow().values()) == ["booked"]
    assert his.run("book", show(holder, "01101"), "--schedule", schedule) == 0
    assert len(his.follow()) == 1


def test_what_the_city_refuses_is_told_by_its_code(
    his: His, capsys: pytest.CaptureFixture[str]
) -> None:
    session = his.clinic.session()  # the public's
    holder = patient(his.world).phone
    slot = f"Schedule/{fhir_id(session)}"
    assert his.run("book", show(holder, "02121"), "--schedule", slot) == 1
    assert "CODE_PURPOSE_MISMATCH" in capsys.readouterr().err
    assert his.run("book", show(holder, "01101"), "--schedule", slot) == 1
    assert "SESSION_FULL" in capsys.readouterr().err
