"""The card's times have bounds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.card.policy import CardPolicy


@pytest.mark.parametrize("life", [timedelta(0), timedelta(minutes=30, seconds=1)])
def test_a_presence_token_lives_half_an_hour_at_most(life: timedelta) -> None:
    with pytest.raises(ValueError, match="presence_life"):
        CardPolicy(presence_life=life)


@pytest.mark.parametrize("life", [timedelta(0), timedelta(minutes=5, seconds=1)])
def test_a_code_lives_five_minutes_at_most(life: timedelta) -> None:
    with pytest.raises(ValueError, match="code_life"):
        CardPolicy(code_life=life)
