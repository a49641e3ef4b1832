"""Play a hospital's information system: ``python -m sandbox.hospital_his --help``."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sandbox.hospital_his.book import Book, BookError, GapError
from sandbox.hospital_his.client import Hospital
from sandbox.hospital_his.commands import NOT_TRIED, REFUSED, UNKNOWN, add_commands
from sandbox.hospital_his.desk import Desk
from sandbox.phone.dpop import Prover
from sandbox.phone.http import Http, Refused, UnreachableError
from sandbox.phone.keys import DeviceKey
from sandbox.terminal.assertion import ClientAssertions
from sandbox.terminal.picture import UnreadablePictureError

_DESCRIPTION = """\
A hospital's information system, and the example to copy for one. It keeps its keys, how far it has
read the feed of events, how each appointment stands, and every write whose answer has not come in
one file, so that whatever stops it, no event is lost or counted twice.
"""
_EPILOG = """\
Exit code: 0 done, 1 refused or something is missing, 2 not tried, 3 nobody knows yet (resume).

  python -m sandbox.hospital_his new-key --jwks his.jwks.json
  python -m sandbox.hospital_his --client-id trm_… import schedule.ndjson --dry-run
  python -m sandbox.hospital_his follow                         # what is new
  python -m sandbox.hospital_his follow --every 5               # until it is stopped
  python -m sandbox.hospital_his check-in 281234567890123457
  python -m sandbox.hospital_his served apt_…
  python -m sandbox.hospital_his book 281234567890123457 --schedule Schedule/ses-…
  python -m sandbox.hospital_his stop HIS-4711 --reason doctor_away
"""
_PATIENCE_S = 30.0
_DEFAULT_URL = "http://127.0.0.1:8000"


def main(
    arguments: Sequence[str] | None = None, *, sleep: Callable[[float], None] = time.sleep
) -> int:
    """Do one command; return the process's exit code.

    Args:
        arguments: the command line.
        sleep: waits for seconds.
    """
    options = _parser().parse_args(arguments)
    try:
        with Book.opened(options.book) as book:
            _settle_in(book, options)
            return _run(book, options, sleep)
    except (BookError, OSError, ValueError) as error:
        print(f"book        {error}", file=sys.stderr)
    except UnreadablePictureError:
        print("scan        no code to be seen in this picture", file=sys.stderr)
    return NOT_TRIED


def _settle_in(book: Book, options: argparse.Namespace) -> None:
    """Note what the command line says of the system, and make the keys it has not got."""
    told: dict[str, str] = {}
    if options.base_url is not None:
        told |= {"base_url": options.base_url, "issuer": options.issuer or options.base_url}
    if options.client_id is not None:
        told["client_id"] = options.client_id
    if any(book.own(name) != value for name, value in told.items()):
        told["token"] = ""
    for name in ("key", "proof_key"):
        if book.own(name) is None:
            told[name] = DeviceKey.generate().pem().decode()
    if told:
        book.keep(**told)


def _run(book: Book, options: argparse.Namespace, sleep: Callable[[float], None]) -> int:
    base_url = book.own("base_url") or _DEFAULT_URL
    key = DeviceKey.from_pem((book.own("key") or "").encode())
    proof_key = DeviceKey.from_pem((book.own("proof_key") or "").encode())
    assertions = ClientAssertions(
        client_id=book.own("client_id") or "",
        key=key,
        issuer=book.own("issuer") or base_url,
        clock=time.time,
    )
    with Http(
        base_url=base_url,
        prover=Prover(key=proof_key, clock=time.time),
        clock=time.perf_counter,
        language=options.language,
        patience_s=_PATIENCE_S,
    ) as http:
        hospital = Hospital(
            http=http,
            assertions=assertions,
            token=book.own("token") or None,
            keep=lambda token: book.keep(token=token),
        )
        desk = Desk(hospital=hospital, book=book, sleep=sleep)
        return _told(lambda: options.command(desk, book, options))


def _told(work: Callable[[], int]) -> int:
    """Do it; say what went wrong."""
    try:
        return work()
    except Refused as refused:
        print(f"refused     {refused}", file=sys.stderr)
        return REFUSED
    except GapError as gap:
        print(f"gap         {gap}; nothing of it was taken", file=sys.stderr)
        return REFUSED
    except UnreachableError as error:
        print(f"no answer   from {error}", file=sys.stderr)
        return UNKNOWN if error.sent else NOT_TRIED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.hospital_his",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--book", type=Path, default=Path("his.db"), help="the system's file (%(default)s)")
    add("--base-url", help=f"the server, noted in the book ({_DEFAULT_URL})")
    add("--issuer", help="the server's name in tokens (the base URL)")
    add("--client-id", help="the registered id, noted in the book")
    add("--language", default="en", choices=("en", "zh-CN"), help="of the server's words")
    add_commands(parser.add_subparsers(title="commands", metavar="COMMAND", required=True))
    return parser


if __name__ == "__main__":
    sys.exit(main())
