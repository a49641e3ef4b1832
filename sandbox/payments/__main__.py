"""Run the payment provider: `python -m sandbox.payments --help`."""

from __future__ import annotations

import argparse
import os
import signal
import sqlite3
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.departments.office.office import HOST, Ports
from sandbox.departments.office.refusals import CannotStart
from sandbox.payments.faults import Answers, Faults, Payer, Webhooks
from sandbox.payments.provider import Provider, Terms

SECRET_NAME = "PAYMENTS_TOKEN"  # noqa: S105 - the name of a variable
_TITLE = "payment provider"


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C.

    Returns:
        0 after a stop that was asked for, 1 when the provider could not begin.
    """
    options = _parser().parse_args(argv)
    terms = Terms(
        data=options.data,
        notify=options.notify,
        token=options.token,
        faults=Faults(answers=options.answers, payer=options.payer, webhooks=options.webhooks),
    )
    try:
        provider = Provider(terms, ports=Ports(counter=options.port, control=options.control_port))
        _serve(provider)
    except (CannotStart, OSError, OverflowError, ValueError, sqlite3.Error) as error:
        print(f"The {_TITLE} cannot start: {error}", file=sys.stderr)
        return 1
    return 0


def _serve(provider: Provider) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with provider:
        print(f"{_TITLE} on {provider.url}", flush=True)
        print(f"control on http://{HOST}:{provider.control_port}", flush=True)
        stop.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.payments",
        description=f"Sandbox {_TITLE}: a small real HTTP server with its own book.",
    )
    add = parser.add_argument
    add("--port", type=int, required=True, help="0 takes a free one")
    add("--control-port", type=int, default=0, help="faults and payers; 0 takes a free one")
    add("--data", type=Path, required=True, help="folder of its SQLite file and its key")
    add("--notify", type=_address, required=True, help="address that takes its webhooks")
    add(
        "--token",
        default=os.environ.get(SECRET_NAME, ""),
        help=f"service token the merchant must present (default: environment {SECRET_NAME})",
    )
    add("--answers", type=Answers, choices=list(Answers), default=Answers.USUAL)
    add("--payer", type=Payer, choices=list(Payer), default=Payer.USUAL)
    add("--webhooks", type=Webhooks, choices=list(Webhooks), default=Webhooks.USUAL)
    return parser


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = "must be an http or https address"
        raise argparse.ArgumentTypeError(msg)
    return text


if __name__ == "__main__":
    sys.exit(main())
