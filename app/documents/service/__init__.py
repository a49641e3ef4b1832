"""Use cases: issue, hold, check."""
