"""The continuous comparison of the books, by hand."""

from __future__ import annotations

import argparse

from app.commands.command import Add, stopped_by_signals
from app.settlement.reconciliation.service.watching.watch import watch_until
from app.wiring.operations import operations
from config import Settings


def _reconcile(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work, work.books() as watch:
        if chosen.watch is None:
            return {"new": watch.all()}
        watch_until(stopped_by_signals(), watch, chosen.watch)
    return {"stopped": True}


def add_reconciliation(add: Add) -> None:
    """Offer it."""
    reconcile = add("reconcile", _reconcile, "compare our books with one another, all of them once")
    reconcile.add_argument(
        "--watch", type=float, metavar="SECONDS", help="go on, a part this often, until stopped"
    )
