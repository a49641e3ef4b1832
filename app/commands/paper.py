"""Codes on paper, for people without a phone."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

from app.card.errors import PAPER_PERSON_UNKNOWN
from app.card.service.paper import LONGEST, MOST, SheetOrder
from app.card.service.purposes import PURPOSES
from app.commands.command import Add
from app.wiring.operations import operations
from config import Settings

_MODE: Final = 0o600
_LARGEST_CAP: Final = 100_000


def _print_paper_codes(settings: Settings, chosen: argparse.Namespace) -> object:
    citizen_number, name = _person()
    order = SheetOrder(
        citizen_number=citizen_number,
        name=name,
        purpose=chosen.purpose,
        count=chosen.count,
        life=timedelta(days=chosen.days),
        amount_cap=chosen.amount_cap,
    )
    with operations(settings) as work:
        sheet = work.paper.print(order, by=chosen.by)
    chosen.output.write_text(sheet.svg, encoding="utf-8")
    return {"sheet_id": sheet.id, "codes": len(sheet.codes), "page": str(chosen.output)}


def _revoke_paper_codes(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        return {"sheet_id": chosen.sheet, "revoked": work.paper.revoke(chosen.sheet, by=chosen.by)}


def _person() -> tuple[str, str]:
    """Number and name, from standard input: a command line is seen by others."""
    try:
        given = json.load(sys.stdin)
        return str(given["citizen_number"]), str(given["name"])
    except (ValueError, KeyError, TypeError):
        raise PAPER_PERSON_UNKNOWN() from None


def _new_file(path: str) -> Path:
    """A file of the caller's alone, made before there are codes that could be lost."""
    page = Path(path)
    try:
        page.touch(mode=_MODE, exist_ok=False)
    except OSError:
        msg = "must be a new file in a folder that can be written to"
        raise argparse.ArgumentTypeError(msg) from None
    return page


def add_paper(add: Add) -> None:
    """Offer them."""
    told = 'one-use codes; reads {"citizen_number": …, "name": …} from standard input'
    sheet = add("print-paper-codes", _print_paper_codes, told)
    sheet.add_argument("--purpose", required=True, choices=sorted(PURPOSES))
    sheet.add_argument("--count", type=int, default=5, choices=range(1, MOST + 1), metavar="1-10")
    sheet.add_argument(
        "--days", type=int, default=30, choices=range(1, LONGEST.days + 1), metavar="1-30"
    )
    sheet.add_argument(
        "--amount-cap",
        type=int,
        required=True,
        choices=range(1, _LARGEST_CAP + 1),
        metavar="FEN",
        help="for each code",
    )
    sheet.add_argument("--by", required=True, help="opaque id of the member of staff")
    sheet.add_argument(
        "--output", required=True, type=_new_file, help="new file for the page (SVG, A4)"
    )
    end = add("revoke-paper-codes", _revoke_paper_codes, "end a sheet of paper codes at once")
    end.add_argument("sheet", help="its id")
    end.add_argument("--by", required=True, help="opaque id of the member of staff")
