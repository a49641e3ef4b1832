import secrets
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify.sessions import SESSION, Actor, Shape, capture, step
from verify.defaults.protocol import PROTOCOL
from verify.errors import EvidenceRefused
from verify.liveness.challenge import Step
from verify.liveness.evidence import StepEvidence
from verify.liveness.findings import RetryCode
from verify.liveness.lightcode import draw_code
from verify.liveness.protocol import (
    Capture,
    CaptureCheck,
    ChainState,
    StepTiming,
    check_capture,
    to_measure,
)

START = ChainState.start(SESSION)
LIGHT = replace(
    step("light"),
    segments=draw_code(8, randbelow=secrets.randbelow)[:4],
    segment_ms=400,
    hold_ms=2000,
)
LIGHT_FRAMES = 33


def pieces(whole: Capture, ends: Sequence[int], *, latency_ms: int = 80) -> list[Capture]:
    """The same step in parts that arrive while it is filmed."""
    ahead = whole.timing.received_ms - 80 - whole.entries[-1].t_ms
    return [
        replace(
            whole,
            entries=whole.entries[a:b],
            frames=whole.frames[a:b],
            timing=StepTiming(
                revealed_ms=whole.timing.revealed_ms,
                received_ms=whole.entries[b - 1].t_ms + ahead + latency_ms,
            ),
            shown_ms=whole.shown_ms if a == 0 else None,
            final=b == len(whole.entries),
        )
        for a, b in pairwise([0, *ends, len(whole.entries)])
    ]


def checked(parts: Sequence[Capture], chain: ChainState = START) -> CaptureCheck:
    """The outcome of the last part, all before it having been accepted."""
    for part in parts[:-1]:
        result = check_capture(part, chain=chain, policy=PROTOCOL)
        assert result.finding is None
        chain = result.chain
    return check_capture(parts[-1], chain=chain, policy=PROTOCOL)


def gate(parts: Sequence[Capture]) -> str | None:
    finding = checked(parts).finding
    return None if finding is None else finding.gate


def light(shown: int | None = 10_100) -> Capture:
    times = [10_100 + 67 * index for index in range(LIGHT_FRAMES)]
    return capture(LIGHT, times=times, shown_ms=shown)


@given(st.sets(st.integers(1, 14)))
def test_a_step_in_any_parts_ends_where_the_whole_step_does(ends: set[int]) -> None:
    whole = capture()
    alone = check_capture(whole, chain=START, policy=PROTOCOL)
    joined = checked(pieces(whole, sorted(ends)))
    assert alone.finding is joined.finding is None
    assert replace(joined.chain, clocks=alone.chain.clocks) == alone.chain
    assert joined.chain.offset_ms == alone.chain.offset_ms


def test_progress_inside_a_step_survives_storage() -> None:
    chain = checked(pieces(light(), [12, 24])[:1]).chain
    assert (chain.progress.frames, chain.progress.shown_ms, chain.next_step) == (12, 10_100, 0)
    assert ChainState.from_bytes(chain.to_bytes()) == chain


def test_a_part_may_be_short_the_step_may_not() -> None:
    assert gate(pieces(capture(), [1])[:1]) is None
    ended = replace(pieces(capture(), [7])[0], final=True)
    assert gate([ended]) == "count"


def test_a_part_has_a_frame_and_the_parts_together_no_more_than_the_step_allows() -> None:
    empty = replace(capture(), entries=(), frames=(), final=False)
    assert gate([empty]) == "count"
    long = capture(times=[10_100 + 67 * index for index in range(61)])
    assert gate(pieces(long, [30])) == "count"


def test_a_pause_between_two_parts_is_a_pause() -> None:
    times = [10_100 + 67 * index + (401 if index >= 7 else 0) for index in range(15)]
    assert gate(pieces(capture(times=times), [7])) == "gap"


def test_rate_and_hold_are_those_of_the_whole_step() -> None:
    slow = capture(times=[10_100 + 120 * index for index in range(15)])
    assert gate(pieces(slow, [7])) == "rate"
    short = capture(times=[10_100 + 50 * index for index in range(15)])
    assert gate(pieces(short, [7])) == "hold"


def test_a_part_repeated_or_left_out_is_out_of_order() -> None:
    first, second, third = pieces(capture(), [5, 10])
    assert gate([first, first]) == "order"
    assert gate([first, third]) == "order"
    assert gate([second]) == "order"


def test_a_part_of_another_step_is_out_of_order() -> None:
    first, second = pieces(capture(), [7])
    assert gate([first, replace(second, step=step("turn_left", n=1), final=False)]) == "order"


def test_a_late_part_is_too_late_though_the_first_was_in_time() -> None:
    first, second = pieces(capture(), [7])
    late = StepTiming(
        revealed_ms=second.timing.revealed_ms,
        received_ms=second.timing.revealed_ms + step().window_ms + PROTOCOL.upload_ms + 1,
    )
    finding = checked([first, replace(second, timing=late)]).finding
    assert finding is not None
    assert (finding.gate, finding.code) == ("window", RetryCode.TOO_SLOW)


def test_a_quick_part_proves_that_the_first_frame_was_early() -> None:
    """A slow first upload leaves room for doubt; the next one takes it away."""
    first, second = pieces(capture(), [7], latency_ms=-200)
    slow = replace(first.timing, received_ms=first.timing.received_ms + 1000)
    assert gate([replace(first, timing=slow)]) is None
    assert gate([replace(first, timing=slow), second]) == "reveal"


def test_a_light_step_says_when_its_first_picture_appeared() -> None:
    assert gate([light()]) is None
    assert gate([light(shown=None)]) == "shown"
    assert gate(pieces(light(shown=None), [12])) == "shown"


def test_it_may_say_so_in_any_part_once() -> None:
    first, second = pieces(light(shown=None), [12])
    said = replace(second, shown_ms=10_090)
    assert gate([first, said]) is None
    first = replace(first, shown_ms=10_090)
    assert gate([first, said]) is None
    assert gate([first, replace(second, shown_ms=10_091)]) == "shown"


def test_what_was_said_in_one_part_holds_for_all_that_follow() -> None:
    parts = pieces(light(), [10, 20])
    assert gate(parts) is None
    assert gate([*parts[:2], replace(parts[2], shown_ms=10_101)]) == "shown"


@pytest.mark.parametrize("away", [-401, 401, 10**9, -(10**9)])
def test_the_first_picture_appears_about_when_the_filming_starts(away: int) -> None:
    assert gate([light(shown=10_100 + away)]) == "shown"


def test_no_picture_appears_before_it_was_asked_for() -> None:
    """The first frame is 100 ms after the reveal; our clock is known to 80 ms more."""
    assert gate([light(shown=9_930)]) is None
    assert gate([light(shown=9_850)]) == "shown"


def test_a_step_without_light_shows_nothing() -> None:
    assert gate([capture(shown_ms=10_100)]) == "shown"
    assert gate([replace(pieces(capture(), [7])[0], shown_ms=10_100)]) == "shown"


def described(asked: Step, ends: Sequence[int]) -> tuple[set[int], list[int]]:
    """Places within the step that are described, and those dlib is asked to see."""
    places: set[int] = set()
    seen: list[int] = []
    chain = START
    for part in pieces(capture(asked), ends):
        wanted, start = to_measure(part, chain=chain), chain.progress.frames
        places |= {start + place for place in wanted.described}
        seen += [start + wanted.described[0]] if wanted.dlib and wanted.described else []
        assert wanted.traces == wanted.dlib
        chain = check_capture(part, chain=chain, policy=PROTOCOL).chain
    return places, seen


@given(
    st.sets(st.integers(0, 20), min_size=1),
    st.sets(st.integers(1, 14), max_size=4),
)
def test_which_frames_are_described_does_not_depend_on_how_a_step_is_cut(
    drawn: set[int], ends: set[int]
) -> None:
    asked = replace(step(), described=tuple(sorted(drawn)))
    places, seen = described(asked, sorted(ends))
    assert places == {place for place in drawn if place < 15}
    assert seen == [min(drawn)][: min(drawn) < 15]


def test_dlib_looks_at_one_frame_of_a_session_only() -> None:
    later = step("turn_left", n=1)
    wanted = to_measure(capture(later), chain=replace(START, next_step=1))
    assert wanted.traces
    assert not wanted.dlib


def test_measured_parts_join_to_the_measured_step(head: Shape) -> None:
    whole = replace(Actor(rest=head).step(step(), [0.0] * 15), shown_ms=40)
    first = replace(whole, times=whole.times[:6], frames=whole.frames[:6], offset_ms=900)
    second = replace(whole, times=whole.times[6:], frames=whole.frames[6:], shown_ms=None)
    assert StepEvidence.joined([first, second]) == whole
    assert StepEvidence.joined([whole]) == whole


def test_parts_of_nothing_or_of_two_steps_do_not_join(head: Shape) -> None:
    one = Actor(rest=head).step(step(), [0.0] * 15)
    other = replace(one, step=step("turn_left", n=1))
    for parts in ([], [one, other]):
        with pytest.raises(EvidenceRefused):
            StepEvidence.joined(parts)
