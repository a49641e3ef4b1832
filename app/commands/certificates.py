"""Where certificates stand, by hand and by what departments corrected."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from app.commands.command import Add
from app.documents.models import REVOKED, SUPERSEDED, SUSPENDED, VALID
from app.documents.moves import REASONS
from app.documents.service.standing import staff
from app.wiring.operations import operations
from config import Settings

_MOVES: Final[Mapping[str, str]] = {
    "suspend": SUSPENDED,
    "resume": VALID,
    "supersede": SUPERSEDED,
    "revoke": REVOKED,
}


def _move_certificate(settings: Settings, chosen: argparse.Namespace) -> object:
    by = staff(chosen.by)
    with operations(settings) as work:
        work.standing.move(chosen.certificate, to=chosen.to, reason=chosen.reason, by=by)
    return {"certificate": chosen.certificate, "state": chosen.to}


def _pull_changes(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        return work.pull_changes()


def _compare_records(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        return asdict(work.compare_records(most_ended=chosen.most_ended))


def _settle_provisional(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        return asdict(work.settle_provisional(most=chosen.most))


def add_certificates(add: Add) -> None:
    """Offer them."""
    for verb, to in _MOVES.items():
        move = add(f"{verb}-certificate", _move_certificate, f"{verb} a certificate")
        move.set_defaults(to=to)
        move.add_argument("certificate", help="its id")
        move.add_argument("--reason", required=True, help=", ".join(sorted(REASONS[to])))
        move.add_argument("--by", required=True, help="opaque id of the member of staff")
    add("pull-changes", _pull_changes, "read on in the departments' feeds of changes")
    compare = add("compare-records", _compare_records, "ask departments anew about every record")
    compare.add_argument(
        "--most-ended", type=int, default=500, help="stop after ending so many certificates"
    )
    settle = add(
        "settle-provisional",
        _settle_provisional,
        "confirm, end or recall provisional certificates that are due",
    )
    settle.add_argument(
        "--most",
        type=int,
        default=200,
        choices=range(1, 10001),
        metavar="1-10000",
        help="certificates of this round",
    )
