from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.fields import FieldCipher, FieldUnreadable, Place


@dataclass(frozen=True)
class Key:
    kid: str
    material: bytes


@dataclass
class Ring:
    keys: list[Key] = field(default_factory=list)

    @property
    def active(self) -> Key:
        return self.keys[-1]

    def find(self, kid: str) -> Key | None:
        return next((key for key in self.keys if key.kid == kid), None)


PLACE = Place("persons", "name", "prs_1")


def make_cipher() -> tuple[FieldCipher, Ring]:
    ring = Ring([Key("k1", bytes(range(32)))])
    return FieldCipher(fields=ring, index=Ring([Key("i1", bytes(32))])), ring


@given(st.text(), st.text(), st.text())
def test_a_sealed_value_opens_in_its_place_only(plain: str, row: str, other: str) -> None:
    cipher, _ = make_cipher()
    place = Place("persons", "name", row)
    sealed = cipher.seal(plain, place)
    assert cipher.open_text(sealed, place) == plain
    if other != row:
        with pytest.raises(FieldUnreadable):
            cipher.open(sealed, Place("persons", "name", other))


@given(st.binary(max_size=80))
def test_garbage_is_unreadable_and_nothing_worse(sealed: bytes) -> None:
    cipher, _ = make_cipher()
    with pytest.raises(FieldUnreadable):
        cipher.open(sealed, PLACE)


@given(st.integers(min_value=0))
def test_a_changed_byte_is_noticed(position: int) -> None:
    cipher, _ = make_cipher()
    sealed = bytearray(cipher.seal("张伟", PLACE))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises(FieldUnreadable):
        cipher.open(bytes(sealed), PLACE)


def test_old_values_open_after_rotation_and_are_known_to_be_due() -> None:
    cipher, ring = make_cipher()
    old = cipher.seal("张伟", PLACE)
    ring.keys.append(Key("k2", bytes(32)))
    new = cipher.seal("张伟", PLACE)
    assert cipher.open_text(old, PLACE) == cipher.open_text(new, PLACE) == "张伟"
    assert (cipher.is_current(old), cipher.is_current(new)) == (False, True)


def test_a_value_whose_key_is_gone_does_not_open() -> None:
    cipher, ring = make_cipher()
    sealed = cipher.seal("张伟", PLACE)
    ring.keys[:] = [Key("k9", bytes(32))]
    with pytest.raises(FieldUnreadable):
        cipher.open(sealed, PLACE)


def test_the_same_value_seals_differently_and_indexes_alike() -> None:
    cipher, _ = make_cipher()
    assert cipher.seal("张伟", PLACE) != cipher.seal("张伟", PLACE)
    assert cipher.index("name", "张伟") == cipher.index("name", "张伟")
    assert cipher.index("name", "张伟") != cipher.index("alias", "张伟")
