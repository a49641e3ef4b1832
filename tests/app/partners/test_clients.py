"""Terminals prove who they are."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.access.tokens import TokenClaims
from app.core.errors import DomainError
from app.core.jose.client_assertion import ClientAssertionVerifier
from app.partners.service.clients import TerminalClients
from app.partners.service.keys import TerminalKeys
from app.partners.service.onboarding import Onboarding
from tests.app.device import new_key, public_jwk
from tests.app.world import World
from tests.fakes import FakeClock

ISSUER = "http://127.0.0.1:8000"
PURPOSES = ("01301", "02121")


class Seen:
    """Remembers what was used, for one process."""

    def __init__(self) -> None:
        self.keys: set[str] = set()

    def claim(self, key: str, ttl: timedelta) -> bool:
        assert ttl > timedelta(0)
        fresh = key not in self.keys
        self.keys.add(key)
        return fresh


@pytest.fixture
def onboarding(world: World, clock: FakeClock) -> Onboarding:
    return Onboarding(database=world.database, clock=clock, known_purposes=PURPOSES)


@pytest.fixture
def clients(world: World, clock: FakeClock) -> TerminalClients:
    assertions = ClientAssertionVerifier(
        issuer=ISSUER,
        keys=TerminalKeys(database=world.database),
        clock=clock,
        replay=Seen(),
        algorithms=frozenset({"ES256"}),
    )
    return TerminalClients(database=world.database, assertions=assertions)


class Till:
    """A registered terminal that holds its key."""

    def __init__(self, onboarding: Onboarding, clock: FakeClock) -> None:
        self.key, self.clock = new_key(), clock
        self.merchant_id = onboarding.add_merchant(name="康民大药房")
        self.id = onboarding.add_terminal(
            merchant_id=self.merchant_id, jwks=[public_jwk(self.key)], purposes={"02121"}
        )

    def assertion(self, *, key: ec.EllipticCurvePrivateKey | None = None, **changes: Any) -> str:
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.id,
            "sub": self.id,
            "aud": ISSUER,
            "jti": secrets.token_hex(8),
            "iat": now,
            "exp": now + 60,
            **changes,
        }
        return jwt.encode(claims, key or self.key, algorithm="ES256")

    def claims(self, **changes: Any) -> TokenClaims:
        now = self.clock.now()
        given: dict[str, Any] = {
            "kind": "terminal",
            "subject": self.id,
            "client_id": self.id,
            "session_id": "",
            "level": "",
            "authenticated_at": now,
            "scope": frozenset({"card.decode"}),
            "thumbprint": "the-till's-key",
            "token_id": "t",
            "expires_at": now,
            **changes,
        }
        return TokenClaims(**given)


@pytest.fixture
def till(onboarding: Onboarding, clock: FakeClock) -> Till:
    return Till(onboarding, clock)


def refused(clients: TerminalClients, assertion: str, client_id: str | None = None) -> DomainError:
    with pytest.raises(DomainError) as raised:
        clients.authenticate(assertion, client_id=client_id)
    return raised.value


def test_a_registered_terminal_is_authenticated(clients: TerminalClients, till: Till) -> None:
    found = clients.authenticate(till.assertion(), client_id=till.id)
    assert (found.client_id, found.terminal_id) == (till.id, till.id)
    assert found.scopes == {"card.decode"}


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "http://127.0.0.1:8000/oauth/token"},
        {"sub": "another"},
        {"iss": "another", "sub": "another"},
        {"exp": 0},
        {"jti": ""},
    ],
)
def test_a_wrong_assertion_is_refused(
    clients: TerminalClients, till: Till, changes: dict[str, Any]
) -> None:
    refusal = refused(clients, till.assertion(**changes))
    assert refusal.kind.code == "INVALID_CLIENT"
    assert refusal.members == {"error": "invalid_client"}


def test_every_cause_is_refused_in_the_same_words(clients: TerminalClients, till: Till) -> None:
    stranger = till.assertion(iss="nobody", sub="nobody")
    forged = till.assertion(key=new_key())
    assert refused(clients, stranger) == refused(clients, forged) == refused(clients, "garbage")


def test_an_assertion_counts_once(clients: TerminalClients, till: Till) -> None:
    assertion = till.assertion()
    clients.authenticate(assertion)
    assert refused(clients, assertion).kind.code == "INVALID_CLIENT"


def test_an_assertion_speaks_only_for_its_own_client(
    clients: TerminalClients, onboarding: Onboarding, clock: FakeClock, till: Till
) -> None:
    other = Till(onboarding, clock)
    assert refused(clients, till.assertion(), other.id).kind.code == "INVALID_CLIENT"
    forged = till.assertion(iss=other.id, sub=other.id)
    assert refused(clients, forged).kind.code == "INVALID_CLIENT"


def test_a_suspended_terminal_cannot_log_in(
    clients: TerminalClients, onboarding: Onboarding, till: Till
) -> None:
    onboarding.suspend(till.id)
    assert refused(clients, till.assertion()).kind.code == "INVALID_CLIENT"
    onboarding.resume(till.id)
    assert clients.authenticate(till.assertion()).terminal_id == till.id


def test_the_keys_of_a_suspended_terminal_are_not_even_looked_at(
    world: World, onboarding: Onboarding, till: Till
) -> None:
    keys = TerminalKeys(database=world.database)
    assert keys.jwks(till.id) is not None
    onboarding.suspend(till.id)
    assert keys.jwks(till.id) is None


def test_a_suspension_while_the_signature_is_checked_still_counts(
    world: World, clients: TerminalClients, onboarding: Onboarding, till: Till
) -> None:
    class Slow:
        """The terminal is suspended between the check and its result."""

        def check(self, assertion: str, *, client_id: str | None = None) -> Any:
            found = clients._assertions.check(assertion, client_id=client_id)
            onboarding.suspend(till.id)
            return found

    slow = TerminalClients(database=world.database, assertions=Slow())
    assert refused(slow, till.assertion()).kind.code == "INVALID_CLIENT"


def test_a_token_leads_to_its_terminal(clients: TerminalClients, till: Till) -> None:
    found = clients.find(till.claims())
    assert found is not None
    assert (found.terminal_id, found.merchant_id) == (till.id, till.merchant_id)
    assert found.merchant_name == "康民大药房"
    assert (found.merchant_kind, found.merchant_region) == ("pharmacy", None)
    assert found.purposes == {"02121"}
    assert found.scope == {"card.decode"}
    assert found.thumbprint == "the-till's-key"


def test_a_token_of_a_suspended_terminal_leads_nowhere(
    clients: TerminalClients, onboarding: Onboarding, till: Till
) -> None:
    onboarding.suspend(till.id)
    assert clients.find(till.claims()) is None
    assert clients.find(till.claims(client_id="nobody")) is None


def test_a_token_carries_no_scope_the_terminal_lost(clients: TerminalClients, till: Till) -> None:
    found = clients.find(till.claims(scope=frozenset({"card.decode", "card.settle"})))
    assert found is not None
    assert found.scope == {"card.decode"}
