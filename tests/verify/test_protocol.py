import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify.sessions import SESSION, capture, step
from verify.defaults.protocol import PROTOCOL
from verify.errors import EvidenceRefused
from verify.liveness.findings import RetryCode
from verify.liveness.protocol import (
    Capture,
    CaptureCheck,
    ChainState,
    FrameEntry,
    StepTiming,
    check_capture,
    first_link,
    frame_hash,
)
from verify.policy.protocol import ProtocolPolicy

START = ChainState.start(SESSION)
START_MS = 10_100


def check(sent: Capture, chain: ChainState = START) -> CaptureCheck:
    return check_capture(sent, chain=chain, policy=PROTOCOL)


def broken(sent: Capture, chain: ChainState = START) -> tuple[str, RetryCode]:
    result = check(sent, chain)
    assert result.finding is not None
    assert result.chain == chain, "a refused capture must not move the session on"
    return result.finding.gate, result.finding.code


def second(*, latency_ms: int = 80) -> tuple[Capture, ChainState]:
    """An honest turn after an honest baseline, revealed two seconds later."""
    chain = check(capture()).chain
    turn = step("turn_left", n=1)
    return capture(turn, chain=chain, revealed_ms=1_002_000, latency_ms=latency_ms), chain


def test_the_chain_is_the_one_the_contract_describes() -> None:
    first = hashlib.sha256(b"zero-run frame chain v1" + b"vrf_1").digest()
    assert first_link("vrf_1") == first
    nonce, t_ms = bytes(range(16)), 123_456
    material = first + nonce + b"\x00\x00\x00\x07" + t_ms.to_bytes(8, "big") + b"jpeg"
    link = frame_hash(previous=first, nonce=nonce, seq=7, t_ms=t_ms, jpeg=b"jpeg")
    assert link == hashlib.sha256(material).digest()


def test_an_honest_capture_is_accepted_and_moves_the_session_on() -> None:
    result = check(capture())
    assert result.finding is None
    assert result.chain.next_seq == 15
    assert result.chain.head == capture().entries[-1].digest


def test_an_honest_second_step_goes_on_where_the_first_ended() -> None:
    sent, chain = second()
    assert sent.entries[0].seq == 15
    assert check(sent, chain).finding is None


def test_manifest_and_frames_must_be_as_many() -> None:
    sent = capture()
    assert broken(replace(sent, frames=sent.frames[:-1])) == ("count", RetryCode.REJECTED_PROTOCOL)


@pytest.mark.parametrize("count", [0, 1, 7, 61])
def test_a_step_has_its_least_and_its_most_frames(count: int) -> None:
    few = capture()
    times = [START_MS + 67 * i for i in range(count)]
    sent = capture(times=times) if count else replace(few, entries=(), frames=())
    assert broken(sent)[0] == "count"


@pytest.mark.parametrize(
    "seqs",
    [range(1, 16), [0, 1, 2, 4, 3, *range(5, 15)], [0] * 15, [0, *range(2, 16)]],
    ids=["starts late", "swapped", "standing", "gap"],
)
def test_numbers_run_on_without_a_gap(seqs: list[int]) -> None:
    assert broken(capture(seqs=list(seqs))) == ("order", RetryCode.REJECTED_PROTOCOL)


def test_numbers_beyond_four_bytes_are_out_of_order_not_an_error() -> None:
    far = replace(START, next_seq=2**32 - 3)
    sent = capture()
    entries = tuple(replace(e, seq=far.next_seq + i) for i, e in enumerate(sent.entries))
    assert broken(replace(sent, entries=entries), far)[0] == "order"


def test_capture_times_rise() -> None:
    times = [START_MS + 67 * i for i in range(15)]
    times[4] = times[3]
    assert broken(capture(times=times)) == ("clock", RetryCode.REJECTED_PROTOCOL)


def test_capture_times_rise_across_steps_too() -> None:
    chain = replace(check(capture()).chain, last_t_ms=90_000)
    assert broken(capture(step("turn_left", n=1), chain=chain), chain)[0] == "clock"


def test_times_beyond_eight_bytes_are_refused_not_an_error() -> None:
    sent = capture()
    entries = (*sent.entries[:-1], replace(sent.entries[-1], t_ms=2**64))
    assert broken(replace(sent, entries=entries))[0] == "clock"


def test_a_changed_picture_breaks_the_chain() -> None:
    sent = capture()
    frames = (*sent.frames[:3], b"another", *sent.frames[4:])
    assert broken(replace(sent, frames=frames)) == ("chain", RetryCode.REJECTED_PROTOCOL)


def test_reordered_pictures_break_the_chain() -> None:
    sent = capture()
    frames = (sent.frames[1], sent.frames[0], *sent.frames[2:])
    assert broken(replace(sent, frames=frames))[0] == "chain"


def test_a_stale_nonce_breaks_the_chain() -> None:
    assert broken(capture(nonce=b"x" * 16))[0] == "chain"


def test_another_session_s_capture_breaks_the_chain() -> None:
    assert broken(capture(), ChainState.start("vrf_other"))[0] == "chain"


def test_the_second_step_continues_the_first_one_s_chain() -> None:
    sent, chain = second()
    assert broken(sent, replace(chain, head=bytes(32)))[0] == "chain"


def test_a_pause_in_the_capture_is_refused() -> None:
    times = [START_MS + 67 * i + (401 if i > 6 else 0) for i in range(15)]
    assert broken(capture(times=times)) == ("gap", RetryCode.REJECTED_PROTOCOL)


@pytest.mark.parametrize("interval", [120, 10])
def test_the_camera_is_neither_too_slow_nor_impossibly_fast(interval: int) -> None:
    times = [START_MS + interval * i for i in range(15)]
    assert broken(capture(times=times)) == ("rate", RetryCode.REJECTED_PROTOCOL)


def test_a_capture_shorter_than_the_hold_is_too_fast() -> None:
    times = [START_MS + 30 * i for i in range(15)]
    assert broken(capture(times=times)) == ("hold", RetryCode.TOO_FAST)


def test_a_capture_longer_than_its_window_is_too_slow() -> None:
    asked = replace(step(), window_ms=900)
    assert broken(capture(asked)) == ("length", RetryCode.TOO_SLOW)


def test_an_upload_after_its_window_is_too_slow() -> None:
    late = capture(latency_ms=12_000)
    assert broken(late) == ("window", RetryCode.TOO_SLOW)


def test_an_upload_from_before_its_reveal_is_refused() -> None:
    sent = capture()
    timing = StepTiming(revealed_ms=2_000_000, received_ms=1_000_000)
    assert broken(replace(sent, timing=timing))[0] == "window"


def test_the_phone_s_clock_must_not_be_set_between_two_steps() -> None:
    chain = check(capture()).chain
    turn = step("turn_left", n=1)
    ahead = capture(turn, chain=chain, revealed_ms=1_002_000, offset_ms=989_000)
    assert broken(ahead, chain) == ("slope", RetryCode.REJECTED_PROTOCOL)
    behind = capture(turn, chain=chain, revealed_ms=1_002_000, offset_ms=991_000)
    assert broken(behind, chain)[0] == "reveal"


def test_a_step_that_is_not_due_is_out_of_order() -> None:
    _, chain = second()
    assert broken(capture(chain=chain), chain)[0] == "order"


def test_a_frame_from_before_its_reveal_is_refused() -> None:
    sent, chain = second()
    timing = replace(sent.timing, revealed_ms=sent.timing.revealed_ms + 400)
    assert broken(replace(sent, timing=timing), chain) == ("reveal", RetryCode.REJECTED_PROTOCOL)


def test_a_slow_upload_does_not_hide_frames_from_before_the_reveal() -> None:
    """The quickest upload of the session bounds how far apart the two clocks can be."""
    sent, chain = second(latency_ms=1_500)
    timing = replace(sent.timing, revealed_ms=sent.timing.revealed_ms + 400)
    assert broken(replace(sent, timing=timing), chain)[0] == "reveal"


def test_a_first_capture_cannot_be_longer_than_the_time_since_the_reveal() -> None:
    sent = capture(latency_ms=0)
    timing = replace(sent.timing, revealed_ms=sent.timing.received_ms - 500)
    assert broken(replace(sent, timing=timing))[0] == "reveal"


def test_a_slow_network_alone_breaks_nothing() -> None:
    sent, chain = second(latency_ms=5_500)
    assert check(sent, chain).finding is None


def test_the_empty_policy_refuses_an_honest_capture() -> None:
    result = check_capture(capture(), chain=START, policy=ProtocolPolicy())
    assert result.finding is not None


def test_a_session_s_state_survives_storage() -> None:
    chain = check(capture()).chain
    assert ChainState.from_bytes(chain.to_bytes()) == chain
    with pytest.raises(EvidenceRefused):
        ChainState.from_bytes(b"other")


@given(
    st.lists(
        st.tuples(
            st.integers(-(2**70), 2**70), st.integers(-(2**70), 2**70), st.binary(max_size=40)
        ),
        max_size=20,
    )
)
def test_no_manifest_raises_or_passes_by_chance(lines: list[tuple[int, int, bytes]]) -> None:
    entries = tuple(FrameEntry(seq=s, t_ms=t, digest=d) for s, t, d in lines)
    sent = replace(capture(), entries=entries, frames=tuple(b"x" for _ in entries))
    assert check(sent).finding is not None


def altered(old: FrameEntry, what: str) -> st.SearchStrategy[FrameEntry]:
    """The entry with one field of another value."""
    entries = {
        "seq": st.builds(replace, st.just(old), seq=st.integers(0, 2**32)),
        "t_ms": st.builds(replace, st.just(old), t_ms=st.integers(0, 2**63)),
        "digest": st.builds(replace, st.just(old), digest=st.binary(min_size=32, max_size=32)),
    }
    return entries[what].filter(lambda entry: entry != old)


@given(st.integers(0, 14), st.sampled_from(["seq", "t_ms", "digest", "frame"]), st.data())
def test_any_single_change_to_an_honest_capture_is_noticed(
    place: int, what: str, data: st.DataObject
) -> None:
    sent = capture()
    if what == "frame":
        frames = list(sent.frames)
        frames[place] += b"!"
        changed = replace(sent, frames=tuple(frames))
    else:
        entry = data.draw(altered(sent.entries[place], what))
        changed = replace(sent, entries=(*sent.entries[:place], entry, *sent.entries[place + 1 :]))
    assert check(changed).finding is not None
