"""Counting what was missed, saying so, forgiving it."""
