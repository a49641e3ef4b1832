"""A reload in one process reaches the others, and Redis that is away disturbs no exchange."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import redis

from app.exchange.contracts.library import HOME, ContractLibrary
from app.exchange.following import FOLLOW_S, ContractsInForce, RedisBell
from tests.app.world import World


class Line:
    """A bell that may be out of order."""

    def __init__(self) -> None:
        self.rung = 0
        self.asked = 0
        self.broken = False

    def ring(self) -> int:
        self._fail()
        self.rung += 1
        return self.rung

    def heard(self) -> int:
        self.asked += 1
        self._fail()
        return self.rung

    def _fail(self) -> None:
        if self.broken:
            raise redis.ConnectionError


class Timer:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(HOME / "marriage", tmp_path / "data" / "marriage")
    return tmp_path / "data"


def raise_version(home: Path, version: str = "1.1.0") -> None:
    path = home / "marriage" / "contract.toml"
    path.write_text(path.read_text().replace('version = "1.0.0"', f'version = "{version}"'))


def in_force(home: Path, line: Line, timer: Timer) -> ContractsInForce:
    return ContractsInForce(ContractLibrary(home), bell=line, timer=timer)


def title(contracts: ContractsInForce) -> str:
    return contracts.contract("marriage").title


def test_the_others_follow_within_seconds(home: Path) -> None:
    line, timer = Line(), Timer()
    here, there = in_force(home, line, timer), in_force(home, line, timer)
    timer.now = FOLLOW_S
    assert title(there) == "marriage/1.0.0"
    raise_version(home)
    (report,) = here.reload()
    assert report.contract == title(here) == "marriage/1.1.0"
    assert title(there) == "marriage/1.0.0"
    timer.now = 2 * FOLLOW_S
    assert title(there) == "marriage/1.1.0"
    assert [one.title for one in there.all()] == ["marriage/1.1.0"]


def test_a_process_that_began_just_before_follows_too(home: Path) -> None:
    line, timer = Line(), Timer()
    there = in_force(home, line, timer)
    raise_version(home)
    in_force(home, line, timer).reload()
    timer.now = FOLLOW_S
    assert title(there) == "marriage/1.1.0"


def test_a_version_that_does_not_hold_is_followed_nowhere(home: Path) -> None:
    line, timer = Line(), Timer()
    here, there = in_force(home, line, timer), in_force(home, line, timer)
    timer.now = FOLLOW_S
    title(there)
    raise_version(home, "2.0.0")
    (report,) = here.reload()
    assert report.refused is not None
    timer.now = 2 * FOLLOW_S
    assert title(here) == title(there) == "marriage/1.0.0"


def test_the_bell_is_asked_seldom(home: Path) -> None:
    line, timer = Line(), Timer()
    contracts = in_force(home, line, timer)
    for now in (0.0, 1.0, FOLLOW_S, FOLLOW_S + 1, 2 * FOLLOW_S):
        timer.now = now
        title(contracts)
    assert line.asked == 2


def test_a_bell_out_of_order_disturbs_no_exchange_and_refuses_a_reload(home: Path) -> None:
    line, timer = Line(), Timer()
    contracts = in_force(home, line, timer)
    line.broken = True
    timer.now = FOLLOW_S
    assert title(contracts) == "marriage/1.0.0"
    raise_version(home)
    with pytest.raises(redis.ConnectionError):
        contracts.reload()
    assert title(contracts) == "marriage/1.0.0"


def test_redis_counts_for_all(world: World) -> None:
    bell, other = RedisBell(world.shared.redis), RedisBell(world.shared.redis)
    assert bell.heard() == 0
    assert bell.ring() == 1
    assert other.heard() == 1
