"""Processes of our own that do something at the same moment."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
_PATIENCE_S: Final = 60


def raced(module: str, arguments: Sequence[Sequence[str]]) -> list[str]:
    """Run a module once with each list of arguments, all at once; returns what each printed.

    It says "ready" when it can begin, and begins at a line on its standard input.
    """
    with ExitStack() as stack:
        racers = [_begun(stack, module, one) for one in arguments]
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        return [racer.communicate(timeout=_PATIENCE_S)[0].strip() for racer in racers]


def _begun(stack: ExitStack, module: str, arguments: Sequence[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", module, *arguments]
    process = stack.enter_context(
        subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
    )
    stack.callback(process.kill)
    return process
