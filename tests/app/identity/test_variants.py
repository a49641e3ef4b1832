"""Which sort of challenge a purpose asks for, and what the phone is told of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.app.identity.desk import PATH, Desk, asked

ALL = ("no_motion", "no_light", "full")


def begun(desk: Desk, purpose: str, *variants: str) -> Any:
    camera = {"width": 480, "height": 640, "fps": 15}
    capabilities = {"camera": camera, "variants": list(variants)}
    return desk.phone().post(PATH, asked(purpose=purpose, capabilities=capabilities))


@pytest.mark.parametrize(
    ("purpose", "offered", "variant"),
    [
        ("login", ALL, "full"),
        ("login", ("no_light",), "no_light"),
        ("login", ("no_motion",), "no_motion"),
        ("step_up", ("no_motion", "no_light"), "no_light"),
    ],
)
def test_the_phone_is_told_which_variant_and_how_many_steps(
    judged_desk: Desk, purpose: str, offered: tuple[str, ...], variant: str
) -> None:
    answer = begun(judged_desk, purpose, *offered)

    assert answer.status_code == 201
    told = answer.get_json()
    fewest, most = {"full": (5, 6), "no_light": (3, 4), "no_motion": (3, 3)}[variant]
    assert told["variant"] == variant
    assert fewest <= told["steps"] <= most
    assert told["step"]["kind"] == "baseline"
    assert judged_desk.rows("SELECT variant, steps FROM verification_sessions") == [
        (variant, told["steps"])
    ]


def test_a_purpose_that_wants_more_refuses_a_weaker_variant(judged_desk: Desk) -> None:
    refused = begun(judged_desk, "step_up", "no_motion")

    told = refused.get_json()
    assert (refused.status_code, told["code"]) == (422, "VARIANT_UNSUPPORTED")
    assert told["pointer"] == "/capabilities/variants"
    assert judged_desk.rows("SELECT count(*) FROM verification_sessions") == [(0,)]


def test_the_colours_of_a_light_step_are_told_only_with_it(judged_desk: Desk) -> None:
    told = begun(judged_desk, "login", "no_motion").get_json()

    assert told["step"]["parameters"] == {}
    assert not re.search("#[0-9a-f]{6}", str(told))
