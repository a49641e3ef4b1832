"""The policy file a calibration ends in: what the API loads through FACE_POLICY."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from verify.calibration.study import Study
from verify.errors import RateRefused
from verify.policy import file
from verify.policy.verification import VerificationPolicy

TARGET: Final = 1e-4
"""The false match rate one comparison is decided at unless the operator says otherwise."""
_EACH: Final = 1e-2


def compose(
    study: Study,
    *,
    name: str,
    rate: float,
    base: VerificationPolicy,
    source: Mapping[str, object],
) -> dict[str, object]:
    """Return the content of a policy file whose thresholds for matching are the study's.

    Anchors the pairs do not support are left out, so that no answer claims them. A threshold
    looser than the loosest a policy file may have is raised to that.

    Args:
        study: What was measured.
        name: The new policy's name.
        rate: False match rate of `same` and `among`, one of `rates.RATES`.
        base: The shipped policy.
        source: What else the operator wants on record, such as the date.

    Raises:
        RateRefused: RATE_NOT_SUPPORTED by so few pairs.
    """
    least = file.loosest(base.match)
    measured = _threshold(study, rate)
    decided = max(least, measured)
    anchors = [
        [mark, study_point.threshold]
        for mark, of in file.MARKS.items()
        if (study_point := study.statement(of).point) is not None
    ]
    return {
        "name": name,
        "match": {
            "same": decided,
            "each": min(_threshold(study, max(_EACH, rate)), decided),
            "among": decided,
            "anchors": anchors,
        },
        "source": {**_figures(study, rate), "raised_to_floor": measured < least, **source},
    }


def write(path: Path, content: Mapping[str, object], *, base: VerificationPolicy) -> str:
    """Write a policy file that has been read back, and return the version it will have.

    Raises:
        PolicyFileRefused: It would not load; nothing is written.
        OSError: The folder cannot be written.
    """
    draft = path.with_name(path.name + ".draft")
    try:
        draft.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        policy = file.load(draft, base=base)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return policy.version


def _threshold(study: Study, rate: float) -> float:
    statement = study.statement(rate)
    if statement.point is None:
        raise RateRefused(statement.needs)
    return statement.point.threshold


def _figures(study: Study, rate: float) -> dict[str, object]:
    statement = study.statement(rate)
    point = statement.point
    return {
        "rate": rate,
        "persons": study.scores.persons,
        "pictures": study.pictures,
        "genuine_pairs": len(study.scores.genuine.values),
        "impostor_pairs": len(study.scores.impostor.values),
        "crossed": study.crossed,
        "decided_by": statement.decided_by or None,
        "fmr": None if point is None else point.fmr.public(),
        "fnmr": None if point is None else point.fnmr.public(),
        "not_supported": [one.rate for one in study.statements if one.point is None],
    }
