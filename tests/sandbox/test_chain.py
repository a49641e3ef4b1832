import hashlib
import json
import struct
from dataclasses import replace
from itertools import chain as joined

from sandbox.phone.chain import FrameChain, Sealed, manifest
from tests.sandbox.stage import a_light_step, a_step, some_frames


def recomputed(session_id: str, sealed: list[tuple[bytes, Sealed]]) -> list[str]:
    """The contract's words in other code: one buffer, struct, no shared helper."""
    previous = hashlib.sha256(b"zero-run frame chain v1" + session_id.encode("utf-8")).digest()
    hashes = []
    for nonce, frame in sealed:
        buffer = previous + nonce + struct.pack(">IQ", frame.seq, frame.t_ms) + frame.jpeg
        previous = hashlib.sha256(buffer).digest()
        hashes.append(previous.hex())
    return hashes


def two_steps(session_id: str) -> list[tuple[bytes, Sealed]]:
    chain = FrameChain(session_id)
    steps = [a_step(n=0), a_step("turn_left", n=1)]
    return [
        (step.nonce, frame)
        for step, start in zip(steps, (1000, 9000), strict=True)
        for frame in chain.seal(step, some_frames(5, start))
    ]


def test_every_hash_is_the_contracts_over_both_steps() -> None:
    sealed = two_steps("vrf_1")
    assert [frame.hash for _, frame in sealed] == recomputed("vrf_1", sealed)


def test_the_sequence_runs_through_the_session_without_gaps() -> None:
    assert [frame.seq for _, frame in two_steps("vrf_1")] == list(range(10))


def test_each_input_changes_every_later_hash() -> None:
    plain = FrameChain("vrf_1").seal(a_step(n=0), some_frames(3))
    others = (
        FrameChain("vrf_2").seal(a_step(n=0), some_frames(3)),
        FrameChain("vrf_1").seal(a_step(n=1), some_frames(3)),
        FrameChain("vrf_1").seal(a_step(n=0), some_frames(3, start_ms=1)),
    )
    for other in others:
        assert not {frame.hash for frame in plain} & {frame.hash for frame in other}


def test_the_manifest_tells_once_when_light_was_shown() -> None:
    late = [replace(f, shown_ms=None if i < 2 else 77) for i, f in enumerate(some_frames(4))]
    sealed = FrameChain("vrf_1").seal(a_light_step(), late)
    assert json.loads(manifest(sealed))["shown_ms"] == 77
    assert "shown_ms" not in json.loads(manifest(sealed[:2]))


def test_the_manifest_lists_what_was_sealed() -> None:
    frames = FrameChain("vrf_1").seal(a_step(), some_frames(2))
    entries = json.loads(manifest(frames))["frames"]
    assert [set(entry) for entry in entries] == [{"seq", "t_ms", "hash"}] * 2
    told = joined.from_iterable((entry["seq"], entry["t_ms"], entry["hash"]) for entry in entries)
    sealed = joined.from_iterable((frame.seq, frame.t_ms, frame.hash) for frame in frames)
    assert list(told) == list(sealed)
