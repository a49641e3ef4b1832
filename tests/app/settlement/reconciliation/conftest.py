"""A merchant that sends its days, and operators who look at what differs."""

from __future__ import annotations

import pytest

from tests.app.device import Device
from tests.app.settlement.reconciliation.steps import Books, operator
from tests.app.settlement.steps import Shop
from tests.app.world import World


@pytest.fixture
def books(shop: Shop) -> Books:
    return Books(shop=shop)


@pytest.fixture
def console(world: World) -> Device:
    return operator(world)
