"""Run the services of the sandbox's PKI: `python -m sandbox.pki --help`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from sandbox.pki.credentials import CredentialFile
from sandbox.pki.refusals import CannotStart
from sandbox.pki.register import HttpPublications, Register
from sandbox.pki.responder import Responder
from sandbox.pki.serials import Serials
from sandbox.pki.server import PkiServer, Services
from sandbox.pki.timestamps import TimestampAuthority

_HOST = "127.0.0.1"


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C.

    Returns:
        0 after a stop that was asked for, 1 when the services could not begin.
    """
    options = _parser().parse_args(argv)
    try:
        options.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Serials(options.data / "serials") as serials:
            services = _services(options.data, options.register, serials)
            _serve(PkiServer(address=(_HOST, options.port), services=services))
    except (CannotStart, OSError, OverflowError, ValueError) as error:
        print(f"The PKI services cannot start: {error}", file=sys.stderr)
        return 1
    return 0


def _services(data: Path, register_url: str, serials: Serials) -> Services:
    stamping, answering = CredentialFile(data, "timestamp"), CredentialFile(data, "status")
    register = Register(
        publications=HttpPublications(register_url),
        issuing=lambda: answering.credential().issuing,
        clock=_now,
    )
    return Services(
        timestamps=TimestampAuthority(file=stamping, serials=serials, clock=_now),
        responder=Responder(file=answering, register=register, clock=_now),
        register=register,
    )


def _serve(server: PkiServer) -> None:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    print(f"timestamps, OCSP and CRLs on http://{_HOST}:{server.port}", flush=True)
    stop.wait()
    server.shutdown()
    thread.join()
    server.server_close()


def _now() -> datetime:
    return datetime.now(tz=UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.pki", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, required=True, help="0 takes a free one")
    add("--data", type=Path, required=True, help="folder of its keys, certificates and serials")
    add("--register", required=True, help="http address below which the authority publishes")
    return parser


if __name__ == "__main__":
    sys.exit(main())
