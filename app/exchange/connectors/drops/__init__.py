"""Signed snapshots that a department drops into a folder."""
