"""Departments' signing certificates, and a trusted time for what they signed."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Final

from app.commands.command import Add, stopped_by_signals
from app.wiring.authority import REVOCATION_REASONS
from app.wiring.operations import operations
from config import Settings

_SHORTEST_LOOK: Final = 0.1
_LONGEST_LOOK: Final = 3600.0


def _revoke_signer(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        return work.revoke_signer(chosen.certificate, reason=chosen.reason)


def _upgrade_certificates(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work, work.archiving() as archiving:
        if chosen.watch is None:
            return asdict(archiving.run()) | {"waiting": archiving.waiting()}
        archiving.watch(stopped_by_signals(), seconds=chosen.watch)
    return {"stopped": True}


def _seconds(text: str) -> float:
    seconds = float(text)
    if not _SHORTEST_LOOK <= seconds <= _LONGEST_LOOK:
        raise ValueError
    return seconds


def add_signers(add: Add) -> None:
    """Offer them."""
    revoke = add("revoke-signer", _revoke_signer, "revoke a signing certificate, for good")
    revoke.add_argument("certificate", help="SHA-256 of it, 64 hex digits")
    revoke.add_argument("--reason", required=True, choices=REVOCATION_REASONS)
    upgrade = add("upgrade-certificates", _upgrade_certificates, "give certificates a trusted time")
    upgrade.add_argument(
        "--watch", type=_seconds, metavar="SECONDS", help="go on, looking this often, until stopped"
    )
