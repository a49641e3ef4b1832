"""The fuzzer's promises hold for mutations of good codes; a reader that breaks one is caught."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes import base45, cbor, cose, credential, presentation
from codes.presentation import PREFIX
from codes.results import Verdict
from codes.revocations import Revocations
from tests.fuzz import targets
from tests.fuzz.targets import BAD, GOOD, TARGETS, BrokenPromiseError, _accepts

NAMES = list(TARGETS)


def test_good_codes_are_accepted_and_nearly_good_ones_are_not() -> None:
    assert [_accepts(one) for one in (*GOOD, *BAD)] == [True] * len(GOOD) + [False] * len(BAD)


@pytest.mark.parametrize("name", NAMES)
def test_promises_hold_for_every_seed(name: str) -> None:
    for seed in TARGETS[name].seeds:
        TARGETS[name].run(seed)


@pytest.mark.parametrize("name", NAMES)
@given(st.data())
def test_promises_hold_for_mutations(name: str, data: st.DataObject) -> None:
    mutated = bytearray(data.draw(st.sampled_from(TARGETS[name].seeds)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(mutated)))
        size = data.draw(st.integers(0, 4))
        mutated[at : at + size] = data.draw(st.binary(max_size=4))
    TARGETS[name].run(bytes(mutated))


def _crash(*_: object, **__: object) -> Any:
    raise IndexError


def _accept(*_: object, **__: object) -> Verdict:
    return Verdict(reason=None)


SECOND_SPELLING = bytes.fromhex("1800")  # 0, in two bytes
BROKEN: dict[str, tuple[object, str, Callable[..., Any], type[Exception]]] = {
    "cbor": (cbor, "decode", lambda _: 0, BrokenPromiseError),
    "base45": (base45, "decode", lambda _: b"", BrokenPromiseError),
    "cose": (cose, "_read_header", _crash, IndexError),
    "credential": (credential, "_whole", lambda item, _: abs(item) or 1, BrokenPromiseError),
    "presentation": (presentation, "_below", _crash, IndexError),
    "text": (targets, "check", _accept, BrokenPromiseError),
    "bytes": (targets, "check", _accept, BrokenPromiseError),
    "piece": (Revocations, "take", lambda *_: None, BrokenPromiseError),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_that_breaks_a_promise_is_caught(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    where, what, instead, caught = BROKEN[name]
    given = _bad_input(name)
    monkeypatch.setattr(where, what, instead)
    with pytest.raises(caught):
        TARGETS[name].run(given)


def _bad_input(name: str) -> bytes:
    if name == "credential":  # a cap below zero
        claims = cbor.decode(TARGETS[name].seeds[0])
        assert isinstance(claims, dict)
        return cbor.encode({**claims, 5: -1})
    changed = {"text": GOOD[0].replace(PREFIX, "ZR2:").encode(), "cbor": SECOND_SPELLING}
    seed = TARGETS[name].seeds[0]
    return changed.get(name, seed if name in {"cose", "presentation"} else seed + b"0")
