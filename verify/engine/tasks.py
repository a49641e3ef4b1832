"""What runs inside a face worker. Importing this costs nothing: models load on first use."""

import os
import signal
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from multiprocessing import parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Protocol, cast

from verify.models import ModelFiles
from verify.policy.verification import VerificationPolicy
from verify.results import FrameMeasurement, Template
from verify.wanted import PLAIN, Wanted


class Measuring(Protocol):
    """The part of `verify.measuring.Measurer` that tasks use."""

    def measure(
        self, frames: Sequence[bytes], *, wanted: Wanted = PLAIN
    ) -> tuple[FrameMeasurement, ...]:
        """Measure neighbouring frames."""

    def enrol(self, photo: bytes) -> Template:
        """Describe a reference photograph."""


@cache
def measurer(files: ModelFiles, policy: VerificationPolicy) -> Measuring:
    """Return this process's models, loaded once.

    The module is named, not imported above, so that the process which only hands out work never
    loads OpenCV or dlib.
    """
    return cast("Measuring", import_module("verify.measuring").Measurer(files=files, policy=policy))


def prepare(files: ModelFiles, policy: VerificationPolicy) -> None:
    """Load the models; leave interrupts to the parent, and leave when it is gone.

    A worker is one thread of one core's: numpy's helpers would only wait beside it, busily.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # noqa: TID251 - written, not read
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        Thread(target=follow, args=(parent.sentinel, os._exit), daemon=True).start()
    measurer(files, policy)


def follow(sentinel: int, leave: Callable[[int], object]) -> None:
    """Call `leave` once the process behind `sentinel` has ended."""
    wait([sentinel])
    leave(1)


def warm() -> int:
    """Return the worker's process id: it has loaded everything by then."""
    return os.getpid()


def measure(
    files: ModelFiles,
    policy: VerificationPolicy,
    limit_s: int,
    frames: Sequence[bytes],
    wanted: Wanted,
) -> tuple[FrameMeasurement, ...]:
    """Measure neighbouring frames, or die trying after `limit_s` seconds."""
    with Deadline(limit_s):
        return measurer(files, policy).measure(frames, wanted=wanted)


def enrol(
    files: ModelFiles,
    policy: VerificationPolicy,
    limit_s: int,
    photo: bytes,
) -> Template:
    """Describe a reference photograph, or die trying after `limit_s` seconds."""
    with Deadline(limit_s):
        return measurer(files, policy).enrol(photo)


class Deadline:
    """Ends the whole process when its block takes too long.

    Native code cannot be interrupted from Python. SIGALRM's default action ends the process, the
    parent sees a dead worker and starts another.
    """

    def __init__(self, seconds: int) -> None:
        """Set the limit, in whole seconds."""
        self._seconds = seconds

    def __enter__(self) -> None:
        """Start the clock."""
        signal.alarm(self._seconds)

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        signal.alarm(0)
