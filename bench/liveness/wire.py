"""What goes wrong between an honest phone and us: requests changed without sealing them anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from bench.liveness.spoiling import (
    Attempt,
    Case,
    Spoil,
    flipped,
    nonzero,
    placed,
    swapped,
    two,
    without,
)
from bench.liveness.takes import Posted
from verify.liveness.protocol import Capture, FrameEntry


def swapped_files(case: Case) -> Attempt | None:
    """Two frames change places, their lines do not."""
    return _changed(case, lambda c: replace(c, frames=swapped(case, c.frames)))


def swapped_lines(case: Case) -> Attempt | None:
    """Two lines of a manifest change places, their frames do not."""
    return _changed(case, lambda c: replace(c, entries=swapped(case, c.entries)))


def dropped_frame(case: Case) -> Attempt | None:
    """A frame and its line are lost; not the session's last, which nobody misses."""
    posted = case.posted
    at = case.below(len(posted))
    capture = posted[at].capture
    place = case.below(len(capture.entries) - (at == len(posted) - 1))
    fewer = replace(
        capture, entries=without(capture.entries, place), frames=without(capture.frames, place)
    )
    return _put(case, posted, at, fewer)


def dropped_file(case: Case) -> Attempt | None:
    """A frame is lost, its line is not."""
    return _changed(case, lambda c: replace(c, frames=without(c.frames, _place(case, c))))


def dropped_line(case: Case) -> Attempt | None:
    """A line is lost, its frame is not."""
    return _changed(case, lambda c: replace(c, entries=without(c.entries, _place(case, c))))


def doubled_frame(case: Case) -> Attempt | None:
    """A frame and its line come twice."""

    def change(capture: Capture) -> Capture:
        place = _place(case, capture)
        return _with(capture, place, capture.entries[place], capture.frames[place])

    return _changed(case, change)


def foreign_frame(case: Case) -> Attempt | None:
    """Another session's frame and line come in between."""

    def change(capture: Capture) -> Capture:
        other = case.other[0].capture
        return _with(capture, _place(case, capture), other.entries[0], other.frames[0])

    return _changed(case, change)


def flipped_bit_of_a_file(case: Case) -> Attempt | None:
    """One bit of a frame is wrong."""

    def change(capture: Capture) -> Capture:
        place = _place(case, capture)
        return replace(
            capture, frames=placed(capture.frames, place, flipped(case, capture.frames[place]))
        )

    return _changed(case, change)


def flipped_bit_of_a_hash(case: Case) -> Attempt | None:
    """One bit of a link is wrong."""
    return _line(case, lambda entry: replace(entry, digest=flipped(case, entry.digest)))


def shortened_hash(case: Case) -> Attempt | None:
    """A link is cut."""
    return _line(case, lambda entry: replace(entry, digest=entry.digest[: case.below(32)]))


def other_number(case: Case) -> Attempt | None:
    """A frame has another number."""
    return _line(case, lambda entry: replace(entry, seq=entry.seq + nonzero(case, 50)))


def other_time(case: Case) -> Attempt | None:
    """A frame has another time, by as little as a millisecond."""
    return _line(case, lambda entry: replace(entry, t_ms=entry.t_ms + nonzero(case, 5000)))


def negative_time(case: Case) -> Attempt | None:
    """A frame is from before the phone's time."""
    return _line(case, lambda entry: replace(entry, t_ms=-case.between(1, 2**40)))


def emptied(case: Case) -> Attempt | None:
    """An upload has no frames."""
    return _changed(case, lambda c: replace(c, entries=(), frames=()))


def shortened_manifest(case: Case) -> Attempt | None:
    """Some last lines of a manifest are lost."""
    return _changed(case, lambda c: replace(c, entries=c.entries[: _place(case, c)]))


def swapped_uploads(case: Case) -> Attempt | None:
    """Two uploads come in the wrong order."""
    return _attempt(case, swapped(case, case.posted))


def swapped_labels(case: Case) -> Attempt | None:
    """Two uploads come under each other's address."""
    posted = list(case.posted)
    a, b = two(case, len(posted))
    one, other = posted[a], posted[b]
    if one.n == other.n:
        return None
    posted[a] = replace(one, capture=replace(other.capture, step=one.capture.step))
    posted[b] = replace(other, capture=replace(one.capture, step=other.capture.step))
    return _attempt(case, posted)


def repeated_upload(case: Case) -> Attempt | None:
    """An upload comes again under the address that is due next."""
    posted = case.posted
    at = case.below(len(posted) - 1)
    following = posted[at + 1]
    again = replace(posted[at].capture, step=following.capture.step)
    return _attempt(case, [*posted[: at + 1], replace(following, capture=again), *posted[at + 2 :]])


def missing_upload(case: Case) -> Attempt | None:
    """An upload never comes."""
    return _attempt(case, without(case.posted, case.below(len(case.posted))))


def ended_early(case: Case) -> Attempt | None:
    """A part that is not the last says it is."""
    return _changed(case, lambda c: replace(c, final=True), only=lambda c: not c.final)


def never_ended(case: Case) -> Attempt | None:
    """The last part of a step does not say so."""
    return _changed(case, lambda c: replace(c, final=False), only=lambda c: c.final)


def other_session(case: Case) -> Attempt | None:
    """Everything is sent to another session that happens to ask the same."""
    return Attempt(session=case.session.id + "x", posted=case.posted)


def answered_before_asked(case: Case) -> Attempt | None:
    """An upload is there before its step was revealed."""

    def change(capture: Capture) -> Capture:
        early = capture.timing.revealed_ms - case.between(1, 5000)
        return replace(capture, timing=replace(capture.timing, received_ms=early))

    return _changed(case, change)


def shown_where_nothing_was(case: Case) -> Attempt | None:
    """A step without light claims to have shown some."""
    return _changed(
        case,
        lambda c: replace(c, shown_ms=c.entries[0].t_ms),
        only=lambda c: not c.step.segments,
    )


def shown_never(case: Case) -> Attempt | None:
    """A light step does not say when."""
    return _changed(
        case, lambda c: replace(c, shown_ms=None), only=lambda c: c.shown_ms is not None
    )


def shown_far_off(case: Case) -> Attempt | None:
    """The first picture appeared long before or after the first frame."""

    def change(capture: Capture) -> Capture:
        away = case.between(401, 5000) * (1 if case.below(2) else -1)
        return replace(capture, shown_ms=capture.entries[0].t_ms + away)

    return _changed(case, change, only=lambda c: c.shown_ms is not None)


def shown_twice(case: Case) -> Attempt | None:
    """A later part says otherwise than the first."""
    posted = case.posted
    later = [at for at, post in enumerate(posted) if post.part and post.capture.step.segments]
    if not later:
        return None
    at = later[case.below(len(later))]
    said = posted[at - posted[at].part].capture.shown_ms
    assert said is not None  # noqa: S101 - honest light steps say so at once
    other = replace(posted[at].capture, shown_ms=said + nonzero(case, 300))
    return _put(case, posted, at, other)


WIRE: Mapping[str, Spoil] = MappingProxyType(
    {
        spoil.__name__: spoil
        for spoil in (
            swapped_files,
            swapped_lines,
            dropped_frame,
            dropped_file,
            dropped_line,
            doubled_frame,
            foreign_frame,
            flipped_bit_of_a_file,
            flipped_bit_of_a_hash,
            shortened_hash,
            other_number,
            other_time,
            negative_time,
            emptied,
            shortened_manifest,
            swapped_uploads,
            swapped_labels,
            repeated_upload,
            missing_upload,
            ended_early,
            never_ended,
            other_session,
            answered_before_asked,
            shown_where_nothing_was,
            shown_never,
            shown_far_off,
            shown_twice,
        )
    }
)
"""By name."""


def _changed(
    case: Case,
    change: Callable[[Capture], Capture],
    *,
    only: Callable[[Capture], bool] = lambda _: True,
) -> Attempt | None:
    posted = case.posted
    fit = [at for at, post in enumerate(posted) if only(post.capture)]
    if not fit:
        return None
    at = fit[case.below(len(fit))]
    return _put(case, posted, at, change(posted[at].capture))


def _line(case: Case, change: Callable[[FrameEntry], FrameEntry]) -> Attempt | None:
    def changed(capture: Capture) -> Capture:
        place = _place(case, capture)
        return replace(
            capture, entries=placed(capture.entries, place, change(capture.entries[place]))
        )

    return _changed(case, changed)


def _put(case: Case, posted: Sequence[Posted], at: int, capture: Capture) -> Attempt:
    return _attempt(case, [*posted[:at], replace(posted[at], capture=capture), *posted[at + 1 :]])


def _attempt(case: Case, posted: Sequence[Posted]) -> Attempt:
    return Attempt(session=case.session.id, posted=posted)


def _place(case: Case, capture: Capture) -> int:
    return case.below(len(capture.entries))


def _with(capture: Capture, place: int, entry: FrameEntry, jpeg: bytes) -> Capture:
    return replace(
        capture,
        entries=(*capture.entries[:place], entry, *capture.entries[place:]),
        frames=(*capture.frames[:place], jpeg, *capture.frames[place:]),
    )
