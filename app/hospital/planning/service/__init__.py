"""Use cases of hospitals' planning."""
