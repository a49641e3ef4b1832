"""Codes by which a page in a browser registers its key."""

from __future__ import annotations

import argparse

from app.commands.command import Add
from app.partners.service.changes import COMMANDS
from app.wiring.operations import operations
from config import Settings


def _enrol_key(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        made = work.key_enrolments.make(chosen.client, by=COMMANDS)
    return {
        "enrolment": made.id,
        "client_id": made.client_id,
        "code": made.code,
        "expires_at": made.expires_at.isoformat(),
    }


def _revoke_enrolment(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.key_enrolments.revoke(chosen.enrolment, by=COMMANDS)
    return {"revoked": chosen.enrolment}


def add_key_enrolments(add: Add) -> None:
    """Offer them."""
    made = add("enrol-key", _enrol_key, "make a code by which a browser registers its key")
    made.add_argument("client", help="client id of the terminal, hospital's client or operator")
    ended = add("revoke-enrolment", _revoke_enrolment, "end a code that nobody has used")
    ended.add_argument("enrolment", help="its id")
