"""Starts Zero-Run on this machine: `python -m launch demo` or `python -m launch run`."""

from __future__ import annotations

import argparse
import os
import sys

from launch.assets import ensure_assets
from launch.bootstrap import CHECKOUT
from launch.counters import COUNTERS, code_for
from launch.demo import demo
from launch.environment import var_folder
from launch.errors import LaunchRefused
from launch.ports import expect_free
from launch.serving import StopRequested, run, stoppable
from launch.system import sandbox_folder
from sandbox.phone.http import UnreachableError

_DEFAULT_PORT = 8000
_KILLED = 128


def main(argv: list[str] | None = None) -> int:
    """Do what the words of the command line ask for.

    Returns:
        0 when all of it held, 1 when not, 128 + signal when stopped before the end.
    """
    options = _parser().parse_args(argv)
    try:
        with stoppable():
            return _play(options)
    except StopRequested as stop:
        return _KILLED + stop.number
    except LaunchRefused as refused:
        print(refused, file=sys.stderr)
    except UnreachableError as error:
        print(f"The API does not answer: {error}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m launch", description=__doc__)
    kinds = parser.add_subparsers(dest="kind", required=True)
    playing = kinds.add_parser("demo", help="start everything, play the journey, keep serving")
    playing.add_argument("--once", action="store_true", help="stop after the journey")
    serving = kinds.add_parser("run", help="start everything and serve")
    for each in (playing, serving):
        each.add_argument("--port", type=int, default=_DEFAULT_PORT, help="where the API listens")
    asking = kinds.add_parser("code", help="a code by which a browser becomes one of the counters")
    asking.add_argument("counter", choices=sorted(COUNTERS))
    return parser


def _play(options: argparse.Namespace) -> int:
    given = dict(os.environ)
    if options.kind == "code":
        print(code_for(options.counter, sandbox_folder(var_folder(CHECKOUT, given))))
        return 0
    # Before anything is fetched or started.
    expect_free(options.port)
    ensure_assets(var_folder(CHECKOUT, given))
    if options.kind == "run":
        run(given, port=options.port)
        return 0
    return demo(given, port=options.port, once=options.once)


if __name__ == "__main__":
    sys.exit(main())
