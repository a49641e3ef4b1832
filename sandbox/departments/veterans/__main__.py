"""Run the veterans department: `python -m sandbox.departments.veterans --help`."""

from __future__ import annotations

import argparse
import signal
import sqlite3
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from sandbox.departments.directory import department
from sandbox.departments.office.refusals import CannotStart
from sandbox.departments.veterans.drops import DropFailure, Dropper
from sandbox.departments.veterans.roll import open_roll
from sandbox.departments.veterans.signing import load_or_make

_ENTRY = department("veterans")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {_ENTRY.module}",
        description="Drops a signed snapshot of the roll: once, or again and again."
        " A drop in between, with another --fail, may be asked for at any time.",
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of its roll and its key")
    parser.add_argument("--drops", type=Path, required=True, help="folder that readers look into")
    parser.add_argument("--every", type=float, metavar="SECONDS", help="drop again after so long")
    parser.add_argument("--key", type=Path, help="private key (default: signing.pem in --data)")
    parser.add_argument(
        "--fail",
        type=DropFailure,
        choices=list(DropFailure),
        default=DropFailure.NONE,
        help="what is wrong with each drop",
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    """Drop until SIGTERM or Ctrl-C, or once.

    Returns:
        0 after a stop that was asked for, 1 when the department could not begin or go on.
    """
    options = _arguments().parse_args(argv)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        roll = open_roll(options.data)
        key = load_or_make(options.key or options.data / "signing.pem")
        dropper = Dropper(roll=roll, data=options.data, folder=options.drops, key=key)
        while not stop.is_set():
            dropped = dropper.drop(at=datetime.now(tz=UTC), failure=options.fail)
            print(f"{_ENTRY.title} dropped {dropped.name}", flush=True)
            if options.every is None or stop.wait(options.every):
                break
    except (CannotStart, OSError, ValueError, sqlite3.Error) as error:
        print(f"The {_ENTRY.title} cannot go on: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
