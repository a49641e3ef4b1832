"""A calibration as text for a person and as JSON for a program."""

from collections.abc import Iterator

from verify.calibration import rates
from verify.calibration.rates import Point, Statement
from verify.calibration.study import Study

_LISTED = 20
"""Unusable rows named one by one in the text; the JSON has all up to `_KEPT`."""
_KEPT = 1000


def text(study: Study) -> str:
    """Return the table a person reads."""
    return "\n".join(_lines(study)) + "\n"


def public(study: Study) -> dict[str, object]:
    """Return the same for JSON; thresholds and counts, no score of any single pair."""
    return {
        "persons": study.scores.persons,
        "pictures": study.pictures,
        "genuine_pairs": len(study.scores.genuine.values),
        "impostor_pairs": len(study.scores.impostor.values),
        "crossed": study.crossed,
        "unusable": dict(study.reasons),
        "unusable_rows": [[one.row, one.column, one.reason] for one in study.unusable[:_KEPT]],
        "table": [_point(point) for point in study.table],
        "thresholds": [_statement(study, one) for one in study.statements],
        "equal_error": None if study.equal_error is None else _point(study.equal_error),
    }


def _lines(study: Study) -> Iterator[str]:
    found = study.scores
    yield (
        f"{found.persons} persons, {study.pictures} pictures, "
        f"{len(found.genuine.values)} pairs of one person, "
        f"{len(found.impostor.values)} of two{' (all that can be formed)' if study.crossed else ''}"
    )
    yield from _left_out(study)
    yield ""
    yield "threshold   FMR (95 % lower … upper)            FNMR (95 % lower … upper)"
    for point in study.table:
        yield f"{point.threshold:9.3f}   {point.fmr!s:<35} {point.fnmr}"
    if study.equal_error is not None:
        yield f"equal error at {study.equal_error.threshold:.3f}: FMR {study.equal_error.fmr}"
    yield ""
    yield "thresholds whose FMR stays within, with 95 % confidence:"
    for one in study.statements:
        yield from _stated(study, one)
    yield ""
    yield "Bounds are exact, one-sided and for independent pairs; pairs that share a person are not"
    yield "independent, so count persons too. Another population or camera needs its own pairs."


def _left_out(study: Study) -> Iterator[str]:
    if study.unusable:
        counts = ", ".join(f"{count} {reason}" for reason, count in sorted(study.reasons.items()))
        yield f"left out: {counts}"
    for one in study.unusable[:_LISTED]:
        yield f"  row {one.row} {one.column}: {one.reason}"
    if len(study.unusable) > _LISTED:
        yield f"  and {len(study.unusable) - _LISTED} more"


def _stated(study: Study, one: Statement) -> Iterator[str]:
    if one.point is None:
        here = len(study.scores.impostor.values)
        yield f"  {one.rate:.0e}: not supported: needs {one.needs} pairs of two persons, not {here}"
        return
    decided = f", decided by group {one.decided_by}" if one.decided_by else ""
    yield f"  {one.rate:.0e}: {one.point.threshold:.3f}, FNMR {one.point.fnmr}{decided}"
    worst = rates.worst_group(study.scores, one.point.threshold)
    if worst is not None:
        yield f"         worst group {worst[0]}: FMR {worst[1]}"


def _point(point: Point) -> dict[str, object]:
    return {
        "threshold": point.threshold,
        "fmr": point.fmr.public(),
        "fnmr": point.fnmr.public(),
    }


def _statement(study: Study, one: Statement) -> dict[str, object]:
    told: dict[str, object] = {"rate": one.rate, "needs": one.needs, "supported": False}
    if one.point is None:
        return told
    worst = rates.worst_group(study.scores, one.point.threshold)
    return {
        **told,
        "supported": True,
        **_point(one.point),
        "decided_by": one.decided_by or None,
        "worst_group": None if worst is None else {"group": worst[0], "fmr": worst[1].public()},
    }
