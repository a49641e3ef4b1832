"""HTTP routes of calendar feeds."""
