"""A token that was admitted before is asked again what may have changed since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from app.core.access.tokens import TokenClaims
from app.core.jose.errors import JoseRefused, Reason
from app.core.keys.files import FileKeys
from app.core.keys.provider import SigningKey, SigningRing
from app.identity.service.access_tokens import AccessTokens, TerminalGrant
from app.identity.service.seen_tokens import SeenToken, SeenTokens
from tests.fakes import FakeClock

BEGINNING = datetime(2026, 3, 1, tzinfo=UTC)
LIFE = timedelta(minutes=10)


class Ring:
    """A ring whose keys can be taken back, or changed under the same name."""

    def __init__(self, ring: SigningRing) -> None:
        self._ring = ring
        self.published = True
        self.instead: ec.EllipticCurvePublicKey | None = None
        self.asked = 0

    @property
    def active(self) -> SigningKey:
        return self._ring.active

    def find(self, kid: str) -> ec.EllipticCurvePublicKey | None:
        self.asked += 1
        if not self.published:
            return None
        return self.instead or self._ring.find(kid)

    def public_jwks(self) -> Mapping[str, Sequence[Mapping[str, str]]]:
        return self._ring.public_jwks()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(BEGINNING)


@pytest.fixture
def ring(tmp_path: Path, clock: FakeClock) -> Ring:
    return Ring(FileKeys(tmp_path / "keys", clock=clock).signing("access-token"))


@pytest.fixture
def tokens(ring: Ring, clock: FakeClock) -> AccessTokens:
    return AccessTokens(ring=ring, issuer="https://api.example", lifetime=LIFE, clock=clock)


def admitted(tokens: AccessTokens) -> str:
    grant = TerminalGrant(client_id="trm_1", thumbprint="x" * 43, scope=frozenset({"card.decode"}))
    token = tokens.for_terminal(grant)
    assert tokens.read(token) == tokens.read(token)
    return token


def refusal(tokens: AccessTokens, token: str) -> Reason:
    with pytest.raises(JoseRefused) as refused:
        tokens.read(token)
    return refused.value.reason


def test_it_ends_when_its_time_is_over(tokens: AccessTokens, clock: FakeClock) -> None:
    token = admitted(tokens)
    clock.advance(minutes=10)
    assert refusal(tokens, token) is Reason.EXPIRED


def test_it_is_refused_by_a_clock_before_its_time(tokens: AccessTokens, clock: FakeClock) -> None:
    token = admitted(tokens)
    clock.advance(seconds=-1)
    assert refusal(tokens, token) is Reason.NOT_YET_VALID


def test_it_is_refused_once_its_key_is_taken_back(tokens: AccessTokens, ring: Ring) -> None:
    token = admitted(tokens)
    ring.published = False
    assert refusal(tokens, token) is Reason.KEY_ID


def test_it_is_checked_anew_where_another_key_has_the_name(
    tokens: AccessTokens, ring: Ring
) -> None:
    token = admitted(tokens)
    ring.instead = ec.generate_private_key(ec.SECP256R1()).public_key()
    assert refusal(tokens, token) is Reason.SIGNATURE


def test_a_token_of_another_signature_is_another_token(tokens: AccessTokens) -> None:
    token = admitted(tokens)
    head, _, signature = token.rpartition(".")
    other = ("A" if signature[0] != "A" else "B") + signature[1:]
    assert refusal(tokens, f"{head}.{other}") is Reason.SIGNATURE


def test_what_was_refused_is_not_remembered(tokens: AccessTokens, clock: FakeClock) -> None:
    token = tokens.for_terminal(
        TerminalGrant(client_id="trm_1", thumbprint="x" * 43, scope=frozenset({"card.decode"}))
    )
    clock.advance(minutes=10)
    assert refusal(tokens, token) is Reason.EXPIRED
    clock.advance(minutes=-10)
    assert tokens.read(token).client_id == "trm_1"


def test_so_many_are_remembered_and_no_more() -> None:
    memory, seen = SeenTokens(most=2), _seen()
    for token in ("one", "two"):
        memory.add(token, seen)
    assert memory.find("one") is seen  # asked for last, so the other one goes
    memory.add("three", seen)
    assert [memory.find(token) for token in ("one", "two", "three")] == [seen, None, seen]


def _seen() -> SeenToken:
    claims = TokenClaims(
        kind="terminal",
        subject="trm_1",
        client_id="trm_1",
        session_id="",
        level="",
        authenticated_at=BEGINNING,
        scope=frozenset(),
        thumbprint="x" * 43,
        token_id="tok_1",
        expires_at=BEGINNING + LIFE,
    )
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return SeenToken(kid="k", key=key, members={}, claims=claims)
