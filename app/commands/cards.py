"""Cards that end, and codes that were used twice."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from app.audit.service import Actor
from app.card.service.cancelling import OFFICE
from app.card.states import CancelReason
from app.commands.command import Add
from app.wiring.operations import operations
from config import Settings

_BY: Final = Actor(kind="staff", id="command-line", name=OFFICE)


def _cancel_card(settings: Settings, chosen: argparse.Namespace) -> object:
    # Arguments are seen by everybody on the machine, standard input is not.
    citizen_number = sys.stdin.readline().strip()
    with operations(settings) as work:
        card_id = work.cancelling.cancel(citizen_number, reason=CancelReason(chosen.reason), by=_BY)
    return {"card_id": card_id, "status": "CANCELLED"}


def _double_uses(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        return {"double_uses": work.double_uses(most=chosen.most)}


def add_cards(add: Add) -> None:
    """Offer them."""
    cancel = add(
        "cancel-card", _cancel_card, "end a person's card; the citizen number comes on stdin"
    )
    cancel.add_argument("--reason", required=True, choices=[one.value for one in CancelReason])
    double = add("offline-double-uses", _double_uses, "offline codes that were used twice")
    double.add_argument("--most", type=int, default=100, help="newest ones shown (%(default)s)")
