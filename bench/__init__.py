"""Benchmarks of the real paths; each prints human lines, then one JSON object as its last line."""
