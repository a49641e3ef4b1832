"""Certificates on the wire."""
