"""The command line: every command and its arguments."""

from __future__ import annotations

import argparse

from app.commands.cards import add_cards
from app.commands.certificates import add_certificates
from app.commands.command import Command
from app.commands.enrolments import add_key_enrolments
from app.commands.hospitals import add_hospitals
from app.commands.outbox import add_outbox
from app.commands.paper import add_paper
from app.commands.partners import add_operators, add_partners
from app.commands.payments import add_payments
from app.commands.reconciliation import add_reconciliation
from app.commands.settlement import add_settlement
from app.commands.signers import add_signers
from app.commands.upkeep import add_upkeep

DESCRIPTION = "The operator's commands."


def parser() -> argparse.ArgumentParser:
    """Return it; what was chosen carries what runs as `run`."""
    whole = argparse.ArgumentParser(prog="python -m app.commands", description=DESCRIPTION)
    commands = whole.add_subparsers(required=True, metavar="command")

    def add(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=text, description=text)
        one.set_defaults(run=run)
        return one

    for offer in (
        add_upkeep,
        add_signers,
        add_partners,
        add_operators,
        add_key_enrolments,
        add_hospitals,
        add_paper,
        add_certificates,
        add_outbox,
        add_settlement,
        add_reconciliation,
        add_payments,
        add_cards,
    ):
        offer(add)
    return whole
