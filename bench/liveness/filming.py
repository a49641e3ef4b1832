"""What a phone does that is not an honest camera: it may film and seal as it likes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bench.liveness.spoiling import Attempt, Case, Spoil, flipped
from bench.liveness.stills import WIDTH, Still
from bench.liveness.takes import Session, Shot, Take, cut, edited, sealed
from verify.defaults.presence import PRESENCE
from verify.liveness.challenge import KINDS

_LOOP = PRESENCE.loop_frames


def stale_nonce(case: Case) -> Attempt | None:
    """A step is sealed with the nonce of the step before: it was filmed too early."""
    n = case.between(1, len(case.session.takes) - 1)
    old = case.session.takes[n - 1].nonce
    return _take(case, n, lambda take: replace(take, nonce=old))


def other_nonce(case: Case) -> Attempt | None:
    """One bit of the nonce is wrong."""
    return _any(case, lambda take: replace(take, nonce=flipped(case, take.nonce)))


def same_file_twice(case: Case) -> Attempt | None:
    """A file is sent in two places of a session."""
    source = case.session.takes[case.below(len(case.session.takes))].shots
    still = source[case.below(len(source))].still

    def change(take: Take) -> Take:
        free = [i for i, shot in enumerate(take.shots) if shot.still != still]
        return _shown(take, {free[case.below(len(free))]: still})

    return _any(case, change)


def looped(case: Case) -> Attempt | None:
    """A stretch of film comes again, encoded anew, with or without fresh noise."""
    fit = [take for take in case.session.takes if _loops(take)]
    if not fit:
        return None
    take = fit[case.below(len(fit))]
    start = case.between(0, len(take.shots) - 2 * _LOOP)
    lag = case.between(_LOOP, len(take.shots) - _LOOP - start)
    length = case.between(_LOOP, len(take.shots) - lag - start)
    stills = {start + lag + i: _copy(case, take.shots[start + i].still) for i in range(length)}
    return _take(case, take.step.n, lambda take: _shown(take, stills))


def frozen(case: Case) -> Attempt | None:
    """The picture stands still for most of a step, each frame encoded anew."""

    def change(take: Take) -> Take:
        count = len(take.shots)
        stood = case.between(-(-6 * count // 10) + 1, count)
        still = take.shots[count - stood].still
        same = {
            count - stood + i: replace(still, copy=2 * case.between(1, 2**40))
            for i in range(1, stood)
        }
        return _shown(take, same)

    return _any(case, change)


def earlier_session_s_files(case: Case) -> Attempt | None:
    """Some frames are files of an earlier session."""

    def change(take: Take) -> Take:
        old = case.donor.takes[case.below(len(case.donor.takes))].shots
        places = {case.below(len(take.shots)) for _ in range(case.between(1, 8))}
        return _shown(take, {at: old[case.below(len(old))].still for at in places})

    return _any(case, change)


def earlier_session_s_movement(case: Case) -> Attempt | None:
    """All movement is that of an earlier session, encoded anew."""
    old = [shot.still for take in case.donor.takes if _moves(take) for shot in take.shots]
    session = case.session
    if not old or not any(_moves(take) for take in session.takes):
        return None
    for take in session.takes:
        if _moves(take):
            stills = {i: _copy(case, old[i % len(old)]) for i in range(len(take.shots))}
            session = edited(session, take.step.n, _shown(take, stills))
    return _sent(session)


def cut_film(case: Case) -> Attempt | None:
    """In the middle of a step the face is suddenly elsewhere."""

    def change(take: Take) -> Take:
        at = case.between(1, len(take.shots) - 1)
        moved = {
            i: replace(take.shots[i].still, x=take.shots[i].still.x + 105)
            for i in range(at, len(take.shots))
        }
        return _shown(take, moved)

    return _any(case, change)


def far_away(case: Case) -> Attempt | None:
    """The face is too small."""
    width = case.between(20, WIDTH // 4 - 1)
    return _any(case, lambda take: _framed(take, width=width))


def too_near(case: Case) -> Attempt | None:
    """The face is too large."""
    width = case.between(3 * WIDTH // 4 + 1, WIDTH)
    return _any(case, lambda take: _framed(take, width=width, x=0))


def cut_off(case: Case) -> Attempt | None:
    """The face reaches across the picture's edge."""
    x = case.between(-200, -1)
    return _any(case, lambda take: _framed(take, x=x))


def nobody(case: Case) -> Attempt | None:
    """Some frames show no face."""
    return _any(case, lambda take: _peopled(case, take, faces=0))


def two_people(case: Case) -> Attempt | None:
    """Some frames show two faces."""
    return _any(case, lambda take: _peopled(case, take, faces=2))


def too_few(case: Case) -> Attempt | None:
    """The step is short of frames."""
    return _any(case, lambda take: _kept(take, case.between(1, take.step.min_frames - 1)))


def too_short(case: Case) -> Attempt | None:
    """The step has its frames, but not its time."""

    def change(take: Take) -> Take:
        most = take.step.hold_ms - 1
        count = sum(shot.t_ms - take.shots[0].t_ms <= most for shot in take.shots)
        return _kept(take, case.between(1, count))

    return _any(case, change)


def too_many(case: Case) -> Attempt | None:
    """The step has more frames than it may."""

    def change(take: Take) -> Take:
        last, more = take.shots[-1], case.between(1, 20)
        extra = take.step.max_frames - len(take.shots) + more
        added = [
            Shot(
                still=replace(last.still, look=case.between(1, 2**62)),
                t_ms=last.t_ms + 20 * (i + 1),
            )
            for i in range(extra)
        ]
        shots = (*take.shots, *added)
        return replace(take, shots=shots, parts=(*take.parts[:-1], len(shots)))

    return _any(case, change)


FILMED: Mapping[str, Spoil] = MappingProxyType(
    {
        spoil.__name__: spoil
        for spoil in (
            stale_nonce,
            other_nonce,
            same_file_twice,
            looped,
            frozen,
            earlier_session_s_files,
            earlier_session_s_movement,
            cut_film,
            far_away,
            too_near,
            cut_off,
            nobody,
            two_people,
            too_few,
            too_short,
            too_many,
        )
    }
)
"""By name."""


def _take(case: Case, n: int, change: Callable[[Take], Take]) -> Attempt:
    return _sent(edited(case.session, n, change(case.session.takes[n])))


def _any(case: Case, change: Callable[[Take], Take]) -> Attempt:
    return _take(case, case.below(len(case.session.takes)), change)


def _sent(session: Session) -> Attempt:
    return Attempt(session=session.id, posted=sealed(session))


def _shown(take: Take, stills: Mapping[int, Still]) -> Take:
    shots = tuple(
        replace(shot, still=stills.get(index, shot.still)) for index, shot in enumerate(take.shots)
    )
    return replace(take, shots=shots)


def _framed(take: Take, **changes: int) -> Take:
    return _shown(take, {i: replace(shot.still, **changes) for i, shot in enumerate(take.shots)})


def _peopled(case: Case, take: Take, *, faces: int) -> Take:
    count = len(take.shots)
    places = case.rng.permutation(count)[: case.between(count // 10 + 1, count)].tolist()
    return _shown(take, {i: replace(take.shots[i].still, faces=faces) for i in places})


def _copy(case: Case, still: Still) -> Still:
    return replace(still, copy=case.between(1, 2**40))


def _kept(take: Take, count: int) -> Take:
    parts = cut(count, streams=len(take.parts) > 1)
    return replace(take, shots=take.shots[:count], parts=parts)


def _loops(take: Take) -> bool:
    return not take.step.segments and len(take.shots) >= 2 * _LOOP


def _moves(take: Take) -> bool:
    return KINDS[take.step.kind].moves
