"""Putting terminals on the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from sqlalchemy import select

from app.core.errors import DomainError
from app.core.jose.thumbprint import thumbprint
from app.partners.models import Terminal
from app.partners.service.changes import COMMANDS
from app.partners.service.onboarding import Onboarding
from app.wiring.partners import build_terminal_changes
from tests.app.device import new_key, public_jwk
from tests.app.world import World
from tests.fakes import FakeClock

KEY: Mapping[str, object] = public_jwk(new_key())
OTHER: Mapping[str, object] = public_jwk(new_key())


@pytest.fixture
def onboarding(world: World, clock: FakeClock) -> Onboarding:
    return Onboarding(database=world.database, clock=clock, known_purposes={"02121", "01301"})


@pytest.fixture
def merchant_id(onboarding: Onboarding) -> str:
    return onboarding.add_merchant(name="康民大药房")


@pytest.mark.parametrize(
    "jwks",
    [
        [],
        [{**KEY, "d": "secret"}],
        [{**KEY, "crv": "P-384"}],
        [{**KEY, "x": "AAAA"}],
        [{"kty": "oct", "k": "c2VjcmV0"}],
        [{**KEY, "use": "enc"}],
        [{**KEY, "kid": ""}],
        [{**KEY, "kid": 7}],
        [{**KEY, "kid": "same"}, {**OTHER, "kid": "same"}],
        [{**KEY, "kid": str(n)} for n in range(6)],
    ],
)
def test_unusable_keys_are_refused(
    onboarding: Onboarding, merchant_id: str, jwks: Sequence[Mapping[str, object]]
) -> None:
    with pytest.raises(DomainError, match="TERMINAL_KEYS_INVALID"):
        onboarding.add_terminal(merchant_id=merchant_id, jwks=jwks, purposes={"02121"})


def test_only_the_public_key_is_stored(
    world: World, onboarding: Onboarding, merchant_id: str
) -> None:
    jwk = {**KEY, "comment": "of the till by the door", "use": "sig"}
    onboarding.add_terminal(merchant_id=merchant_id, jwks=[jwk], purposes={"02121"})
    with world.database.separate() as tx:
        assert tx.scalars(select(Terminal.jwks)).one() == [{**KEY, "kid": thumbprint(KEY)}]


@pytest.mark.parametrize("purposes", [set(), {"99999"}, {"02121", "99999"}])
def test_only_known_purposes_can_be_allowed(
    onboarding: Onboarding, merchant_id: str, purposes: set[str]
) -> None:
    with pytest.raises(DomainError, match="TERMINAL_PURPOSES_INVALID"):
        onboarding.add_terminal(merchant_id=merchant_id, jwks=[KEY], purposes=purposes)


def test_with_no_purpose_known_none_can_be_allowed(
    world: World, clock: FakeClock, merchant_id: str
) -> None:
    empty = Onboarding(database=world.database, clock=clock, known_purposes=())
    with pytest.raises(DomainError, match="TERMINAL_PURPOSES_INVALID"):
        empty.add_terminal(merchant_id=merchant_id, jwks=[KEY], purposes={"02121"})


def test_a_terminal_belongs_to_a_merchant(onboarding: Onboarding) -> None:
    with pytest.raises(DomainError, match="MERCHANT_UNKNOWN"):
        onboarding.add_terminal(merchant_id="mer_nobody", jwks=[KEY], purposes={"02121"})


@pytest.mark.parametrize("act", ["suspend", "resume"])
def test_only_a_known_terminal_can_be_shut_out_or_let_in(onboarding: Onboarding, act: str) -> None:
    with pytest.raises(DomainError, match="TERMINAL_UNKNOWN"):
        getattr(onboarding, act)("trm_nobody")


def test_a_merchant_has_a_name_the_holder_can_read(onboarding: Onboarding) -> None:
    with pytest.raises(DomainError, match="MERCHANT_NAME_MISSING"):
        onboarding.add_merchant(name="  ")


def test_a_terminal_is_found_again_by_its_keys(onboarding: Onboarding, merchant_id: str) -> None:
    assert onboarding.terminal_with([KEY]) is None
    added = onboarding.add_terminal(merchant_id=merchant_id, jwks=[KEY], purposes={"02121"})
    assert onboarding.terminal_with([{**KEY, "use": "sig"}]) == added
    assert onboarding.terminal_with([OTHER]) is None


def test_a_terminal_is_found_again_after_it_got_another_key(
    world: World, onboarding: Onboarding, merchant_id: str
) -> None:
    added = onboarding.add_terminal(merchant_id=merchant_id, jwks=[KEY], purposes={"02121"})
    build_terminal_changes(world.shared).add_key(added, OTHER, by=COMMANDS)
    assert onboarding.terminal_with([KEY]) == added


def test_a_terminal_that_was_registered_for_less_can_be_allowed_more(
    world: World, onboarding: Onboarding, merchant_id: str
) -> None:
    terminal = onboarding.add_terminal(merchant_id=merchant_id, jwks=[KEY], purposes={"02121"})
    for _ in range(2):
        onboarding.allow(terminal, {"settlement"})
        with world.database.separate() as tx:
            assert tx.get_one(Terminal, terminal).scopes == ["card.decode", "settlement"]
    with pytest.raises(DomainError, match="TERMINAL_UNKNOWN"):
        onboarding.allow("trm_nobody", {"settlement"})
