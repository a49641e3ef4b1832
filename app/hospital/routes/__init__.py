"""HTTP routes of the hospital service."""
