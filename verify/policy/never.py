"""The value of a threshold that was not given."""

from typing import Final

NEVER: Final = float("inf")
"""Nothing reaches it, so an empty policy refuses."""
