"""One worker process and the pipe to it."""

import contextlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from threading import Timer
from typing import Any, ParamSpec, TypeVar, TypeVarTuple, cast

Args = ParamSpec("Args")
Given = TypeVarTuple("Given")
Outcome = TypeVar("Outcome")

_ENDING_S = 5.0


class WorkerDied(Exception):  # noqa: N818 - what happened, like the engine's own errors
    """The process ended, by itself or by our hand, before it had answered."""


@dataclass(frozen=True)
class _Done:
    """What a task returned."""

    value: object


@dataclass(frozen=True)
class _Failed:
    """What a task raised."""

    error: Exception


class Worker:
    """A spawned process that does one task after the other. For one thread at a time.

    Only the child holds the pipe's other end. So whatever befalls it, in the middle of a word
    too, writing to it and reading from it fail at once, and nobody waits for a dead process.
    """

    def __init__(self, prepare: Callable[[*Given], object], *args: *Given) -> None:
        """Start the process, which first calls ``prepare(*args)``; do not wait for it."""
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=serve, args=(theirs, prepare, args), name="face worker", daemon=True
        )
        self._process.start()
        theirs.close()

    def alive(self) -> bool:
        """Whether the process has not ended.

        Only its sentinel knows for sure: of an end that another thread, starting a process, was
        told of a moment ago the system tells nobody else, and `is_alive` takes that for a life.
        """
        return not wait([self._process.sentinel], timeout=0)

    def call(
        self,
        within_s: float,
        task: Callable[Args, Outcome],
        *args: Args.args,
        **options: Args.kwargs,
    ) -> Outcome:
        """Let the process do a task, and wait for what comes of it.

        Args:
            within_s: When the process is killed, also one that no longer runs at all.
            task: A function of a module.
            args: What it is called with.
            options: What it is called with, by name.

        Raises:
            WorkerDied: There will be no answer; the worker is of no more use.
            Exception: Whatever the task raised.
        """
        limit = Timer(within_s, self._process.kill)
        limit.start()
        try:
            self._pipe.send((task, args, options))
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise WorkerDied from error
        finally:
            limit.cancel()
            limit.join()
        if isinstance(answer, _Failed):
            raise answer.error
        return cast("Outcome", cast("_Done", answer).value)

    def end(self) -> None:
        """End a process that is at rest, which is given a moment to do so itself."""
        self._pipe.close()
        self._process.join(_ENDING_S)
        self.kill()

    def kill(self) -> None:
        """End the process whatever it does."""
        self._pipe.close()
        self._process.kill()
        self._process.join()


def serve(pipe: Connection, prepare: Callable[..., object], args: tuple[Any, ...]) -> None:
    """Do what is sent through `pipe` until its other end is closed."""
    prepare(*args)
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            task, given, options = pipe.recv()
            pipe.send(attempt(task, *given, **options))


def attempt(
    task: Callable[Args, object], *args: Args.args, **options: Args.kwargs
) -> _Done | _Failed:
    """Call a task and keep what came of it, with where it failed as a note."""
    try:
        return _Done(task(*args, **options))
    except Exception as error:  # noqa: BLE001 - raised again where the answer is read
        error.add_note(traceback.format_exc())
        return _Failed(error)
