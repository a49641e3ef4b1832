"""The operator's commands about certificates' states, the outbox and departments' corrections."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import select, text

from app.commands import main
from app.outbox.models import OutboxMessage
from app.partners.models import Terminal
from config import Settings
from tests.app.device import Device, public_jwk
from tests.app.documents.people import ZHANG, issued, members
from tests.app.documents.test_status_lists import move
from tests.app.world import World

CHECKOUT = Path(__file__).parents[3]
PATIENCE_S = 60
PROVISIONAL = (
    "INSERT INTO certificate_confirmations (id, state, due_at, attempts)"
    " VALUES (:id, 'waiting', now(), 0)"
)


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    return {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "POPULATION_URL": settings.population_url,
        "POPULATION_TOKEN": settings.population_token.get_secret_value(),
        "VAR_DIR": str(settings.var_dir),
    }


@pytest.fixture
def here(
    world: World, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    assert world.settings.keys_path.exists()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    yield
    structlog.reset_defaults()


@pytest.fixture
def zhang(world: World) -> Device:
    return world.citizen(ZHANG)


def run(capfd: pytest.CaptureFixture[str], *words: str) -> Any:
    capfd.readouterr()
    assert main(words) == 0
    return json.loads(capfd.readouterr().out)


def refused(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    capfd.readouterr()
    assert main(words) == 1
    return capfd.readouterr().err


def status(device: Device, made: dict[str, Any]) -> str:
    return str(members(device.get(f"/v1/certificates/{made['id']}"))["status"])


def notices(device: Device) -> list[str]:
    return [one["kind"] for one in members(device.get("/v1/me/notices"))["items"]]


@pytest.mark.usefixtures("here")
def test_staff_suspend_resume_and_revoke(capfd: pytest.CaptureFixture[str], zhang: Device) -> None:
    made, by = issued(zhang), ("--by", "staff-17")
    words = (made["id"], "--reason", "UNDER_REVIEW", *by)
    assert run(capfd, "suspend-certificate", *words) == {
        "certificate": made["id"],
        "state": "suspended",
    }
    assert status(zhang, made) == "suspended"
    assert "CERTIFICATE_STATE_UNCHANGED" in refused(capfd, "suspend-certificate", *words)
    run(capfd, "resume-certificate", made["id"], "--reason", "REVIEW_ENDED", *by)
    assert status(zhang, made) == "valid"
    run(capfd, "revoke-certificate", made["id"], "--reason", "FRAUD", *by)
    assert status(zhang, made) == "revoked"
    told = refused(capfd, "revoke-certificate", "cer_x", "--reason", "FRAUD", *by)
    assert "NOT_FOUND" in told
    told = refused(capfd, "revoke-certificate", made["id"], "--reason", "WHIM", *by)
    assert "CERTIFICATE_REASON_INVALID" in told
    assert run(capfd, "outbox")["waiting"] == 3
    assert run(capfd, "dispatch-outbox", "--once") == {"tried": 3}
    assert notices(zhang) == ["certificate.revoked", "certificate.valid", "certificate.suspended"]


@pytest.mark.usefixtures("here")
def test_a_superseded_certificate_is_superseded(
    capfd: pytest.CaptureFixture[str], zhang: Device
) -> None:
    made = issued(zhang)
    words = (made["id"], "--reason", "RECORD_CORRECTED", "--by", "staff-17")
    assert run(capfd, "supersede-certificate", *words)["state"] == "superseded"
    assert status(zhang, made) == "superseded"


@pytest.mark.usefixtures("here")
def test_dead_letters_are_shown_and_tried_again(
    capfd: pytest.CaptureFixture[str], zhang: Device, world: World
) -> None:
    made = issued(zhang)
    run(capfd, "revoke-certificate", made["id"], "--reason", "FRAUD", "--by", "staff-17")
    with world.database.separate() as tx:
        tx.execute(text("UPDATE outbox_messages SET dead_at = now(), failure = 'X', attempts = 12"))
        [message] = tx.scalars(select(OutboxMessage.id)).all()
    state = run(capfd, "outbox")
    assert (state["waiting"], state["dead"]) == (0, 1)
    [letter] = state["letters"]
    assert (letter["id"], letter["topic"], letter["failure"]) == (
        message,
        "certificate.changed",
        "X",
    )
    assert run(capfd, "retry-message", message) == {"due": message}
    assert "DEAD_LETTER_UNKNOWN" in refused(capfd, "retry-message", message)
    run(capfd, "dispatch-outbox", "--once")
    assert notices(zhang) == ["certificate.revoked"]


@pytest.mark.usefixtures("here")
def test_a_terminal_gets_the_scopes_it_is_given(
    capfd: pytest.CaptureFixture[str], world: World, tmp_path: Path
) -> None:
    jwks = tmp_path / "jwks.json"
    jwks.write_text(json.dumps({"keys": [public_jwk(world.phone().key)]}), encoding="utf-8")
    merchant = run(capfd, "add-merchant", "--name", "光明律师事务所")["merchant_id"]
    words = ("--merchant", merchant, "--purposes", "02121", "--jwks", str(jwks))
    made = run(capfd, "add-terminal", *words, "--scopes", "webhooks,certificates.follow")
    with world.database.separate() as tx:
        terminal = tx.get_one(Terminal, made["client_id"])
        assert terminal.scopes == ["certificates.follow", "webhooks"]


@pytest.mark.usefixtures("here")
def test_a_department_that_is_away_stops_neither_pull_nor_comparison(
    capfd: pytest.CaptureFixture[str], zhang: Device, world: World
) -> None:
    made = issued(zhang)
    world.registry.status = 503
    assert run(capfd, "pull-changes") == {"population": 0}
    found = run(capfd, "compare-records")
    assert found == {"asked": 0, "unanswered": 1, "ended": 0, "stopped": False}
    assert status(zhang, made) == "valid"


@pytest.mark.usefixtures("here")
def test_provisional_certificates_are_settled_a_round_at_a_time(
    capfd: pytest.CaptureFixture[str], zhang: Device, world: World
) -> None:
    made = issued(zhang)
    nothing = {"confirmed": 0, "changed": 0, "recalled": 0, "over": 0, "put_off": 0}
    assert run(capfd, "settle-provisional") == nothing
    with world.database.separate() as tx:
        tx.execute(text(PROVISIONAL), {"id": made["id"]})
    run(capfd, "revoke-certificate", made["id"], "--reason", "FRAUD", "--by", "staff-17")
    assert run(capfd, "settle-provisional", "--most", "1") == nothing | {"over": 1}


def test_a_dispatcher_of_its_own_tells_until_it_is_stopped(
    zhang: Device, world: World, environment: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    command = [sys.executable, "-m", "app.commands", "dispatch-outbox", "--pull-seconds", "1"]
    with subprocess.Popen(  # noqa: S603 - the program under test
        command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            made = issued(zhang)
            move(world, made, "revoked", "FRAUD")
            _wait(lambda: notices(zhang) == ["certificate.revoked"])
            process.send_signal(signal.SIGTERM)
            out, _ = process.communicate(timeout=PATIENCE_S)
        finally:
            process.kill()
    assert process.returncode == 0
    assert json.loads(out) == {"stopped": True}
    capfd.readouterr()


def _wait(until: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not until():
        assert time.monotonic() < ends, "nobody was told"
        time.sleep(0.2)
