"""Measured figures turned into pages: the benchmark's, and those of a test with volunteers."""
