"""Child processes that never outlive the launcher."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Self

from launch import guard
from launch.errors import LaunchRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

    from launch.account import Account

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TAIL_LINES = 12
_STOP_SECONDS = 10.0
_GUARD_SECONDS = 8.0


class Processes:
    """Starts children, each leading a process group of its own, under the eye of one guard.

    A context manager: leaving it ends the children that are left, the last started first. If the
    launcher is killed outright, the guard does it.
    """

    def __init__(self, *, grace_seconds: float = _GUARD_SECONDS) -> None:
        """Start the guard; it leaves children that long to end by themselves."""
        self._children: list[Child] = []
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, str(grace_seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )

    def start(
        self,
        command: Sequence[str],
        *,
        log: Path,
        name: str,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        directory: Path | None = None,
    ) -> Child:
        """Start `command`, its output appended to the file `log`.

        Args:
            command: program and arguments.
            log: file for standard output and standard error.
            name: what people call it.
            environment: the whole environment of the child; the launcher's unless given.
            account: who it runs as; the caller unless given.
            stop_signal: what asks it to end in order.
            directory: where it runs; "/" unless given.
        """
        self._expect_guard()
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output, _uninterrupted():
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory or Path("/"),
                env=environment,
                # A session of its own: Ctrl-C reaches the launcher alone, which ends in order.
                start_new_session=True,
                **(account.identity if account else {}),
            )
            child = Child(name=name, process=process, log=log, stop_signal=stop_signal)
            self._children.append(child)
            self._tell(f"+{process.pid} {int(stop_signal)}")
        return child

    def stop(self, child: Child) -> None:
        """End one child and all it started."""
        child.stop()
        self._children.remove(child)
        self._tell(f"-{child.process.pid}")

    def expect_all_alive(self) -> None:
        """Refuse to go on when a child has ended by itself.

        Raises:
            LaunchRefused: with the last lines of its log.
        """
        for child in self._children:
            child.expect_alive()

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End every child, then the guard."""
        for child in reversed(tuple(self._children)):
            self.stop(child)
        self._guard.communicate()

    def _expect_guard(self) -> None:
        if self._guard.poll() is not None:
            msg = "The guard of the servers has died; nothing more is started without it."
            raise LaunchRefused(msg)

    def _tell(self, line: str) -> None:
        # A guard that has died must not keep anybody from stopping the rest.
        with contextlib.suppress(BrokenPipeError):
            if self._guard.stdin:
                self._guard.stdin.write(f"{line}\n".encode())
                self._guard.stdin.flush()


class Child:
    """One running process."""

    def __init__(
        self,
        *,
        name: str,
        process: subprocess.Popen[bytes],
        log: Path,
        stop_signal: signal.Signals,
    ) -> None:
        """Describe a process that has just been started."""
        self.name = name
        self.process = process
        self.log = log
        self._stop_signal = stop_signal

    def expect_alive(self) -> None:
        """Refuse to go on when the process has ended.

        Raises:
            LaunchRefused: with the last lines of its log.
        """
        code = self.process.poll()
        if code is not None:
            msg = f"{self.name} ended with code {code}. {self.log} ends:\n{tail(self.log)}"
            raise LaunchRefused(msg)

    def stop(self) -> None:
        """Ask it to end; when it has, or will not, end what is left of its group."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, self._stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=_STOP_SECONDS)
        guard.end_groups({self.process.pid: signal.SIGTERM}, grace_seconds=2)
        self.process.wait()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put a stop signal off for a moment: a child must not exist before it is written down."""
    if threading.current_thread() is not threading.main_thread():
        # Signals are handled in the main thread alone.
        yield
        return
    caught: list[int] = []
    before = {n: signal.signal(n, lambda n, _: caught.append(n)) for n in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for late in caught[:1]:
        signal.raise_signal(late)


def tail(log: Path) -> str:
    """Return the last lines of a log, indented."""
    with log.open(encoding="utf-8", errors="replace") as lines:
        return "".join(f"    {line}" for line in deque(lines, maxlen=_TAIL_LINES)).rstrip()


def wait_until(ready: Callable[[], bool], *, child: Child, seconds: float) -> None:
    """Ask `ready()` until it is true.

    Raises:
        LaunchRefused: the child has ended, or is not ready in time.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        child.expect_alive()
        if time.monotonic() > deadline:
            msg = f"{child.name} was not ready after {seconds:.0f} s. {child.log} ends:\n"
            raise LaunchRefused(msg + tail(child.log))
        time.sleep(0.02)
