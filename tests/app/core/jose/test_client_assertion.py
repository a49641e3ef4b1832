from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from app.core.jose.client_assertion import AuthenticatedClient, ClientAssertionVerifier
from app.core.jose.errors import JoseRefused, Reason
from tests.app.core.jose.builders import ABSENT, ISSUER, NOON, MemoryReplay, Sender, SetClock

AT = int(NOON.timestamp())


class Registered:
    """Clients and their keys."""

    def __init__(self, **clients: Sequence[Mapping[str, object]]) -> None:
        self._clients = {name.replace("_", "-"): keys for name, keys in clients.items()}

    def jwks(
        self,
        client_id: str,
        *,
        kid: str | None = None,  # noqa: ARG002 - all of them are here
    ) -> Sequence[Mapping[str, object]] | None:
        return self._clients.get(client_id)


@pytest.fixture(name="till")
def a_till() -> Sender:
    return Sender()


def verifier(till: Sender, **changes: Any) -> ClientAssertionVerifier:
    settings: dict[str, Any] = {
        "issuer": ISSUER,
        "keys": Registered(till_1=[till.jwk | {"kid": "key-1"}]),
        "clock": SetClock(),
        "replay": MemoryReplay(),
        "algorithms": frozenset({"ES256"}),
    }
    return ClientAssertionVerifier(**(settings | changes))


def refusal(by: ClientAssertionVerifier, text: str, client_id: str | None = None) -> Reason:
    with pytest.raises(JoseRefused) as caught:
        by.check(text, client_id=client_id)
    return caught.value.reason


@pytest.mark.parametrize("asking", [None, "till-1"])
def test_a_registered_client_is_known_by_its_key(till: Sender, asking: str | None) -> None:
    known = verifier(till).check(till.assertion(), client_id=asking)
    assert known == AuthenticatedClient(
        client_id="till-1", jti="assertion-1", expires_at=NOON + timedelta(seconds=60)
    )


@pytest.mark.parametrize("typ", [ABSENT, "JWT", "client-authentication+jwt"])
def test_an_assertion_may_be_typed_or_not(till: Sender, typ: Any) -> None:
    assert verifier(till).check(till.assertion(header={"typ": typ})).client_id == "till-1"


@pytest.mark.parametrize("typ", ["dpop+jwt", "at+jwt", "jwt", "", None])
def test_a_proof_or_token_is_no_assertion(till: Sender, typ: Any) -> None:
    assert refusal(verifier(till), till.assertion(header={"typ": typ})) is Reason.TYPE


@pytest.mark.parametrize("alg", [ABSENT, "none", "HS256", "RS256"])
def test_any_other_algorithm_is_refused(till: Sender, alg: Any) -> None:
    assert refusal(verifier(till), till.assertion(header={"alg": alg})) is Reason.ALGORITHM


def test_an_empty_list_of_algorithms_refuses(till: Sender) -> None:
    assert refusal(verifier(till, algorithms=frozenset()), till.assertion()) is Reason.ALGORITHM


def test_a_key_brought_along_is_refused(till: Sender) -> None:
    thief = Sender()
    text = thief.assertion(header={"jwk": thief.jwk})
    assert refusal(verifier(till), text) is Reason.HEADER_MEMBER


def test_an_unknown_client_is_refused(till: Sender) -> None:
    assert refusal(verifier(till), till.assertion(iss="till-2")) is Reason.CLIENT


def test_a_client_cannot_ask_in_anothers_name(till: Sender) -> None:
    other = Sender()
    keys = Registered(till_1=[till.jwk | {"kid": "key-1"}], till_2=[other.jwk | {"kid": "key-1"}])
    by = verifier(till, keys=keys)
    assert refusal(by, till.assertion(), client_id="till-2") is Reason.CLIENT
    assert refusal(by, till.assertion(iss="till-2", sub="till-2")) is Reason.SIGNATURE
    assert refusal(by, till.assertion(sub="till-2")) is Reason.SUBJECT


def test_a_single_key_need_not_be_named_but_one_of_two_must(till: Sender) -> None:
    unnamed = till.assertion(header={"kid": ABSENT})
    assert verifier(till).check(unnamed).client_id == "till-1"
    two = Registered(till_1=[till.jwk | {"kid": "key-1"}, Sender().jwk | {"kid": "key-2"}])
    assert refusal(verifier(till, keys=two), unnamed) is Reason.KEY_ID
    assert verifier(till, keys=two).check(till.assertion()).client_id == "till-1"


@pytest.mark.parametrize("kid", ["key-2", "", None, 1])
def test_a_key_that_is_named_must_be_registered(till: Sender, kid: Any) -> None:
    assert refusal(verifier(till), till.assertion(header={"kid": kid})) is Reason.KEY_ID


def test_a_client_without_keys_cannot_log_in(till: Sender) -> None:
    assert refusal(verifier(till, keys=Registered(till_1=[])), till.assertion()) is Reason.KEY_ID


def test_a_private_key_registered_by_mistake_is_refused(till: Sender) -> None:
    keys = Registered(till_1=[till.private_jwk | {"kid": "key-1"}])
    assert refusal(verifier(till, keys=keys), till.assertion()) is Reason.PRIVATE_KEY


def test_an_assertion_by_another_key_is_refused(till: Sender) -> None:
    assert refusal(verifier(till), Sender().assertion()) is Reason.SIGNATURE


@pytest.mark.parametrize("name", ["iss", "sub", "exp", "iat", "jti"])
def test_each_claim_must_be_there(till: Sender, name: str) -> None:
    assert refusal(verifier(till), till.assertion(**{name: ABSENT})) is Reason.CLAIM_MISSING


@pytest.mark.parametrize("aud", [f"{ISSUER}/oauth/token", "", None, [ISSUER, "x"], f"{ISSUER}/"])
def test_the_audience_is_the_issuer_alone(till: Sender, aud: Any) -> None:
    assert refusal(verifier(till), till.assertion(aud=aud)) is Reason.AUDIENCE


def test_a_verifier_without_an_issuer_refuses(till: Sender) -> None:
    assert refusal(verifier(till, issuer=""), till.assertion(aud="")) is Reason.AUDIENCE


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": AT}, Reason.EXPIRED),
        ({"exp": AT + 61}, Reason.LIFETIME),
        ({"exp": AT + 86400}, Reason.LIFETIME),
        ({"iat": AT + 1}, Reason.NOT_YET_VALID),
        ({"nbf": AT + 1}, Reason.NOT_YET_VALID),
        ({"jti": "x" * 257}, Reason.CLAIM_TYPE),
    ],
)
def test_an_assertion_lives_a_minute_at_most(
    till: Sender, claims: dict[str, Any], reason: Reason
) -> None:
    assert refusal(verifier(till), till.assertion(**claims)) is reason


def test_an_assertion_is_remembered_for_as_long_as_the_leeway_lets_it_live(till: Sender) -> None:
    replay = MemoryReplay()
    by = verifier(till, replay=replay, leeway=timedelta(seconds=5))
    by.check(till.assertion(exp=AT + 65, jti="x" * 256))
    assert list(replay.claimed.values()) == [timedelta(seconds=71)]
    assert refusal(by, till.assertion(exp=AT + 66)) is Reason.LIFETIME


def test_an_assertion_counts_once_and_is_remembered_until_it_ends(till: Sender) -> None:
    replay = MemoryReplay()
    by = verifier(till, replay=replay)
    by.check(till.assertion())
    assert refusal(by, till.assertion()) is Reason.REPLAYED
    assert list(replay.claimed.values()) == [timedelta(seconds=61)]
