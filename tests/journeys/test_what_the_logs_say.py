"""Whatever was played before this: no log of the run tells of a person."""

from __future__ import annotations

import base64
import json
from urllib.parse import urlsplit

import pytest

from launch.journey import Journey
from launch.system import System
from sandbox.departments.population.seed import read_seed
from tests.journeys import people
from tests.journeys.attempts import Attempt

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]
_PHOTO_PART = 48
"""Letters of a photograph's base64 that tell it from every other."""


def test_no_log_holds_a_number_a_name_a_code_a_token_or_a_face(
    system: System, journey: Journey, attempts: dict[str, Attempt], heard: set[str]
) -> None:
    logs = {path.name: path.read_text(errors="replace") for path in system.var.glob("logs/*")}
    assert {
        "api.log",
        "population.log",
        "housing_fund.log",
        "postgres.log",
        "valkey.log",
    } <= logs.keys()
    assert logs["api.log"].count('"/v1/verifications/<id>/steps/<int:n>"') >= len(attempts)
    shown = {journey.code, journey.presence_token}
    assert {journey.tokens.access, journey.tokens.refresh, *shown} <= heard

    secret = heard | _of_people(system) | _of_departments(system)
    found = {
        (name, word[:12])
        for name, text in logs.items()
        for word in secret
        if word in text or json.dumps(word)[1:-1] in text
    }

    assert found == set()


def _of_departments(system: System) -> set[str]:
    """The words they, and the payment provider, know us by."""
    fund = urlsplit(system.environment["HOUSING_FUND_DATABASE_URL"]).password
    tokens = {text for name, text in system.environment.items() if name.endswith("_TOKEN")}
    assert fund
    assert len(tokens) == len([*system.departments.counters, "payments"])
    return tokens | {fund}


def _of_people(system: System) -> set[str]:
    """All that the registry knows and all that was typed."""
    typed = (people.STRANGER, people.ANYBODY, people.WRONG_NAME)
    told = {word for claim in typed for word in (claim.citizen_number, claim.name)}
    for person in read_seed(portraits=system.portraits).persons:
        told |= {person["citizen_number"], person["name"], person["household"]["address"]}
        photo = base64.b64encode(person["photo"] or b"").decode()
        told |= {photo[at : at + _PHOTO_PART] for at in (1000, 5000) if photo}
    return told
