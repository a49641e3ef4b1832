"""The token a terminal gets for a code."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.card.models import Presentation
from app.card.service.decoding import CodeDecoding
from app.core.http.services import service
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.tokens import TokenPolicy, verify_token
from tests.app.card.steps import Services, decode, json_of, show
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock


def test_the_presence_token_is_for_that_terminal_and_half_an_hour(
    world: World, clock: FakeClock, holder: Device, till: Device
) -> None:
    response = json_of(decode(till, show(holder)))
    with world.database.separate() as tx:
        row = tx.scalars(select(Presentation)).one()
    with world.app.app_context():
        presence = service(CodeDecoding)._presence
    policy = TokenPolicy(
        typ="presence+jwt",
        algorithms=frozenset({"ES256"}),
        issuer=presence.issuer,
        audience=row.terminal_id,
        required=frozenset({"sub", "jti", "iat", "purpose"}),
    )
    text = response["presence_token"]
    token = verify_token(text, policy=policy, ring=presence.ring, now=clock.now())
    assert token.claims["jti"] == row.id
    assert token.claims["purpose"] == "02121"
    assert int(str(token.claims["exp"])) - int(str(token.claims["iat"])) == 1800
    later = clock.now() + timedelta(minutes=30)
    with pytest.raises(JoseRefused, match=Reason.EXPIRED):
        verify_token(text, policy=policy, ring=presence.ring, now=later)


def test_two_merchants_know_a_person_by_different_names(
    world: World, clock: FakeClock, tmp_path: Path
) -> None:
    presence = Services(world.database, tmp_path / "k", clock).presence()
    first, second = (presence.alias(person_id="p", merchant_id=m) for m in ("a", "b"))
    assert first != second
    assert first == presence.alias(person_id="p", merchant_id="a")
    assert first != presence.alias(person_id="q", merchant_id="a")
