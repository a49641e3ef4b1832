"""Pharmacies, hospitals, their terminals, and operators."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from app.commands.command import Add, public_keys
from app.partners.models import MerchantKind
from app.partners.service.changes import COMMANDS
from app.partners.service.onboarding import DECODE_SCOPE
from app.wiring.operations import operations
from app.wiring.operator_scopes import OPERATOR_SCOPES
from app.wiring.pharmacy_seeding import seed_pharmacy
from config import Settings


def _add_merchant(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        merchant_id = work.onboarding.add_merchant(
            name=chosen.name, kind=MerchantKind(chosen.kind), region=chosen.region
        )
    return {"merchant_id": merchant_id}


def _suspend_merchant(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.partners.suspend_merchant(chosen.merchant, by=COMMANDS)
    return {"suspended": chosen.merchant}


def _resume_merchant(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.partners.resume_merchant(chosen.merchant, by=COMMANDS)
    return {"resumed": chosen.merchant}


def _add_terminal(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        client_id = work.onboarding.add_terminal(
            merchant_id=chosen.merchant,
            jwks=None if chosen.jwks is None else public_keys(chosen.jwks),
            jwks_uri=chosen.jwks_uri,
            purposes=frozenset(chosen.purposes.split(",")),
            scopes=frozenset(chosen.scopes.split(",")),
        )
    return {"client_id": client_id}


def _set_purposes(settings: Settings, chosen: argparse.Namespace) -> object:
    purposes = frozenset(chosen.purposes.split(","))
    with operations(settings) as work:
        work.terminals.set_purposes(chosen.client, purposes, by=COMMANDS)
    return {"client_id": chosen.client, "purposes": sorted(purposes)}


def _add_terminal_key(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work, work.infrastructure.database.transaction():
        added = [
            work.terminals.add_key(chosen.client, key, by=COMMANDS)
            for key in public_keys(chosen.jwks)
        ]
    return {"client_id": chosen.client, "added": added}


def _set_key_address(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.terminals.set_key_address(chosen.client, chosen.jwks_uri, by=COMMANDS)
    return {"client_id": chosen.client, "jwks_uri": chosen.jwks_uri}


def _remove_terminal_key(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.terminals.remove_key(chosen.client, chosen.kid, by=COMMANDS)
    return {"client_id": chosen.client, "removed": chosen.kid}


def _suspend_terminal(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.onboarding.suspend(chosen.client)
    return {"suspended": chosen.client}


def _resume_terminal(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.onboarding.resume(chosen.client)
    return {"resumed": chosen.client}


def _add_operator(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        client_id = work.operators.add(
            name=chosen.name,
            jwks=public_keys(chosen.jwks),
            scopes=frozenset(chosen.scopes.split(",")),
        )
    return {"client_id": client_id}


def _suspend_operator(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.operators.suspend(chosen.client)
    return {"suspended": chosen.client}


def _resume_operator(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.operators.resume(chosen.client)
    return {"resumed": chosen.client}


def _seed_sandbox(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        certified = [] if chosen.requests is None else work.certify(Path(chosen.requests))
        seeded: dict[str, object] = {
            "client_id": seed_pharmacy(work.onboarding, public_keys(chosen.jwks)),
            "certified": certified,
        }
        if chosen.enrolments is not None:
            report = work.import_enrolments(Path(chosen.enrolments), dry_run=False)
            seeded["enrolments"] = asdict(report)
        return seeded


def add_partners(add: Add) -> None:
    """Offer them."""
    merchant = add("add-merchant", _add_merchant, "register a pharmacy or hospital")
    merchant.add_argument("--name", required=True, help="what holders read in their access log")
    merchant.add_argument(
        "--kind", default=MerchantKind.PHARMACY.value, choices=[kind.value for kind in MerchantKind]
    )
    merchant.add_argument("--region", help="administrative division, six digits")
    stop = add("suspend-merchant", _suspend_merchant, "stop a merchant with all its terminals")
    stop.add_argument("merchant", help="merchant id")
    again = add("resume-merchant", _resume_merchant, "let a suspended merchant in again")
    again.add_argument("merchant", help="merchant id")
    terminal = add("add-terminal", _add_terminal, "register a terminal by its public keys")
    terminal.add_argument("--merchant", required=True, help="merchant id")
    terminal.add_argument("--purposes", required=True, help="such as 02121,01301")
    keys = terminal.add_mutually_exclusive_group(required=True)
    keys.add_argument("--jwks", help='file: {"keys": [public JWKs]}')
    keys.add_argument("--jwks-uri", help="https address at which the merchant publishes them")
    terminal.add_argument(
        "--scopes",
        default=DECODE_SCOPE,
        help="such as card.decode,settlement,webhooks,events.read,certificates.follow",
    )
    suspend = add("suspend-terminal", _suspend_terminal, "stop a terminal at once")
    suspend.add_argument("client", help="its client id")
    resume = add("resume-terminal", _resume_terminal, "let a suspended terminal in again")
    resume.add_argument("client", help="its client id")
    _add_terminal_changes(add)
    seed = add("seed-sandbox", _seed_sandbox, "register the sandbox pharmacy once, by its keys")
    seed.add_argument("--jwks", required=True, help='file: {"keys": [public JWKs]}')
    seed.add_argument("--requests", help="folder of its PKI services' requests, to be certified")
    seed.add_argument("--enrolments", help="file of who is insured, as of import-enrolments")


def _add_terminal_changes(add: Add) -> None:
    purposes = add("set-purposes", _set_purposes, "set the purposes a terminal may ask for")
    purposes.add_argument("client", help="its client id")
    purposes.add_argument("--purposes", required=True, help="such as 02121,01301")
    key = add("add-terminal-key", _add_terminal_key, "let a terminal log in with another key too")
    key.add_argument("client", help="its client id")
    key.add_argument("--jwks", required=True, help='file: {"keys": [public JWKs]}')
    old = add("remove-terminal-key", _remove_terminal_key, "end a terminal's key")
    old.add_argument("client", help="its client id")
    old.add_argument("--kid", required=True, help="name of the key; --kid=… if it begins with a -")
    moved = add("set-key-address", _set_key_address, "take a terminal's keys from an address")
    moved.add_argument("client", help="its client id")
    moved.add_argument("--jwks-uri", required=True, help="https address of the set")


def add_operators(add: Add) -> None:
    """Offer those of operators."""
    operator = add("add-operator", _add_operator, "register an operator by its public keys")
    operator.add_argument("--name", required=True, help="of the person or the office")
    operator.add_argument(
        "--scopes", required=True, help=f"of: {','.join(sorted(OPERATOR_SCOPES))}"
    )
    operator.add_argument("--jwks", required=True, help='file: {"keys": [public JWKs]}')
    shut = add("suspend-operator", _suspend_operator, "stop an operator at once")
    shut.add_argument("client", help="its client id")
    open_again = add("resume-operator", _resume_operator, "let a suspended operator in again")
    open_again.add_argument("client", help="its client id")
