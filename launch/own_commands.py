"""Runs the system's own commands (`python -m app.commands`)."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from launch.bootstrap import CHECKOUT
from launch.errors import LaunchRefused

if TYPE_CHECKING:
    from collections.abc import Mapping


def own_command(*words: str, environment: Mapping[str, str]) -> str:
    """Run one and return what it printed.

    Raises:
        LaunchRefused: it failed; the message is what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "app.commands", *words],
        cwd=CHECKOUT,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        msg = f"`{words[0]}` failed with code {done.returncode}:\n{done.stderr.strip()}"
        raise LaunchRefused(msg)
    return done.stdout
