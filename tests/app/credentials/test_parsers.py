"""Whatever a stranger sends is refused in the same few words, and never breaks anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.core.fields import FieldCipher
from app.core.jose.base64url import decode
from app.credentials.service.nonces import ProofNonces
from app.credentials.service.proofs import KeyProofs
from tests.app.device import base64url
from tests.app.documents.quick_bench import Ring
from tests.fakes import FakeClock

TEXTS = st.text(max_size=200) | st.binary(max_size=90).map(base64url)
PARTS = st.lists(TEXTS, min_size=3, max_size=3).map(".".join)


@dataclass
class NoDatabase:
    """Nothing here comes as far as a database."""

    asked: list[str] = field(default_factory=list)

    def transaction(self) -> Any:
        self.asked.append("transaction")
        raise AssertionError


CLOCK, DATABASE = FakeClock(), NoDatabase()
NONCES = ProofNonces(
    database=DATABASE,  # type: ignore[arg-type]
    cipher=FieldCipher(fields=Ring(), index=Ring()),
    clock=CLOCK,
)
PROOFS = KeyProofs(issuer="https://city.example", nonces=NONCES, clock=CLOCK)


def refused(code: str, act: Any, *arguments: Any) -> None:
    with pytest.raises(DomainError) as raised:
        act(*arguments)
    assert raised.value.kind.code == code


@given(TEXTS)
def test_no_text_but_ours_is_a_nonce(text: str) -> None:
    refused("KEY_PROOF_NONCE_INVALID", NONCES.require_living, text)


@given(st.integers(0, 55), st.integers(1, 255))
def test_any_changed_byte_of_a_nonce_is_noticed(at: int, by: int) -> None:
    raw = bytearray(decode(NONCES.new()))
    raw[at] ^= by
    refused("KEY_PROOF_NONCE_INVALID", NONCES.require_living, base64url(bytes(raw)))


def test_a_nonce_of_ours_lives() -> None:
    NONCES.require_living(NONCES.new())


@given(st.lists(TEXTS | PARTS, max_size=12))
def test_no_scrap_of_text_is_a_proof(proofs: list[str]) -> None:
    refused("KEY_PROOF_INVALID", PROOFS.check, proofs)
    assert DATABASE.asked == []
