"""Purchases on the wire."""
