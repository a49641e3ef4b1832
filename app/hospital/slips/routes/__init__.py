"""HTTP routes of slips."""
