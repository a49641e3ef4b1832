"""Play a pharmacy's cashier: ``python -m sandbox.terminal --help``."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sandbox.phone.dpop import Prover
from sandbox.phone.http import Http, Refused, UnreachableError
from sandbox.phone.keys import DeviceKey
from sandbox.terminal import offline_commands
from sandbox.terminal.assertion import ClientAssertions
from sandbox.terminal.book import Book, BookError
from sandbox.terminal.client import Terminal
from sandbox.terminal.commands import add_commands, refused_of
from sandbox.terminal.counter import NOT_TRIED, REFUSED, UNKNOWN, Counter
from sandbox.terminal.desk import PURPOSES, OfflineDesk, Paths
from sandbox.terminal.journal import Journal
from sandbox.terminal.known import Known
from sandbox.terminal.money import fen
from sandbox.terminal.offline import NotServedError, OfflineTill
from sandbox.terminal.once import StillOpenError
from sandbox.terminal.picture import UnreadablePictureError
from sandbox.terminal.purchases import Purchases
from sandbox.terminal.shell import shell
from sandbox.terminal.till import Cashier, NothingToDoError

_DESCRIPTION = """\
A pharmacy's till, and the example to copy for one. It keeps its keys, its customer and every write
whose answer has not come in one file, so that whatever stops it, nothing is lost or done twice.
Where no answer comes it goes offline by itself: it checks offline codes and keeps the sales.
Without a command it asks line by line.
"""
_EPILOG = """\
Exit code: 0 done, 1 refused, 2 it could not be tried, 3 nobody knows yet (query).

  python -m sandbox.terminal new-key --jwks till.jwks.json
  python -m sandbox.terminal --client-id trm_… sign-in
  python -m sandbox.terminal decode --image code.png
  python -m sandbox.terminal quote 86900000000018x2@12.50
  python -m sandbox.terminal settle
  python -m sandbox.terminal offline             # how it stands without a network
  python -m sandbox.terminal upload --settle     # and afterwards
"""
_PATIENCE_S = 10.0
_OFFLINE_LIMIT_FEN = 5_000_00
_FIRST_FAULT = 500


def main(
    arguments: Sequence[str] | None = None,
    *,
    ask: Callable[[str], str] = input,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Do one command, or what is asked line by line; return the process's exit code.

    Args:
        arguments: the command line.
        ask: shows a prompt and returns a line.
        sleep: waits for seconds.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        with Book.opened(options.book) as book:
            _settle_in(book, options)
            return _work(book, options, parser, ask=ask, sleep=sleep)
    except (BookError, OSError, ValueError) as error:
        print(f"book        {error}", file=sys.stderr)
    return NOT_TRIED


def _settle_in(book: Book, options: argparse.Namespace) -> None:
    """Note what the command line says of the till, and make the keys it has not got."""
    till: dict[str, Any] = {
        "base_url": "http://127.0.0.1:8000",
        "client_id": "",
        "proof_key": "",
        "token": None,
        **book.till,
    }
    if options.key is not None:
        till["key"] = DeviceKey.load(options.key).pem().decode()
    if options.base_url is not None:
        till |= {"base_url": options.base_url, "issuer": options.issuer or options.base_url}
    if options.client_id is not None:
        till["client_id"] = options.client_id
    if options.offline_limit is not None:
        till["offline_limit"] = fen(options.offline_limit)
    till["proof_key"] = till["proof_key"] or DeviceKey.generate().pem().decode()
    till["key"] = till.get("key") or DeviceKey.generate().pem().decode()
    if till != book.till:
        changed = {name for name in till if till[name] != book.till.get(name)}
        if changed & {"base_url", "client_id", "key"}:
            till["token"] = None
        book.keep(till=till)


def _work(
    book: Book,
    options: argparse.Namespace,
    parser: argparse.ArgumentParser,
    *,
    ask: Callable[[str], str],
    sleep: Callable[[float], None],
) -> int:
    till = book.till
    prover = Prover(key=DeviceKey.from_pem(till["proof_key"].encode()), clock=time.time)
    assertions = ClientAssertions(
        client_id=till["client_id"],
        key=DeviceKey.from_pem(till["key"].encode()),
        issuer=till.get("issuer", till["base_url"]),
        clock=time.time,
    )
    with Http(
        base_url=till["base_url"],
        prover=prover,
        clock=time.perf_counter,
        language=options.language,
        patience_s=_PATIENCE_S,
    ) as http:
        terminal = Terminal(http=http, assertions=assertions)
        if till["token"] is not None:
            terminal.adopt(till["token"])
        cashier = Cashier(purchases=Purchases(terminal), book=book, clock=time.time, sleep=sleep)
        counter = Counter(
            cashier=cashier,
            prover=prover,
            assertions=assertions,
            desk=_desk(cashier, Paths.beside(options.book)),
            language=options.language,
        )
        if options.command is not None:
            return _run(counter, options)
        return shell(
            ask=ask,
            parse=parser.parse_args,
            run=lambda chosen: _run(counter, chosen),
            prompt=lambda: "till> " if counter.desk.mode is None else "till (offline)> ",
        )


def _desk(cashier: Cashier, paths: Paths) -> OfflineDesk:
    till = OfflineTill(
        purposes=PURPOSES,
        journal=Journal(paths.sales),
        known=Known.load(paths.known),
        most_waiting_fen=cashier.book.till.get("offline_limit", _OFFLINE_LIMIT_FEN),
    )
    return OfflineDesk(cashier=cashier, till=till, book=cashier.book, known=paths.known)


def _run(counter: Counter, chosen: argparse.Namespace) -> int:
    """Do one command; say what went wrong, and where the network went or came back."""
    answers = counter.cashier.terminal.http.timings
    before = len(answers)
    try:
        return _done(counter, chosen)
    finally:
        if len(answers) > before and answers[-1].status < _FIRST_FAULT and counter.desk.answered():
            offline_commands.say_online(counter.desk)


def _done(counter: Counter, chosen: argparse.Namespace) -> int:
    try:
        code: int = chosen.command(counter, chosen)
    except Refused as refused:
        refused_of(refused)
        return REFUSED
    except NotServedError as error:
        offline_commands.not_served(error, counter.language)
        return REFUSED
    except StillOpenError as still:
        print(f"unknown     {still}: no goods, no money; `query` asks again", file=sys.stderr)
        return UNKNOWN
    except UnreachableError as error:
        offline_commands.lost(counter, error)
    except _INPUT as error:
        print(_words(error), file=sys.stderr)
    else:
        return code
    return NOT_TRIED


_INPUT = (UnreadablePictureError, NothingToDoError, OSError, ValueError, KeyError)


def _words(error: Exception) -> str:
    if isinstance(error, UnreadablePictureError):
        return "scan        no code to be seen in this picture"
    return f"{'first' if isinstance(error, NothingToDoError) else 'input':<11} {error}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.terminal",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--book", type=Path, default=Path("till.json"), help="the till's file (%(default)s)")
    add("--base-url", help="the server, noted in the book (http://127.0.0.1:8000)")
    add("--issuer", help="the server's name in tokens (the base URL)")
    add("--client-id", help="the till's registered id, noted in the book")
    add("--key", type=Path, help="its registered key, PEM, if it was made elsewhere")
    add("--offline-limit", metavar="YUAN", help="of all sales that wait, noted (5000.00)")
    add("--language", default="en", choices=("en", "zh-CN"), help="of the system's words")
    parser.set_defaults(command=None)
    add_commands(parser.add_subparsers(title="commands", metavar="COMMAND"))
    return parser


if __name__ == "__main__":
    sys.exit(main())
