"""Figures of a cue to a log-likelihood ratio, by a fitted model that is data."""

from math import isfinite, log

from verify.liveness.cues import CueResult, Modality
from verify.policy.fusion import EvidenceModel, FusionPolicy, Term

_LEAST = 1e-6
_FAR = 4.0
_IMPOSSIBLE = -1000.0


def model_of(modality: Modality, policy: FusionPolicy) -> EvidenceModel | None:
    """Return the model of a modality, if the policy lets it count."""
    return next((model for model in policy.models if model.modality == modality), None)


def llr_of(cue: CueResult, policy: FusionPolicy) -> float:
    """Return ln P(seen | living head) − ln P(seen | attack), clipped.

    The ratio is taken to be linear in the figures (logistic regression on labelled sessions with
    both kinds weighted alike); how it was fitted stands in `verify.defaults.fusion`. Without a
    model the evidence is as bad as it can be.
    """
    model = model_of(cue.modality, policy)
    if model is None:
        return _IMPOSSIBLE
    total = model.bias + sum(_part(term, cue) for term in model.terms)
    return min(model.most, max(model.least, total))


def _part(term: Term, cue: CueResult) -> float:
    value = cue.figures.get(term.figure)
    if value is None or not isfinite(value):
        return 0.0 if term.optional else -_FAR * abs(term.weight)
    value = log(max(value, _LEAST)) if term.log else value
    return term.weight * min(_FAR, max(-_FAR, (value - term.centre) / term.scale))
