from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.database import Database
from app.exchange.watermarks import DropWatermarks
from tests.fakes import FakeClock

A, B = b"a" * 32, b"b" * 32


@pytest.fixture
def marks(database: Database, clock: FakeClock) -> DropWatermarks:
    return DropWatermarks(database=database, clock=clock)


def test_numbers_only_grow_and_the_newest_itself_may_come_again(marks: DropWatermarks) -> None:
    advanced = [marks.advance("veterans", sequence=n, digest=A) for n in (3, 3, 2, 4, 3)]
    assert advanced == [True, True, False, True, False]
    assert marks.advance("others", sequence=1, digest=A)


def test_of_two_drops_with_one_number_the_first_counts(marks: DropWatermarks) -> None:
    assert marks.advance("veterans", sequence=1, digest=A)
    assert not marks.advance("veterans", sequence=1, digest=B)
    assert marks.advance("veterans", sequence=1, digest=A)


def test_two_processes_at_once_agree_on_one(marks: DropWatermarks) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        for sequence in range(1, 6):
            won = list(
                pool.map(
                    lambda digest, n=sequence: marks.advance("veterans", sequence=n, digest=digest),
                    (A, B),
                )
            )
            assert sorted(won) == [False, True]
