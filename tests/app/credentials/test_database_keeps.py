"""What holds whatever the code does."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.app.credentials.wallet import ready
from tests.app.device import Device
from tests.app.world import World

REFUSED = {
    "tx_tries": "tx_tries = 6",
    "ends_after_begin": "expires_at = created_at",
    "redeemed_has_token": "token_hash = NULL",
    "issued_after_redeemed": "notification_hash = NULL",
    "event": "event = 'credential_loved', event_at = now()",
}
"""By constraint, a change of an offer that was redeemed and answered."""


def test_an_offer_s_row_says_only_what_can_be(world: World, zhang: Device) -> None:
    ready(world, zhang).fetched()
    for constraint, change in REFUSED.items():
        with (
            pytest.raises(IntegrityError, match=f"ck_credential_offers_{constraint}"),
            world.database.separate() as tx,
        ):
            tx.execute(text(f"UPDATE credential_offers SET {change}"))  # noqa: S608 - of this test


def test_a_credential_is_written_down_once(world: World, zhang: Device) -> None:
    ready(world, zhang).fetched()
    again = (
        "INSERT INTO issued_credentials SELECT id || 'x', certificate_id, offer_id, thumbprint,"
        " kid, signed_sha256, issued_at, expires_at FROM issued_credentials"
    )
    with (
        pytest.raises(IntegrityError, match="uq_issued_credentials_signed_sha256"),
        world.database.separate() as tx,
    ):
        tx.execute(text(again))
