"""Departments that are asked over HTTP: one process each, with a port for whoever plays with it."""

from __future__ import annotations

import secrets
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from launch.bootstrap import CHECKOUT
from launch.ports import HOST
from sandbox.departments.directory import DEPARTMENTS, Way

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from launch.process import Child, Processes
    from sandbox.departments.directory import Entry

COUNTERS = tuple(entry for entry in DEPARTMENTS if entry.way is Way.HTTP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """One department at work."""

    entry: Entry
    child: Child
    address: str
    """Where it is asked."""
    control: str
    """Where its faults are switched and its records corrected."""
    token: str = field(repr=False)
    """Both ask for it."""

    @property
    def settings(self) -> dict[str, str]:
        """What the API is told of it."""
        prefix = self.entry.name.upper()
        return {f"{prefix}_URL": self.address, f"{prefix}_TOKEN": self.token}


def is_given(entry: Entry, given: Mapping[str, str]) -> bool:
    """Tell whether the caller names another department in its place."""
    return bool(given.get(f"{entry.name.upper()}_URL"))


def start_counter(
    entry: Entry,
    *,
    ports: tuple[int, int],
    given: Mapping[str, str],
    var: Path,
    portraits: Path,
    processes: Processes,
) -> Counter:
    """Start one; it is not waited for.

    Args:
        entry: which.
        ports: where it is asked, and where it is controlled.
        given: the caller's environment.
        var: where data and logs lie.
        portraits: folder of the sample photographs.
        processes: what starts it.
    """
    (port, control), token = ports, secrets.token_urlsafe(32)
    own = [f"--portraits={portraits}"] if entry.name == "population" else []
    child = processes.start(
        [
            sys.executable,
            "-m",
            entry.module,
            f"--port={port}",
            f"--control-port={control}",
            f"--data={folder_of(entry, var)}",
            *own,
        ],
        name=f"The {entry.title}",
        log=var / "logs" / f"{entry.name}.log",
        # By the environment: everybody can read a command line.
        environment={**given, str(entry.secret_name): token},
        directory=CHECKOUT,
    )
    return Counter(
        entry=entry,
        child=child,
        address=f"http://{HOST}:{port}",
        control=f"http://{HOST}:{control}",
        token=token,
    )


def folder_of(entry: Entry, var: Path) -> Path:
    """Return where a department keeps its data; the registry's were there first."""
    return var / "population" if entry.name == "population" else var / "departments" / entry.name
