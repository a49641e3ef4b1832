"""Refusals of a terminal's routes: each says what the cashier does next."""

from __future__ import annotations

from flask import Response

from app.core.errors import DomainError
from app.core.http.problems import problem_response
from app.settlement.errors import action_of


def tell_cashier(refusal: DomainError) -> Response:
    """Answer with the problem and its `action`; an error handler of blueprints."""
    refusal.members.setdefault("action", action_of(refusal).value)
    return problem_response(refusal)
