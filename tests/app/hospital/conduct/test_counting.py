"""From points to a restriction: arithmetic, compared with counting moment by moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.hospital.conduct.counting import Counted, restriction_of
from app.hospital.conduct.states import PointKind
from app.hospital.policy import BookingPolicy
from tests.app.hospital.city import CITY

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NO_SHOW, LATE = PointKind.NO_SHOW, PointKind.LATE_CANCEL


def at(days: float) -> datetime:
    return BEGIN + timedelta(days=days)


def points(kind: PointKind, *days: float, lasts: float = 90) -> list[Counted]:
    return [Counted(kind=kind, at=at(one), expires_at=at(one + lasts)) for one in days]


def until(found: list[Counted], now: float, policy: BookingPolicy = CITY) -> float | None:
    restriction = restriction_of(found, policy, at(now))
    return None if restriction is None else (restriction.until - BEGIN) / timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "now", "ends"),
    [
        ((0, 1), 1, None),
        ((0, 1, 2), 2, 92),
        ((0, 1, 2), 91.99, 92),
        ((0, 1, 2), 92, None),
        ((0, 50, 89.99), 89.99, 179.99),
        ((0, 50, 90), 90, None),  # the first expires in that moment
        ((0, 1, 2, 10), 10, 100),  # a fourth makes it longer
        ((2, 0, 1), 5, 92),  # whatever their order
        ((1, 1, 1), 1, 91),  # three at once
    ],
)
def test_three_no_shows_in_ninety_days_restrict_for_ninety(
    days: tuple[float, ...], now: float, ends: float | None
) -> None:
    assert until(points(NO_SHOW, *days), now) == ends


@pytest.mark.parametrize(
    ("days", "now", "ends"),
    [((0, 10, 29), 29, 59), ((0, 10, 30), 30, None), ((0, 10, 29), 58.9, 59)],
)
def test_three_late_cancellations_in_a_month_restrict_for_one(
    days: tuple[float, ...], now: float, ends: float | None
) -> None:
    assert until(points(LATE, *days, lasts=30), now) == ends


def test_kinds_are_not_added_up_and_the_longest_restriction_is_told() -> None:
    late = points(LATE, 0, 1, 2, lasts=30)
    assert until(points(NO_SHOW, 0, 1) + late[:1], 2) is None
    restriction = restriction_of(points(NO_SHOW, 0, 1, 2) + late, CITY, at(3))
    assert restriction is not None
    assert (restriction.kind, restriction.since, restriction.until) == (NO_SHOW, at(2), at(92))


# By whole days, so that points, expiries and ends meet often.
_CASES = st.lists(
    st.tuples(st.integers(0, 25), st.integers(1, 12)), max_size=8, unique_by=lambda one: one
)


@given(_CASES, st.integers(1, 4), st.integers(0, 10))
def test_it_comes_out_as_counting_day_by_day_does(
    made: list[tuple[int, int]], limit: int, restricts: int
) -> None:
    policy = BookingPolicy(no_shows=limit, no_show_restricts=timedelta(days=restricts))
    found = [Counted(kind=NO_SHOW, at=at(one), expires_at=at(one + lasts)) for one, lasts in made]
    ends: int | None = None
    for day in range(40):
        counting = sum(one <= day < one + lasts for one, lasts in made)
        if counting >= limit and any(one == day for one, _ in made):
            ends = day + restricts
        expected = ends if ends is not None and day < ends else None
        assert until([one for one in found if one.at <= at(day)], day, policy) == expected, day


@given(_CASES, st.integers(1, 3), st.data())
def test_taking_a_point_away_never_makes_it_longer(
    made: list[tuple[int, int]], limit: int, data: st.DataObject
) -> None:
    policy = BookingPolicy(no_shows=limit, no_show_restricts=timedelta(days=7))
    found = [Counted(kind=NO_SHOW, at=at(one), expires_at=at(one + lasts)) for one, lasts in made]
    now = data.draw(st.integers(25, 40))
    fewer = data.draw(st.lists(st.sampled_from(found), unique=True)) if found else []
    assert (until(fewer, now, policy) or 0) <= (until(found, now, policy) or 0)
