"""Schema, keys and what is over."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from app.card.policy import CardPolicy
from app.card.service.offline.issuing import LONGEST_LIFE
from app.commands.command import Add
from app.core.clock import SystemClock
from app.core.keys.files import FileKeys
from app.core.keys.provider import SigningName
from app.core.migrations import migrate
from app.hospital.rush.policy import CITY as RUSH
from app.identity.service.receipts import LASTS
from app.wiring.operations import operations
from config import Settings

_PUBLISH_AHEAD: Final = timedelta(minutes=10)
_OVERLAP: Final[Mapping[SigningName, timedelta]] = {
    "access-token": timedelta(hours=1),
    "presence": timedelta(hours=1),
    "receipt": LASTS + timedelta(hours=1),
    "status-list": timedelta(hours=25),
    "webhook": timedelta(hours=1),
    "queue-ticket": RUSH.longest + timedelta(hours=1),
    "card": LONGEST_LIFE + CardPolicy().upload_within + timedelta(hours=1),
}
"""Longer than anything signed with the ring's keys is good for."""


def _migrate(settings: Settings, _: argparse.Namespace) -> object:
    migrate(settings.database_url.get_secret_value())
    return {"migrated": True}


def _sweep(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        return work.sweep()


def _reseal(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        return {"resealed": work.reseal()}


def _rotate_fields(settings: Settings, _: argparse.Namespace) -> object:
    kid = FileKeys(settings.keys_path, clock=SystemClock()).rotate_secret("fields")
    with operations(settings) as work:
        return {"ring": "fields", "kid": kid, "resealed": work.reseal()}


def _rotate_signing(settings: Settings, chosen: argparse.Namespace) -> object:
    keys = FileKeys(settings.keys_path, clock=SystemClock())
    ahead = timedelta(0) if chosen.at_once else _PUBLISH_AHEAD
    overlap = timedelta(0) if chosen.at_once else _OVERLAP[chosen.ring]
    kid = keys.rotate_signing(chosen.ring, publish_ahead=ahead, overlap=overlap)
    return {"ring": chosen.ring, "kid": kid}


def _rotate_certificates(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        return work.rotate_signers()


def add_upkeep(add: Add) -> None:
    """Offer them."""
    add("migrate", _migrate, "bring the database to the newest schema")
    add("sweep", _sweep, "expire what is over: sessions, codes, keys of repeated writes")
    add("reseal", _reseal, "re-encrypt what older field keys sealed")
    add("rotate-fields", _rotate_fields, "make a new field key and reseal everything")
    rotate = add("rotate-signing", _rotate_signing, "announce a new signing key")
    rotate.add_argument("ring", choices=list(_OVERLAP))
    rotate.add_argument("--at-once", action="store_true", help="a stolen key: no overlap")
    add("rotate-certificates", _rotate_certificates, "new signing certificates for departments")
