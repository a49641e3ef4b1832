"""A short part of `make bench-liveness` in every test run: each sort of attack, end to end."""

import pytest

from bench.liveness.orders import GENUINE, Lab, orders
from bench.liveness.runner import play
from sandbox.phone.attacks.families import FAMILIES

REFUSED = [family.name for family in FAMILIES if not family.known_to_pass]
PASSING = [family.name for family in FAMILIES if family.known_to_pass]


def outcomes(lab: Lab, family: str, count: int) -> list[bool]:
    return [bool(play(lab, order)["passed"]) for order in orders([family], count=count)]


@pytest.mark.model
@pytest.mark.parametrize("family", REFUSED)
def test_an_attack_ends_refused(lab: Lab, family: str) -> None:
    assert outcomes(lab, family, 2) == [False, False]


@pytest.mark.model
def test_people_of_every_band_and_light_are_believed_nearly_always(lab: Lab) -> None:
    assert sum(outcomes(lab, GENUINE, 6)) >= 5


@pytest.mark.model
@pytest.mark.parametrize("family", PASSING)
def test_what_is_published_as_known_to_pass_still_does(lab: Lab, family: str) -> None:
    assert any(outcomes(lab, family, 2))
