"""What a till learns of revocations, and what it does not let itself be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.keys import IssuerKeys
from codes.revocations import PIECE, Piece, PieceRefused, Refusal, Revocations, publish
from tests.codes.steps import NOW, Issuer, fixed_key

ISSUER = Issuer()
A, B, C = (bytes([n]) * 16 for n in (1, 2, 3))
DAY = timedelta(hours=24)


def refusal(data: bytes, known: Revocations | None = None) -> Refusal:
    with pytest.raises(PieceRefused) as caught:
        (known or Revocations()).take(data, ISSUER.keys)
    return caught.value.refusal


def test_pieces_add_up() -> None:
    known = ISSUER.known(A, B)
    assert (known.upto, known.complete, known.aliases) == (2, True, frozenset({A, B}))
    later = known.take(ISSUER.piece(C, since=2, at=NOW + DAY), ISSUER.keys)
    assert (later.upto, later.aliases) == (3, frozenset({A, B, C}))
    assert not later.is_too_old(NOW + 2 * DAY, most=DAY)


def test_a_piece_without_news_makes_the_list_fresh() -> None:
    later = ISSUER.known(A).take(ISSUER.piece(since=1, at=NOW + DAY), ISSUER.keys)
    assert later.aliases == {A}
    assert later.at == NOW.replace(microsecond=0) + DAY


def test_half_a_list_is_too_old_for_everything() -> None:
    half = Revocations().take(ISSUER.piece(A, head=5), ISSUER.keys)
    assert half.is_too_old(NOW, most=DAY)
    rest = ISSUER.piece(B, since=1, upto=5, head=5)
    assert not half.take(rest, ISSUER.keys).is_too_old(NOW, most=DAY)


def test_a_piece_from_the_beginning_replaces_what_was_known() -> None:
    fresh = ISSUER.known(A, B).take(ISSUER.piece(C, at=NOW + DAY), ISSUER.keys)
    assert fresh.aliases == {C}


def test_a_gap_is_refused() -> None:
    assert refusal(ISSUER.piece(C, since=5), ISSUER.known(A)) is Refusal.NOT_NEXT


def test_an_old_answer_played_back_is_refused() -> None:
    known = ISSUER.known(A, at=NOW)
    assert refusal(ISSUER.piece(at=NOW - DAY), known) is Refusal.OLDER


def test_a_stranger_cannot_revoke_nor_hide_a_revocation() -> None:
    forger = Issuer(key=fixed_key(77))
    assert refusal(forger.piece(A)) is Refusal.UNKNOWN_ISSUER
    with pytest.raises(PieceRefused) as caught:
        Revocations().take(forger.piece(A), IssuerKeys(by_id={forger.id: ISSUER.key.public_key()}))
    assert caught.value.refusal is Refusal.BAD_SIGNATURE


@pytest.mark.parametrize(
    "changes",
    [{"aliases": [A] * (PIECE + 1)}, {"aliases": [b"short"]}],
    ids=["too many", "too short"],
)
def test_nothing_is_signed_that_nobody_would_take(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="alias"):
        ISSUER.piece(**changes)


def test_a_full_piece_is_taken() -> None:
    aliases = [n.to_bytes(16, "big") for n in range(PIECE)]
    assert len(ISSUER.known(*aliases).aliases) == PIECE


def test_numbers_that_contradict_each_other_are_malformed() -> None:
    assert refusal(ISSUER.piece(A, since=3, upto=2)) is Refusal.MALFORMED
    assert refusal(ISSUER.piece(A, head=0)) is Refusal.MALFORMED


def test_what_is_too_large_is_not_read() -> None:
    assert refusal(bytes(PIECE * 16 + 513)) is Refusal.MALFORMED


GOOD = ISSUER.piece(A, B)


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_no_changed_byte_is_ever_taken(at: int, change: int) -> None:
    mutated = bytearray(GOOD)
    mutated[at] ^= change
    with pytest.raises(PieceRefused):
        Revocations().take(bytes(mutated), ISSUER.keys)


def test_a_piece_is_signed_by_any_signer() -> None:
    piece = Piece(since=0, upto=0, head=0, at=NOW, aliases=())
    data = publish(piece, signer=lambda _: bytes(64), key_id=ISSUER.id)
    assert refusal(data) is Refusal.BAD_SIGNATURE
