"""Credentials on the wire."""
