"""The command line of a department that answers over HTTP."""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sandbox.departments.directory import Entry
from sandbox.departments.office.desk import Department
from sandbox.departments.office.faults import Failure, Faults
from sandbox.departments.office.office import HOST, Office, Ports
from sandbox.departments.office.refusals import CannotStart


def _no_more(_: argparse.ArgumentParser) -> None:
    """Add no argument."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What is particular about a department's program."""

    entry: Entry
    open: Callable[[argparse.Namespace], Department]
    """Makes its books ready; `data` is their folder."""
    latency_ms: tuple[int, int] = (50, 200)
    arguments: Callable[[argparse.ArgumentParser], None] = _no_more
    """Adds what only this department needs to be told."""


def run(program: Program, argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C.

    Returns:
        0 after a stop that was asked for, 1 when the department could not begin.
    """
    options = _parser(program).parse_args(argv)
    try:
        office = Office(
            program.open(options),
            token=options.token,
            faults=_faults(options),
            ports=Ports(counter=options.port, control=options.control_port),
        )
        _serve(office, title=program.entry.title)
    except (CannotStart, OSError, OverflowError, ValueError, sqlite3.Error) as error:
        print(f"The {program.entry.title} cannot start: {error}", file=sys.stderr)
        return 1
    return 0


def _serve(office: Office, *, title: str) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with office:
        print(f"{title} on http://{HOST}:{office.port}", flush=True)
        if office.control_port is not None:
            print(f"control on http://{HOST}:{office.control_port}", flush=True)
        stop.wait()


def _faults(options: argparse.Namespace) -> Faults:
    fastest, slowest = options.latency_ms
    if options.slow is not None:
        fastest = slowest = int(options.slow * 1000)
    return Faults(failure=options.fail, fastest_ms=fastest, slowest_ms=slowest)


def _parser(program: Program) -> argparse.ArgumentParser:
    token_name = program.entry.secret_name or ""
    fastest, slowest = program.latency_ms
    parser = argparse.ArgumentParser(
        prog=f"python -m {program.entry.module}",
        description=f"Sandbox {program.entry.title}: a small real HTTP server with its own data.",
    )
    add = parser.add_argument
    add("--port", type=int, required=True, help="0 takes a free one")
    add("--control-port", type=int, help="switches faults and corrects records; 0 takes a free one")
    add("--data", type=Path, required=True, help="folder of its SQLite file")
    add(
        "--token",
        default=os.environ.get(token_name, ""),
        help=f"service token callers must present (default: environment {token_name})",
    )
    add(
        "--latency-ms",
        type=_span,
        default=program.latency_ms,
        metavar="MIN-MAX",
        help=f"every answer is held back this long (default {fastest}-{slowest})",
    )
    add("--slow", type=float, metavar="SECONDS", help="hold back this long instead")
    add(
        "--fail",
        type=Failure,
        choices=list(Failure),
        default=Failure.NONE,
        help="fail every question in this way",
    )
    program.arguments(parser)
    return parser


def _span(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    if not (low.isdecimal() and high.isdecimal() and int(low) <= int(high)):
        msg = "must look like 20-60"
        raise argparse.ArgumentTypeError(msg)
    return int(low), int(high)
