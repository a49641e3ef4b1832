"""What others must hear."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from app.commands.command import Add, stopped_by_signals
from app.core.collector import set_apart_what_stays
from app.wiring.operations import operations
from config import Settings


def _outbox(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        state = asdict(work.outbox.state())
    for letter in state["letters"]:
        letter["dead_at"] = letter["dead_at"].isoformat()
    return state


def _retry_message(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.outbox.revive(chosen.message)
    return {"due": chosen.message}


def _dispatch_outbox(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        if chosen.once:
            return {"tried": work.dispatch_due()}
        set_apart_what_stays()
        work.dispatch(
            stopped_by_signals(), threads=chosen.threads, pull_seconds=chosen.pull_seconds
        )
    return {"stopped": True}


def add_outbox(add: Add) -> None:
    """Offer them."""
    dispatch = add("dispatch-outbox", _dispatch_outbox, "tell holders and partners, until stopped")
    dispatch.add_argument("--once", action="store_true", help="handle what is due, then end")
    dispatch.add_argument("--threads", type=int, default=4, choices=range(1, 33), metavar="1-32")
    dispatch.add_argument(
        "--pull-seconds",
        type=int,
        default=30,
        choices=range(3601),
        metavar="0-3600",
        help="between two looks at the departments' changes; 0: none",
    )
    add("outbox", _outbox, "how the outbox stands, and what was given up")
    retry = add("retry-message", _retry_message, "try a message again that was given up")
    retry.add_argument("message", help="its id")
