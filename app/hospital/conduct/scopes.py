"""What an operator may be allowed to do about conduct."""

from __future__ import annotations

from typing import Final

READ_SCOPE: Final = "conduct.read"
"""Read appeals and outages."""
DECIDE_SCOPE: Final = "conduct.decide"
"""Decide appeals, record outages."""
