"""What the hospital's program can do; each command says what came of it.

Exit codes: 0 done, 1 refused or something is missing, 2 not tried, 3 nobody knows yet (``resume``).
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from sandbox.hospital_his.book import Book
from sandbox.hospital_his.desk import Desk
from sandbox.phone.keys import DeviceKey
from sandbox.terminal.scanner import scan_file

DONE, REFUSED, NOT_TRIED, UNKNOWN = range(4)
_REASONS = ("doctor_away", "emergency", "equipment", "premises", "holiday", "other")
_COUNTS = ("created", "updated", "unchanged", "refused")


def _new_key(_desk: Desk, book: Book, options: argparse.Namespace) -> int:
    key = DeviceKey.from_pem((book.own("key") or "").encode())
    public = {**key.public_jwk(), "kid": key.thumbprint(), "use": "sig", "alg": "ES256"}
    options.jwks.write_text(json.dumps({"keys": [public]}))
    print(f"key         {key.thumbprint()}  public half in {options.jwks}")
    return DONE


def _headers(desk: Desk, _book: Book, options: argparse.Namespace) -> int:
    """For ``curl -H @-``."""
    for name, value in desk.headers(options.method, options.url).items():
        print(f"{name}: {value}")
    return DONE


def _follow(desk: Desk, book: Book, options: argparse.Namespace) -> int:
    while True:
        taken = desk.follow()
        if taken or options.every is None:
            print(f"events      {taken} new, read to {book.reached}", flush=True)
        if options.every is None:
            return DONE
        time.sleep(options.every)


def _import(desk: Desk, _book: Book, options: argparse.Namespace) -> int:
    told = desk.import_lines(options.file.read_bytes(), dry_run=options.dry_run)
    counts = "  ".join(f"{name} {told[name]}" for name in _COUNTS)
    print(f"{'would be' if options.dry_run else 'imported':<11} {counts}")
    for line in told["lines"]:
        where = f"{line.get('id') or ''} {line.get('pointer') or ''}".strip()
        print(f"line {line['line']:<6} {line['code']}  {where}")
    return REFUSED if told["lines"] else DONE


def _appointments(_desk: Desk, book: Book, options: argparse.Namespace) -> int:
    for one in book.appointments(options.session):
        print(f"{one.id}  {one.state:20} event {one.sequence:<3} session {one.session}")
    return DONE


def _check_in(desk: Desk, _book: Book, options: argparse.Namespace) -> int:
    told = desk.check_in(options.code or scan_file(options.picture))
    print(f"checked in  {told['id']}  number {told['number']}")
    return DONE


def _served(desk: Desk, _book: Book, options: argparse.Namespace) -> int:
    print(f"served      {desk.served(options.appointment)['id']}")
    return DONE


def _book_place(desk: Desk, _book: Book, options: argparse.Namespace) -> int:
    where = {"slot": options.slot} if options.slot else {"schedule": options.schedule}
    told = desk.book(options.code or scan_file(options.picture), **where)
    print(f"{told['status']:<11} Appointment/{told['id']}  {told['start']}")
    return DONE


def _stop(desk: Desk, _book: Book, options: argparse.Namespace) -> int:
    _say_stopped(desk.stop(options.sessions, options.reason))
    return DONE


def _resume(desk: Desk, book: Book, _options: argparse.Namespace) -> int:
    for write in book.open:
        _say_stopped(desk.resume(write))
    print("resumed     nothing is open")
    return DONE


def _say_stopped(told: dict[str, Any]) -> None:
    for one in told["sessions"]:
        print(
            f"stopped     {one['external_id']}  replanned {one['replanned']}  "
            f"cancelled {one['cancelled']}  released {one['released']}"
        )


def add_commands(commands: Any) -> None:  # noqa: ANN401 -- argparse names no public type
    """Offer them."""
    _add_reading(commands)
    _add_writing(commands)


def _add_reading(commands: Any) -> None:  # noqa: ANN401 -- as above
    one = commands.add_parser("new-key", help="write the public half of the key")
    one.add_argument("--jwks", type=Path, required=True)
    one.set_defaults(command=_new_key)
    one = commands.add_parser("headers", help="print one call's headers for curl -H @-")
    one.add_argument("method")
    one.add_argument("url")
    one.set_defaults(command=_headers)
    one = commands.add_parser("follow", help="read the feed of events")
    one.add_argument("--every", type=float, metavar="SECONDS", help="go on until stopped")
    one.set_defaults(command=_follow)
    one = commands.add_parser("appointments", help="how they stand by the events")
    one.add_argument("--session")
    one.set_defaults(command=_appointments)


def _add_writing(commands: Any) -> None:  # noqa: ANN401 -- as above
    one = commands.add_parser("import", help="send a schedule, NDJSON")
    one.add_argument("file", type=Path)
    one.add_argument("--dry-run", action="store_true", help="only tell what would happen")
    one.set_defaults(command=_import)
    one = commands.add_parser("check-in", help="somebody came")
    _add_code(one)
    one.set_defaults(command=_check_in)
    one = commands.add_parser("served", help="the doctor has seen them")
    one.add_argument("appointment")
    one.set_defaults(command=_served)
    one = commands.add_parser("book", help="for somebody at the window")
    _add_code(one)
    where = one.add_mutually_exclusive_group(required=True)
    where.add_argument("--slot", help="Slot/unt-…")
    where.add_argument("--schedule", help="Schedule/ses-…")
    one.set_defaults(command=_book_place)
    one = commands.add_parser("stop", help="call sessions off")
    one.add_argument("sessions", nargs="+", help="the hospital's own ids, or the system's")
    one.add_argument("--reason", required=True, choices=_REASONS)
    one.set_defaults(command=_stop)
    one = commands.add_parser("resume", help="send again what has no answer")
    one.set_defaults(command=_resume)


def _add_code(parser: argparse.ArgumentParser) -> None:
    either = parser.add_mutually_exclusive_group(required=True)
    either.add_argument("code", nargs="?", help="the digits of the card's code")
    either.add_argument("--picture", type=Path, help="of the code")
