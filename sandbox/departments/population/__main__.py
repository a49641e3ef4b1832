"""Run the population registry: `python -m sandbox.departments.population --help`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from sandbox.departments.population.faults import Failure, Faults
from sandbox.departments.population.register import Register
from sandbox.departments.population.seed import SeedRefused, read_seed
from sandbox.departments.population.server import RegistryServer

_TOKEN_NAME = "POPULATION_TOKEN"  # noqa: S105 - the name of a variable


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.departments.population",
        description="Sandbox population registry: a small real HTTP server with its own data.",
    )
    parser.add_argument("--port", type=int, required=True, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder of its SQLite file")
    parser.add_argument("--portraits", type=Path, required=True, help="folder of the photographs")
    parser.add_argument(
        "--token",
        default=os.environ.get(_TOKEN_NAME, ""),
        help=f"service token callers must present (default: environment {_TOKEN_NAME})",
    )
    parser.add_argument(
        "--latency-ms",
        type=_span,
        default=(20, 60),
        metavar="MIN-MAX",
        help="every lookup is held back this long (default 20-60)",
    )
    parser.add_argument("--slow", type=float, metavar="SECONDS", help="hold back this long instead")
    parser.add_argument(
        "--fail",
        type=Failure,
        choices=list(Failure),
        default=Failure.NONE,
        help="fail every lookup in this way",
    )
    return parser


def _span(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    if not (low.isdecimal() and high.isdecimal() and int(low) <= int(high)):
        msg = "must look like 20-60"
        raise argparse.ArgumentTypeError(msg)
    return int(low), int(high)


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C.

    Returns:
        0 after a stop that was asked for, 1 when the registry could not begin.
    """
    options = _arguments().parse_args(argv)
    fastest, slowest = options.latency_ms
    if options.slow is not None:
        fastest = slowest = int(options.slow * 1000)
    try:
        register = Register(options.data)
        register.fill(read_seed(portraits=options.portraits))
        server = RegistryServer(
            address=("127.0.0.1", options.port),
            register=register,
            token=options.token,
            faults=Faults(failure=options.fail, fastest_ms=fastest, slowest_ms=slowest),
        )
    except (SeedRefused, OSError, ValueError) as error:
        print(f"The population registry cannot start: {error}", file=sys.stderr)
        return 1
    _serve(server)
    return 0


def _serve(server: RegistryServer) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    print(f"population registry on http://127.0.0.1:{server.server_address[1]}", flush=True)
    stop.wait()
    server.shutdown()
    thread.join()
    server.server_close()


if __name__ == "__main__":
    sys.exit(main())
