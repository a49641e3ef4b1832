"""HTTP routes of calling sessions off."""
