"""Hospitals and what is planned of their schedules."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from app.commands.command import Add, public_keys
from app.wiring.hospital.planning import build_hospital_onboarding, build_weekly_planning
from app.wiring.hospital.seeding import seed_hospital
from app.wiring.operations import operations
from config import Settings

_ALL: Final = 10_000


def _add_hospital(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        onboarding = build_hospital_onboarding(work.infrastructure)
        hospital_id = onboarding.add(
            name=chosen.name, region=chosen.region, merchant_id=chosen.merchant
        )
        merchant_id = onboarding.read(hospital_id).merchant_id
    return {"hospital_id": hospital_id, "merchant_id": merchant_id}


def _plan_sessions(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        planning = build_weekly_planning(work.infrastructure)
        if chosen.hospital is None:
            return {"hospitals": planning.plan_due(most=_ALL)}
        report = planning.plan(chosen.hospital, days=chosen.days)
    return {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": [
            {"template": one.template, "day": one.day.isoformat(), "code": one.kind.code}
            for one in report.refused
        ],
    }


def _seed_hospital(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        seeded = seed_hospital(
            work.infrastructure,
            work.onboarding,
            name=chosen.name,
            region=chosen.region,
            jwks=public_keys(chosen.jwks),
            schedule=Path(chosen.schedule),
        )
    report = seeded.report
    return {
        "client_id": seeded.client_id,
        "hospital_id": seeded.hospital_id,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": [
            {"line": one.line, "id": one.about, "code": one.kind.code} for one in report.refused
        ],
        "next_line": report.next_line,
    }


def add_hospitals(add: Add) -> None:
    """Offer them."""
    hospital = add("add-hospital", _add_hospital, "register a hospital, with its merchant")
    hospital.add_argument("--name", required=True, help="what patients read")
    hospital.add_argument("--region", required=True, help="administrative division, six digits")
    hospital.add_argument(
        "--merchant", help="id of a merchant of the kind hospital; left out: a new one"
    )
    plan = add("plan-sessions", _plan_sessions, "plan days ahead from hospitals' weekly templates")
    plan.add_argument("--hospital", help="its id; left out: all that were not planned for today")
    plan.add_argument("--days", type=int, help="today included; left out: the window and a week")
    seed = add(
        "seed-hospital", _seed_hospital, "register a sandbox hospital once, and take its schedule"
    )
    seed.add_argument("--name", required=True, help="what patients read")
    seed.add_argument("--region", required=True, help="administrative division, six digits")
    seed.add_argument("--jwks", required=True, help='file: {"keys": [public JWKs]}')
    seed.add_argument("--schedule", required=True, help="file of NDJSON, as of the import")
