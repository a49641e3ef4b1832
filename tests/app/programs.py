"""Modules that run as programs of their own, talk by lines, and may be killed."""

from __future__ import annotations

import os
import runpy
import socket
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext
from types import TracebackType
from typing import Final, Self

PATIENCE_S: Final = 60
_LOADED: Final = ("app.factory", "tests.app.world")


def forking() -> ForkServerContext:
    """Processes that are copies of one that has loaded the application: to load it takes seconds.

    Python starts that one once a run, for whoever asks first, and it loads what it was told then.
    So all are told the same.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload([*_LOADED])
    return context


class Program:
    """What `python -m module …` would be. Leaving its block kills it, should it still run."""

    def __init__(self, module: str, arguments: Sequence[str]) -> None:
        """Start it, with the environment as it is now."""
        ours, theirs = socket.socketpair()
        ours.settimeout(PATIENCE_S)
        environment = dict(os.environ)  # noqa: TID251 - handed on as it is
        self._process = forking().Process(
            target=_run, args=(theirs, module, arguments, environment)
        )
        self._process.start()
        theirs.close()
        self._talk = ours.makefile("rw", encoding="utf-8")
        ours.close()  # the file keeps it open

    def expect(self, word: str) -> None:
        """Wait for a line, which has to be this one."""
        assert self._talk.readline() == f"{word}\n"

    def go(self) -> None:
        """Let it go on: a line on its standard input."""
        self._talk.write("go\n")
        self._talk.flush()

    def rest(self) -> str:
        """Wait for its end; returns what it had still to say."""
        said = self._talk.read().strip()
        self._process.join(PATIENCE_S)
        return said

    def kill(self) -> None:
        """End it wherever it is."""
        self._process.kill()
        self._process.join(PATIENCE_S)

    @property
    def exitcode(self) -> int | None:
        """Its exit code; less than nought: the signal that ended it. None: it runs."""
        return self._process.exitcode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()
        self._talk.close()


def _run(
    talk: socket.socket, module: str, arguments: Sequence[str], environment: Mapping[str, str]
) -> None:
    for number in (0, 1):
        os.dup2(talk.fileno(), number)
    talk.close()
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    sys.argv = [module, *arguments]
    os.environ.clear()  # noqa: TID251 - the one it is copied from has another
    os.environ.update(environment)  # noqa: TID251
    runpy.run_module(module, run_name="__main__")
