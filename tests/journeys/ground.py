"""Where the journeys take place: the whole system, with a folder of its own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import urllib3
from sqlalchemy import update

from app.core.clock import SystemClock
from app.identity.models.verification import VerificationSession
from app.identity.service.seals import SessionSeals
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from config import Settings
from launch.bootstrap import CHECKOUT
from launch.ports import HOST
from launch.process import Child, wait_until
from launch.system import System, api_command

_SHARED = ("models", "portraits")


@contextmanager
def folder() -> Iterator[Path]:
    """A `var/` of its own, which every account may enter, with the checkout's models."""
    for name in _SHARED:
        if not (CHECKOUT / "var" / name).is_dir():
            pytest.skip(f"var/{name} is missing: python -m launch.assets fetches it")
    made = Path(tempfile.mkdtemp(prefix="zr-")).resolve()
    try:
        made.chmod(0o755)
        for name in _SHARED:
            (made / name).symlink_to(CHECKOUT / "var" / name)
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def given(var: Path) -> dict[str, str]:
    """The caller's environment without settings of the system but the folder."""
    ours = {name.upper() for name in Settings.model_fields} | {"POSTGRES_BIN", "REDIS_BIN"}
    outside = {k: v for k, v in os.environ.items() if k not in ours}  # noqa: TID251
    return {**outside, "VAR_DIR": str(var)}


@dataclass(frozen=True, slots=True)
class Books:
    """What the system has written down, for a test that may look."""

    shared: Infrastructure

    @classmethod
    @contextmanager
    def opened(cls, environment: Mapping[str, str]) -> Iterator[Books]:
        with ExitStack() as closing:
            settings = Settings.from_environment(environment)
            yield cls(build_infrastructure(settings, SystemClock(), closing))

    def gate(self, session_id: str) -> str:
        """The check that a failed session did not pass; callers never learn it."""
        audit = self._audit(session_id)
        return str(audit["gate"] if audit["gate"] != "verdict" else audit["figures"]["gate"])

    def standing(self, session_id: str) -> str:
        """What the registry's answer meant for a session."""
        return str(self._audit(session_id)["standing"])

    def let_time_pass(self, session_id: str) -> None:
        """Put the end of a session into the past."""
        table = VerificationSession
        with self.shared.database.separate() as tx:
            over = self.shared.clock.now() - timedelta(seconds=1)
            tx.execute(update(table).where(table.id == session_id).values(expires_at=over))

    def _audit(self, session_id: str) -> dict[str, Any]:
        with self.shared.database.separate() as tx:
            session = tx.get_one(VerificationSession, session_id)
            return SessionSeals(self.shared.cipher).audit(session)


class OtherApi:
    """A second API on the same data, with one face worker and room for one request."""

    def __init__(self, system: System, *, port: int) -> None:
        self._system = system
        self._port = port
        self.base_url = f"http://{HOST}:{port}"
        self.child: Child
        self.start()

    def start(self) -> None:
        changes = {
            "PUBLIC_URL": self.base_url,
            "FACE_WORKERS": "1",
            "FACE_QUEUE": "1",
        }
        self.child = self._system.processes.start(
            api_command(self._port),
            name="The other API",
            log=self._system.var / "logs" / "other-api.log",
            environment={**self._system.environment, **changes},
            directory=CHECKOUT,
        )
        wait_until(self._ready, child=self.child, seconds=90)

    def stop(self) -> None:
        self._system.processes.stop(self.child)

    def _ready(self) -> bool:
        try:
            with urllib3.PoolManager(retries=False, timeout=5) as pool:
                answer = pool.request("GET", f"{self.base_url}/health/ready")
        except urllib3.exceptions.HTTPError:
            return False
        return answer.status == 200
