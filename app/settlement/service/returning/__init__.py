"""Giving back: some units of some lines, or all that is left."""
