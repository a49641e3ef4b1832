"""The veterans department: drops its roll four times a day while the launch lasts."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from launch.bootstrap import CHECKOUT
from launch.process import wait_until
from sandbox.departments.directory import department

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from launch.process import Child, Processes

SETTING = "VETERANS_DROPS"
_ENTRY = department("veterans")
_EVERY_SECONDS = 6 * 3600
_SECONDS = 60


class Veterans:
    """The department of one launch."""

    def __init__(self, *, given: Mapping[str, str], var: Path, processes: Processes) -> None:
        """Start it.

        Args:
            given: the caller's environment.
            var: where data, drops and logs lie.
            processes: what starts it.
        """
        home = var / "departments" / _ENTRY.name
        self._drops, self._key = home / "drops", home / "data" / "signing.public.pem"
        self._began = time.time()
        self._child: Child = processes.start(
            [
                sys.executable,
                "-m",
                _ENTRY.module,
                f"--data={home / 'data'}",
                f"--drops={self._drops}",
                f"--every={_EVERY_SECONDS}",
            ],
            name=f"The {_ENTRY.title}",
            log=var / "logs" / f"{_ENTRY.name}.log",
            environment=given,
            directory=CHECKOUT,
        )

    @property
    def settings(self) -> dict[str, str]:
        """What the API is told of it."""
        return {SETTING: str(self._drops), "VETERANS_KEY": str(self._key)}

    def wait(self) -> None:
        """Wait for this launch's first drop: the API wants the key when it starts.

        Raises:
            LaunchRefused: none came.
        """
        wait_until(self._has_dropped, child=self._child, seconds=_SECONDS)

    def _has_dropped(self) -> bool:
        # Whole seconds on some disks.
        return any(
            one.stat().st_mtime >= int(self._began) for one in self._drops.glob("veterans-*.jws")
        )
