"""Insurance offices' files, own accounts, the ledger."""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

from app.commands.command import Add, stopped_by_signals
from app.settlement.errors import CASH_PROVIDER_ABSENT
from app.settlement.service.cash.saga import BATCH, resolve_until
from app.wiring.operations import operations
from config import Settings


def _import_enrolments(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        return asdict(work.import_enrolments(Path(chosen.file), dry_run=chosen.dry_run))


def _credit_accounts(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        return {"month": f"{chosen.month:%Y-%m}", **work.credit_accounts(chosen.month)}


def _verify_ledger(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        report = work.verify_ledger(anchor=chosen.anchor)
    return {"intact": report.intact, **asdict(report)}


def _resolve_settlements(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work, work.cash() as saga:
        if saga is None:
            raise CASH_PROVIDER_ABSENT()
        if chosen.watch is None:
            return saga.resolve(most=chosen.most)
        resolve_until(stopped_by_signals(), saga, chosen.watch)
    return {"stopped": True}


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _hash(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ValueError
    return text


def add_settlement(add: Add) -> None:
    """Offer them."""
    enrol = add("import-enrolments", _import_enrolments, "take an insurance office's file")
    enrol.add_argument("file", help="a JSON object a line; docs/settlement.md names its members")
    enrol.add_argument("--dry-run", action="store_true", help="tell what would happen")
    month = add("credit-accounts", _credit_accounts, "credit own accounts for a month, once")
    month.add_argument("--month", type=_month, required=True, help="such as 2026-11")
    resolve = add("resolve-settlements", _resolve_settlements, "bring cash orders to their end")
    resolve.add_argument(
        "--most", type=int, default=BATCH, choices=range(1, 10_001), metavar="1-10000"
    )
    resolve.add_argument(
        "--watch", type=float, metavar="SECONDS", help="go on, looking this often, until stopped"
    )
    verify = add("verify-ledger", _verify_ledger, "compute every hash and balance anew")
    verify.add_argument("--anchor", type=_hash, help="a head noted earlier: is it still there?")
