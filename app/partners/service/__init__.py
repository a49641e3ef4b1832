"""Use cases: terminals prove themselves, and are put on and off the list."""
